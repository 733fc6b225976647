"""One record in words, as it was shown when it was made: recommended, decided, and by whom."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import moment_words
from core.casework.override_sides import SIDE_WORDS
from core.casework.record import Record
from core.casework.recording import STORED
from core.desk import Desk
from core.portfolio.contract import Contract, text
from core.portfolio.wording import money, percent, points
from pages._ui import similar_cards, words
from pages._ui.words import plain

_SIDES: Final = {side: words.capitalize() for side, words in SIDE_WORDS.items()}


def summary(seen: Record, desk: Desk, person: Person) -> None:
    _badges(seen)
    st.markdown(_sentence(seen))
    currency = text(desk.contract.portfolio.currency, desk.settings.language)
    if told_then := [*_client(seen, person), *expected_loss(seen.score.expected_loss, currency)]:
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


def expected_loss(loss: float | None, currency: str) -> list[str]:
    """In whole units, as the score shows it."""
    return [] if loss is None else [f"Expected loss then: {money(round(loss), currency)}."]


def _why_decided(seen: Record, contract: Contract) -> None:
    if seen.override_code:
        labels = {code.code: text(code.label) for code in contract.overrides}
        st.markdown(f"Reason: {plain(labels.get(seen.override_code, seen.override_code))}")
    if seen.note:
        st.text(f"Note: “{seen.note}”")  # not Markdown: lines and addresses stay as they were typed


def _reasons(seen: Record) -> None:
    if not seen.score.reasons:
        return
    with st.container(gap="xxsmall"):
        st.markdown("**Principal reasons then**")
        for place, reason in enumerate(seen.score.reasons, start=1):
            st.caption(f"{place}\\. **{plain(reason.label)}.** {plain(reason.text)}")
