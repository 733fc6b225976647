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
ENTRY: Final = "entry"  # also the query parameter: /?entry=form
FEATURE: Final = "feature"
WAY: Final = "entry_way"
PASTED: Final = "entry_pasted"
HISTORY_OF: Final = "entry_history_of"
_LIMITS_OF: Final = "limits_of"

BY_NUMBER, BY_FORM = "number", "form"

BAR_CHOICES: Final = (6, 10, 15)


def begin() -> None:
    """What a new session starts with."""
    st.session_state.setdefault(UNIT, Unit.POINTS)
    st.session_state.setdefault(GROUPING, Grouping.FAMILY)
    st.session_state.setdefault(BARS, BAR_CHOICES[1])
    st.session_state.setdefault(ENTRY, BY_FORM if st.query_params.get(ENTRY) == BY_FORM else BY_NUMBER)


def client() -> str:
    return str(st.session_state.get(CLIENT) or "").strip()


def choose_client(key: str) -> None:
    st.session_state[CLIENT] = key


def by_form() -> bool:
    """Whether a new application is typed in instead of a client's number."""
    return bool(st.session_state.get(ENTRY) == BY_FORM)


def what_if_key(case: str, column: str) -> str:
    """Of the widget that changes this field of this case."""
    return f"what_if_{case}_{column}"


def corrected_key(case: str) -> str:
    """Of the choice of facts to correct."""
    return f"what_if_{case}"


def entry_key(column: str) -> str:
    """Of the widget of the entry form."""
    return f"entry_field_{column}"


def forget_entry() -> None:
    """The entry form starts empty again."""
    for key in [str(key) for key in st.session_state if str(key).startswith("entry_")]:
        del st.session_state[key]


def limits_asked_for() -> str:
    """The case whose limits are known or being computed."""
    return str(st.session_state.get(_LIMITS_OF, ""))


def ask_for_limits(case: str) -> None:
    st.session_state[_LIMITS_OF] = case


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
