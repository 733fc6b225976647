"""Every session key, typed; nobody else writes a key's name."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.scoring.waterfall import Grouping, Unit

CLIENT: Final = "client"  # also the query parameter: /?client=100001
UNIT: Final = "unit"
GROUPING: Final = "grouping"
BARS: Final = "bars"
AS_TABLE: Final = "as_table"

BAR_CHOICES: Final = (6, 10, 15)


def begin() -> None:
    """What a new session starts with."""
    st.session_state.setdefault(UNIT, Unit.POINTS)
    st.session_state.setdefault(GROUPING, Grouping.FAMILY)
    st.session_state.setdefault(BARS, BAR_CHOICES[1])


def client() -> str:
    return str(st.session_state.get(CLIENT) or "").strip()


def choose_client(key: str) -> None:
    st.session_state[CLIENT] = key


def bars() -> int:
    """How many bars a waterfall shows before it draws the others together."""
    return int(st.session_state.get(BARS) or BAR_CHOICES[1])


def narrow_screen() -> bool:
    """Whether the browser says it runs on a phone."""
    headers = st.context.headers
    hint, agent = headers.get("Sec-Ch-Ua-Mobile"), headers.get("User-Agent")
    if isinstance(hint, str):
        return hint == "?1"
    return isinstance(agent, str) and "Mobile" in agent
