"""One record as it was shown when it was made, and everything that happened to its application since."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import Stage
from core.casework.happenings import happenings
from core.desk import Desk
from core.errors import ErasedRecord, SolventError, UnknownRecord
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from pages._ui import (
    history_state,
    history_versions,
    links,
    outcome_form,
    record_course_card,
    record_facts_card,
    record_replay_card,
    record_summary_card,
    record_why_card,
)
from pages._ui.words import plain

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
            record_replay_card.replay(ledger, desk, event, person)
        except SolventError as refusal:
            _refused(sequence, refusal)
        else:
            record_summary_card.summary(told.record, desk, person)
            _to_the_case(desk, event, person)
            outcome_form.outcome(ledger, told.record, person)
            record_course_card.what_happened(told.before, told.since)
            record_replay_card.replay(ledger, desk, event, person)
            record_facts_card.made_from(told.record, desk.contract, desk.settings.language)
            with for_the_score, st.container(border=True):
                record_why_card.why(told.record, history_versions.scale_of(desk, told.record.score.policy_version))


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
    st.markdown(
        "**This person was forgotten.** What the application said can no longer be read from this desk's record. "
        "Exports, import files and backups that were made before may still hold it."
    )
    st.caption(plain(why))
    told = happenings(ledger, event)
    earlier = [one for one in told if one.sequence <= event.sequence]
    record_course_card.what_happened(earlier, [one for one in told if one.sequence > event.sequence])


def _to_the_case(desk: Desk, event: Event, person: Person) -> None:
    """For those who work on applications, while something is left to decide."""
    if not may(person.role, Page.SCORE, Action.WORK) or desk.casework is None:
        return
    if desk.casework.state_of(event.application).stage is not Stage.CLOSED:
        links.case(event.application)
