"""What became of an approved loan: recorded once it is known, corrected with a reason; the rules live in the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import day_words
from core.casework.outcomes import APPROVALS, LONGEST_REASON, SHORTEST_REASON, Case, Outcome, Repayment
from core.casework.outcomes_known import known_cases
from core.casework.outcomes_recording import Teller, record_outcome
from core.casework.record import Record
from core.errors import ErasedRecord, LedgerUnwritable, OutcomeRefused
from core.ledger.ledger import Ledger
from pages._ui import cache, guard, told
from pages._ui.session import visitor
from pages._ui.words import Badge, plain

_WORDS: Final[Mapping[Repayment, Badge]] = {
    Repayment.REPAID: ("Repaid", ":material/paid:", "green"),
    Repayment.DEFAULTED: ("Defaulted", ":material/money_off:", "red"),
}


def outcome(ledger: Ledger, seen: Record, person: Person) -> None:
    """Only what was approved is repaid or not; everybody reads it, some may tell it."""
    if seen.decision not in APPROVALS:
        return
    with ledger.reading() as cursor:
        case = known_cases(cursor, [seen.application_id])[seen.application_id]
    if case.current is not None:
        _known(case)
    if case.approval is not None and not case.erased and may(person.role, Page.HISTORY, Action.RECORD_OUTCOME):
        label = "Record the outcome" if case.current is None else "Correct the outcome"
        with st.expander(label, icon=":material/flag:" if case.current is None else ":material/edit:"):
            st.fragment(_form)(case)


def _known(case: Case) -> None:
    recorded = case.current
    if recorded is None:
        return
    name, icon, colour = _WORDS[Repayment(recorded.outcome)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(name, icon=icon, color=colour)
        day = recorded.observed_on
        st.caption(f"observed on {day_words(day)}" if day else "on an unknown day", width="content")


def _form(case: Case) -> None:
    guard.require(Page.HISTORY, Action.RECORD_OUTCOME)
    current, approval = case.current, case.approval
    key = f"outcome_{case.application}_{current.sequence if current else 0}"
    today = visitor.now().date()
    with st.form(key, border=False):
        chosen = st.segmented_control(
            "Outcome",
            list(Repayment),
            format_func=lambda one: f":gray[{_WORDS[one][0]}]",
            key=f"{key}_what",
            width="stretch",
        )
        day = st.date_input(
            "Observed on (day of UTC)",
            value=None,
            min_value=min(approval.at.date(), today) if approval else None,
            max_value=today,
            format="DD/MM/YYYY",
            key=f"{key}_day",
        )
        reason = ""
        if current is not None:
            reason = st.text_area(
                "What was wrong",
                key=f"{key}_reason",
                max_chars=LONGEST_REASON,
                height=80,
                help=f"{SHORTEST_REASON} to {LONGEST_REASON} characters. The earlier outcome stays on record.",
            )
        sent = st.form_submit_button("Record" if current is None else "Correct", icon=":material/task_alt:")
    if not sent:
        return
    if chosen is None or day is None:
        st.error("Outcome: choose what became of the loan, and the day; nothing was recorded.", icon=":material/error:")
        return
    _record(Outcome(case.application, chosen, day, reason.strip()))


def _record(outcome: Outcome) -> None:
    """Checked again where it is written; the page is drawn anew once it stands on the record."""
    person, answer = guard.require(Page.HISTORY, Action.RECORD_OUTCOME), told.of_session()
    with guard.refusals():
        try:
            event = record_outcome(cache.ledger(), outcome, Teller(person, visitor.now(), visitor.address()))
        except (OutcomeRefused, LedgerUnwritable, ErasedRecord) as refusal:
            st.error(plain(str(refusal)), icon=":material/error:")
            return
    answer.recorded(event.sequence)
    st.rerun()
