"""What an auditor asks for, from widgets to a frozen question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.casework.audit import AuditQuestion
from core.casework.audit_words import Group
from core.casework.history_question import DEFAULT_DAYS, EVER, Period, last_days, whole_days
from pages._ui import audit_state

ROWS_PER_PAGE: Final = (25, 50, 100, 200)
_LAST_24_HOURS: Final = "Last 24 hours"  # the only one that the clock cuts: after midnight today is short
_DAYS: Final = {
    "Last 7 days": 7,
    "Last 30 days": 30,
    f"Last {DEFAULT_DAYS} days": DEFAULT_DAYS,
}
_EVER: Final = "Everything"
_CHOSEN: Final = "Days of my choice"
_ANYBODY: Final = "Anybody"
_PERIODS: Final = (_LAST_24_HOURS, *_DAYS, _EVER, _CHOSEN)


def asked(actors: Sequence[str], now: datetime, narrow: bool) -> AuditQuestion:
    """The question with its page. Who comes back from the record of an event finds both as they were."""
    with _place(narrow):
        period = _period(now, narrow)
        groups = st.multiselect(
            "What",
            list(Group),
            key=audit_state.GROUPS,
            placeholder="Everything",
            format_func=_words,
            wrap=True,
            persist_state="session",
            width=_width(narrow, 300),  # the longest of them, without being cut
        )
        actor = st.selectbox(
            "Who",
            (_ANYBODY, *actors),  # chosen, not cleared: the Esc that closes a list would clear it
            key=audit_state.ACTOR,
            persist_state="session",
            width=_width(narrow, 160),
        )
        about = st.text_input(
            "About",
            key=audit_state.ABOUT,
            placeholder="Name, application, client number",
            icon=":material/search:",
            help="A user name, an application's id, a version or a file as it begins; or a whole client number.",
            max_chars=80,
            autocomplete="off",
            persist_state="session",
            width=_width(narrow, 250),
        )
        rows = st.selectbox(
            "Rows a page", ROWS_PER_PAGE, key=audit_state.ROWS, persist_state="session", width=_width(narrow, 100)
        )
    question = AuditQuestion(period, tuple(groups), "" if actor == _ANYBODY else actor, about.strip(), 1, rows)
    # the clock moves the beginning of a period on, which makes it no other question
    same = (
        st.session_state.get(audit_state.PERIOD),
        st.session_state.get(audit_state.DAYS),
        replace(question, period=EVER),
    )
    return replace(question, page=audit_state.page(same))


def _place(narrow: bool) -> DeltaGenerator:
    """On a phone behind one line: there the first event comes before all that may be asked."""
    if narrow:
        return st.expander("Filters", icon=":material/filter_alt:")
    return st.container(horizontal=True, vertical_alignment="bottom")


def _width(narrow: bool, pixels: int) -> int | Literal["stretch"]:
    return "stretch" if narrow else pixels


def _period(now: datetime, narrow: bool) -> Period:
    chosen = st.selectbox(
        "When", _PERIODS, index=3, key=audit_state.PERIOD, persist_state="session", width=_width(narrow, 160)
    )
    if chosen == _CHOSEN:
        return _days(now, narrow)
    if chosen == _LAST_24_HOURS:
        return Period(start=now - timedelta(hours=24))
    return last_days(now, _DAYS[chosen]) if chosen in _DAYS else EVER


def _days(now: datetime, narrow: bool) -> Period:
    """Whole days by UTC; while only the first is chosen, up to now."""
    today = now.astimezone(UTC).date()
    chosen = st.date_input(
        "From and to, UTC",
        (today - timedelta(days=6), today),
        max_value=today,
        key=audit_state.DAYS,
        persist_state="session",
        format="YYYY-MM-DD",
        width=_width(narrow, 230),
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return whole_days(*days[:2]) if days else EVER


def _words(group: Group) -> str:
    return group.value
