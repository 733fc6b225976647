"""Accounts and their events as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from core.accounts.events import AccountEvent
from core.accounts.people import Person

EVENTS_SHOWN: Final = 200
_MOMENT: Final = "D MMM YYYY, HH:mm"
_NARROW: Final = ("User name", "Role", "State")


def state_of(person: Person) -> str:
    if not person.enabled:
        return "disabled"
    return "must set password" if person.must_change_password else "may sign in"


def people(everybody: Sequence[Person], narrow: bool) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "User name": [person.user_name for person in everybody],
                "Name": [person.display_name for person in everybody],
                "Role": [person.role.words for person in everybody],
                "State": [state_of(person) for person in everybody],
                "Password set": [person.password_changed_at for person in everybody],
            }
        ),
        hide_index=True,
        height="content" if len(everybody) <= 12 else 460,
        column_order=_NARROW if narrow else None,
        column_config={
            "User name": st.column_config.TextColumn(width=102 if narrow else None),
            "Role": st.column_config.TextColumn(width=96 if narrow else None),
            "State": st.column_config.TextColumn(width=134 if narrow else None),
            "Password set": st.column_config.DatetimeColumn(format=_MOMENT, help="In your own time zone."),
        },
        alt="Everybody who has an account, with role and state",
    )


def events(latest: Sequence[AccountEvent]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "When": [event.happened_at for event in latest],
                "What": [event.kind.value.replace("_", " ") for event in latest],
                "Whom": [event.subject for event in latest],
                "Detail": [event.rule for event in latest],
                "By": [event.actor for event in latest],
                "From": [event.address for event in latest],
            }
        ),
        hide_index=True,
        height="content" if len(latest) <= 8 else 340,
        column_config={
            "When": st.column_config.DatetimeColumn(format=f"{_MOMENT}:ss", help="In your own time zone."),
            "Detail": st.column_config.TextColumn(width="large"),
        },
        alt="Sign-ins, refusals and changes to accounts, newest first",
    )
    st.caption(f"The latest {EVENTS_SHOWN}, newest first. Nobody can change or delete them.")
