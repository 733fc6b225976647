"""Accounts and their events as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.accounts.events import AccountEvent
from core.accounts.people import Person

EVENTS_SHOWN: Final = 200
_MOMENT: Final = "D MMM YYYY, HH:mm"
_NARROW: Final = ("User name", "Role", "State")
_EDGES, _LETTER = 18, 6.5  # px, of a cell


def state_of(person: Person) -> str:
    if not person.enabled:
        return "disabled"
    return "must set password" if person.must_change_password else "may sign in"


def people(everybody: Sequence[Person], narrow: bool) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "User name": [person.user_name for person in everybody],
                "Role": [person.role.words for person in everybody],
                "State": [state_of(person) for person in everybody],
                "Name": [person.display_name for person in everybody],
                "Password set, UTC": [_in_utc(person.password_changed_at) for person in everybody],
            }
        ),
        hide_index=True,
        height="content" if len(everybody) <= 12 else 460,
        column_order=_NARROW if narrow else None,
        column_config={
            "User name": _column([person.user_name for person in everybody], 102),
            "Name": _column([person.display_name for person in everybody], 102),
            "Role": st.column_config.TextColumn(width=96),
            "State": st.column_config.TextColumn(width=134),
            "Password set, UTC": st.column_config.DatetimeColumn(format=_MOMENT, width=140),
        },
        alt="Everybody who has an account, with role and state",
    )


def events(latest: Sequence[AccountEvent]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "When, UTC": [_in_utc(event.happened_at) for event in latest],
                "What": [event.kind.value.replace("_", " ") for event in latest],
                "Whom": [event.subject for event in latest],
                "By": [event.actor for event in latest],
                "From": [event.address for event in latest],
                "Detail": [event.rule for event in latest],
            }
        ),
        hide_index=True,
        height="content" if len(latest) <= 8 else 340,
        column_config={
            "When, UTC": st.column_config.DatetimeColumn(format=f"{_MOMENT}:ss", width=158),
            "What": _column([event.kind.value for event in latest], 102),
            "Whom": _column([event.subject for event in latest], 102),
            "By": _column([event.actor for event in latest], 102),
            "From": _column([event.address for event in latest], 84),
            "Detail": _column([event.rule for event in latest], 300),
        },
        alt="Sign-ins, refusals and changes to accounts, newest first",
    )
    st.caption(f"The latest {EVENTS_SHOWN}, newest first. Nobody can change or delete them.")


def _column(words: Sequence[str], at_least: int) -> ColumnConfig:
    """As wide as its longest words: the table is scrolled sideways before a name is cut."""
    longest = max(map(len, words), default=0)
    return st.column_config.TextColumn(width=max(at_least, round(_EDGES + _LETTER * longest)))


def _in_utc(moment: datetime) -> datetime:
    """Without its zone, which the browser would replace by its own."""
    return moment.astimezone(UTC).replace(tzinfo=None)
