"""Session keys of the audit page: the page of the list, the event that was picked, and verifying."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from core.ledger.head import Head
from core.ledger.verification import Verification
from pages._ui.job import Job

PERIOD: Final = "audit_period"
DAYS: Final = "audit_days"
GROUPS: Final = "audit_groups"
ACTOR: Final = "audit_actor"
ABOUT: Final = "audit_about"  # never in the address: it may be a client's number
ROWS: Final = "audit_rows_per_page"
HEAD: Final = "audit_kept_head"
_FILTERS: Final = "audit_filters"
_PAGE: Final = "audit_page"
_PICKED: Final = "audit_picked"
_VERIFYING: Final = "audit_verifying"


@dataclass(frozen=True)
class Ordered:
    """A verification that was asked for in this session."""

    job: Job[Verification]
    against: Head | None
    at: datetime


def page(filters: Hashable) -> int:
    """Which page is asked for; other filters begin at the first, with nothing picked."""
    if st.session_state.get(_FILTERS) != filters:
        st.session_state[_FILTERS] = filters
        turn_to(1)
    return int(st.session_state[_PAGE])


def turn_to(number: int) -> None:
    st.session_state[_PAGE] = number
    st.session_state[_PICKED] = None


def picked() -> int | None:
    """The event that is shown in full."""
    sequence: int | None = st.session_state.get(_PICKED)
    return sequence


def pick_of(table: str, shown: Sequence[int]) -> None:
    """What was picked in the table under this key, which showed these events."""
    rows = st.session_state[table].selection.rows
    st.session_state[_PICKED] = shown[rows[0]] if rows else None


def order(verification: Ordered) -> None:
    st.session_state[_VERIFYING] = verification


def ordered() -> Ordered | None:
    verification: Ordered | None = st.session_state.get(_VERIFYING)
    return verification
