"""Every session key, typed; nobody else writes a key's name."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.portfolio.entry_fields import Typed

CLIENT: Final = "client"  # also the query parameter: /?client=100001
UNIT: Final = "unit"
GROUPING: Final = "grouping"
BARS: Final = "bars"
AS_TABLE: Final = "as_table"
ENTRY: Final = "entry"  # also the query parameter: /?entry=form
FEATURE: Final = "feature"
_FROM_LINK: Final = "from_link"
_LIMITS_OF: Final = "limits_of"

BY_NUMBER, BY_FORM = "number", "form"

BAR_CHOICES: Final = (6, 10, 15)


def begin() -> None:
    """What a new session starts with; widgets are told by their `default`, which no overtaking run can lose."""
    st.session_state.setdefault(_FROM_LINK, st.query_params.get(ENTRY) == BY_FORM)


def first_entry() -> str:
    """How the page asks when a session begins: as its address says."""
    return BY_FORM if st.session_state.get(_FROM_LINK) else BY_NUMBER


def client() -> str:
    return str(st.session_state.get(CLIENT) or "").strip()


def choose_client(key: str) -> None:
    st.session_state[CLIENT] = key


def by_form() -> bool:
    """Whether a new application is typed in instead of a client's number."""
    return bool(st.session_state.get(ENTRY, first_entry()) == BY_FORM)


def link_entry() -> None:
    """The address says so; a bound widget would write its label there."""
    if by_form():
        st.query_params[ENTRY] = BY_FORM
    else:
        st.query_params.pop(ENTRY, None)


def started_with(key: str, start: Typed) -> Typed:
    """What a widget was first drawn with: one that starts empty can be emptied again, whatever was typed since."""
    first = f"start_of_{key}"
    if key not in st.session_state:
        st.session_state[first] = start
    kept: Typed = st.session_state[first]
    return kept


def what_if_key(case: str, column: str) -> str:
    """Of the widget that changes this field of this case."""
    return f"what_if_{case}_{column}{_generation(f'resets_{case}')}"


def corrected_key(case: str) -> str:
    """Of the choice of facts to correct."""
    return f"what_if_{case}{_generation(f'resets_{case}')}"


def reset_what_if(case: str) -> None:
    """Its widgets start anew, as the application has them."""
    _next_generation(f"resets_{case}")


def entry_key(what: str) -> str:
    """Of a widget of the entry form."""
    return f"entry_{what}{_generation('discards')}"


def forget_entry() -> None:
    """The entry form starts empty again."""
    _next_generation("discards")


def _generation(of: str) -> str:
    """Behind a key: widgets under a new key are new. Setting the old ones' values instead gets lost on the way to the
    browser when another run of the page overtakes it.
    """
    count = st.session_state.get(of, 0)
    return f"_{count}" if count else ""


def _next_generation(of: str) -> None:
    st.session_state[of] = st.session_state.get(of, 0) + 1


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
