"""One record as it was shown when it was made, and everything that happened to its application since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import Stage
from core.casework.happenings import Happening, RecordHistory, happenings
from core.casework.history_summary import moment_words
from core.casework.record import Record
from core.casework.recording import STORED
from core.casework.replay_report import Replay, Verdict
from core.casework.stored_record import REPLAYABLE
from core.desk import Desk
from core.errors import ErasedRecord, SolventError, UnknownRecord
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from core.policy.points import Scale
from core.portfolio.contract import Contract, text
from core.portfolio.wording import money, percent, points, shown_in_column
from core.scoring.facts import facts
from core.scoring.waterfall import Grouping, Unit, waterfall
from pages._ui import (
    guard,
    history_state,
    history_versions,
    links,
    outcome_form,
    screen,
    similar_cards,
    why_cards,
    words,
)
from pages._ui.words import plain

_BARS: Final = 10
_SIDES: Final = {"low": "Low-side override", "high": "High-side override"}
_VERDICTS: Final = {
    Verdict.SAME: ("The same to the last bit", ":material/verified:", "green"),
    Verdict.DIFFERS: ("It comes out differently", ":material/difference:", "red"),
    Verdict.ERASED: ("Erased", ":material/person_off:", "gray"),
    Verdict.IMPOSSIBLE: ("It cannot be repeated", ":material/help:", "orange"),
}
CLOSE_KEY: Final = "Q"


def record(
    ledger: Ledger, desk: Desk, sequence: int, person: Person, place: DeltaGenerator, for_the_score: DeltaGenerator
) -> None:
    """A card with the record, another one with how its score came about.

    What cannot be shown is said calmly, and the list beside it stays.
    """
    with place, st.container(border=True, key="record"):
        try:
            event = ledger.event(sequence)
            _head(event)
            told = history_versions.record(ledger, desk, sequence)
        except ErasedRecord as erased:
            _erased(ledger, event, str(erased))
            _replay(ledger, desk, event, person)
        except SolventError as refusal:
            _refused(sequence, refusal)
        else:
            _shown(told, desk, person)
            _to_the_case(desk, event, person)
            outcome_form.outcome(ledger, told.record, person)
            _what_happened(told.before, told.since)
            _replay(ledger, desk, event, person)
            _application(told.record, desk.contract, desk.settings.language)
            with for_the_score, st.container(border=True):
                _why(told.record, history_versions.scale_of(desk, told.record.score.policy_version))


def _head(event: Event) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(plain(event.application or f"Event {event.sequence:,}"), anchor=False, width="content")
        _close()


def _close() -> None:
    st.button(
        "",
        icon=":material/close:",
        type="tertiary",
        key="close_record",
        help="Close the record",
        shortcut=CLOSE_KEY,
        on_click=history_state.close_record,
    )


def _refused(sequence: int, refusal: SolventError) -> None:
    title = "No such record" if isinstance(refusal, UnknownRecord) else "This record cannot be shown"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/search_off: **{title}**", width="content")
    st.caption(plain(str(refusal)))
    if isinstance(refusal, UnknownRecord):
        st.button("Close", key=f"close_{sequence}", on_click=history_state.close_record)


def _erased(ledger: Ledger, event: Event, why: str) -> None:
    """What is left is public and names nobody."""
    st.badge("Erased", icon=":material/person_off:", color="gray")
    st.markdown("**This person was forgotten.** Nothing of the application can be read any more, here or anywhere.")
    st.caption(plain(why))
    told = happenings(ledger, event)
    earlier = [one for one in told if one.sequence <= event.sequence]
    _what_happened(earlier, [one for one in told if one.sequence > event.sequence])


def _shown(told: RecordHistory, desk: Desk, person: Person) -> None:
    seen = told.record
    _badges(seen)
    st.markdown(_sentence(seen))
    if told_then := [*_client(seen, person), *_expected_loss(seen, desk)]:
        st.caption(plain(" ".join(told_then)))
    st.caption(plain(f"Shown then: {seen.headline}"))
    if seen.warnings:
        similar_cards.unusual(seen.warnings)
    _why_decided(seen, desk.contract)
    if seen.caveat:
        st.caption(plain(seen.caveat))
    _reasons(seen)


def _badges(seen: Record) -> None:
    recommended, icon, colour = words.RECOMMENDED[seen.score.recommendation]
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(f"{recommended} recommended", icon=icon, color=colour)
        if seen.decision:
            decided, icon, colour = words.DECIDED.get(seen.decision, words.DECIDED_OTHERWISE)
            st.badge(decided, icon=icon, color=colour)
        if seen.override_side in _SIDES:
            st.badge(_SIDES[seen.override_side], icon=":material/alt_route:", color="violet")
        if seen.demo:
            st.badge("Demo", color="gray", help="Made by set-up, so that there is something to show.")


def _sentence(seen: Record) -> str:
    score = seen.score
    done = words.DECIDED.get(seen.decision, words.DECIDED_OTHERWISE)[0] if seen.decision else "Scored"
    figures = plain(f"{points(score.points)} points, grade {score.grade}.")
    by = plain(f"{done} by {seen.actor.name}, {moment_words(seen.at)}.")
    return f"PD **{plain(percent(score.default_probability))}**, {figures} {by}"


def _client(seen: Record, person: Person) -> list[str]:
    """The client's number, for those who may work on applications; of the sealed part, so gone when forgotten."""
    stored = seen.lookup.removeprefix(STORED) if seen.lookup.startswith(STORED) else ""
    number = stored or seen.history_of
    if not number or not may(person.role, Page.SCORE, Action.WORK):
        return []
    return [f"Client {number}."] if stored else [f"New application, with the history of client {number}."]


def _expected_loss(seen: Record, desk: Desk) -> list[str]:
    loss = seen.score.expected_loss
    currency = text(desk.contract.portfolio.currency, desk.settings.language)
    return [] if loss is None else [f"Expected loss then: {money(loss, currency)}."]


def _why_decided(seen: Record, contract: Contract) -> None:
    if seen.override_code:
        labels = {code.code: text(code.label) for code in contract.overrides}
        st.markdown(f"Reason: {plain(labels.get(seen.override_code, seen.override_code))}")
    if seen.note:
        st.markdown(f"Note: “{plain(seen.note)}”")


@st.fragment
def _why(seen: Record, scale: Scale) -> None:
    guard.require(Page.HISTORY, Action.READ)
    with guard.refusals():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Why, as shown then", anchor=False, width="content")
            unit = _unit()
        view = waterfall(seen.score, unit, Grouping.FAMILY, _BARS, scale)
        why_cards.chart(view, screen.is_narrow())
        st.caption(plain(f"Sum check: {view.sum_check}. {view.note}"))


def _unit() -> Unit:
    chosen = st.segmented_control(
        "Unit",
        list(Unit),
        default=Unit.POINTS,
        key=history_state.UNIT,
        format_func=lambda choice: words.UNITS[choice],
        required=True,
        label_visibility="collapsed",
    )
    return chosen or Unit.POINTS


def _reasons(seen: Record) -> None:
    if not seen.score.reasons:
        return
    with st.container(gap="xxsmall"):
        st.markdown("**Principal reasons then**")
        for place, reason in enumerate(seen.score.reasons, start=1):
            st.caption(f"{place}\\. **{plain(reason.label)}.** {plain(reason.text)}")


def _application(seen: Record, contract: Contract, language: str) -> None:
    """The raw fields as they were scored, in the contract's words."""
    fields = seen.application.fields
    with st.expander("Facts of the application then", icon=":material/description:"):
        main = facts(contract, fields, None, language)
        st.table({plain(one.label): plain(one.shown) for one in main}, border="horizontal", alt="Facts as scored")
    with st.expander(f"All {len(fields)} fields as scored", icon=":material/table_rows:"):
        columns = contract.main_columns
        st.table(
            {
                plain(text(columns[name].label, language)): plain(shown_in_column(value, columns[name], language))
                for name, value in fields.items()
                if name in columns
            },
            border="horizontal",
            alt="Every field of the application, as it was scored",
        )
    with st.expander("What it was made with", icon=":material/fingerprint:"):
        st.table(_versions(seen), border="horizontal", alt="Versions of the record")


def _to_the_case(desk: Desk, event: Event, person: Person) -> None:
    """For those who work on applications, while something is left to decide."""
    works = may(person.role, Page.SCORE, Action.WORK) and desk.casework is not None
    if works and desk.casework.state_of(event.application).stage is not Stage.CLOSED:
        links.case(event.application)


def _what_happened(before: Sequence[Happening], since: Sequence[Happening]) -> None:
    with st.container(gap="xsmall"):
        st.markdown("**What happened since**")
        if not since:
            st.caption("Nothing yet.")
        for one in since:
            _happening(one)
    if before:
        with st.expander(f"And before ({len(before)})", icon=":material/history:"):
            for one in before:
                _happening(one)


def _happening(one: Happening) -> None:
    st.caption(f"{one.sequence:,} · {plain(one.words)}")


def _replay(ledger: Ledger, desk: Desk, event: Event, person: Person) -> None:
    """For whoever may: the record once more with the versions of then."""
    if event.kind not in REPLAYABLE or not may(person.role, Page.HISTORY, Action.REPLAY):
        return
    st.fragment(_replayed)(ledger, desk, event.sequence)


def _replayed(ledger: Ledger, desk: Desk, sequence: int) -> None:
    guard.require(Page.HISTORY, Action.REPLAY)
    if st.button("Replay", icon=":material/replay:", key=f"replay_{sequence}", width="stretch", help=_REPLAY_HELP):
        with guard.refusals(), st.spinner("Scoring once more with the versions of then …"):
            verdict(history_versions.repeated(ledger, desk, sequence))


_REPLAY_HELP: Final = "Scores the stored feature row again with the model, calibrator and policy of then."


def verdict(replay: Replay) -> None:
    name, icon, colour = _VERDICTS[replay.verdict]
    st.badge(name, icon=icon, color=colour)
    st.caption(plain(replay.words))
    for difference in replay.differences:
        st.markdown(f"**{difference.part.value.capitalize()}**: {plain(difference.words)}")
    if replay.verdict is Verdict.SAME and replay.not_from_raw:
        st.caption(plain(f"Not from the raw application: {replay.not_from_raw}."))


def _versions(seen: Record) -> dict[str, str]:
    rows = {
        "Event": f"{seen.sequence:,}",
        "Applicant": seen.applicant_reference,
        "Model": seen.score.model_version,
        "Its SHA-256": seen.model_sha256,
        "Calibrator": seen.calibrator_version,
        "Policy": seen.score.policy_version,
        "Solvent": seen.software_version,
        "Scored": f"{moment_words(seen.score.scored_at)}, in {seen.score.latency_ms:.1f} ms",
    }
    return {name: plain(value) for name, value in rows.items()}
