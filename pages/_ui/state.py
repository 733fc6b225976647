"""Session keys that several parts of the pages read, typed; those of one part stand in its own `…_state`."""

from __future__ import annotations

from typing import Final

import streamlit as st

CLIENT: Final = "client"  # also the query parameter: /?client=100001
APPLICATION: Final = "application"  # also the query parameter: /score?application=A…
UNIT: Final = "unit"
GROUPING: Final = "grouping"
BARS: Final = "bars"
AS_TABLE: Final = "as_table"
RECORD: Final = "record"  # also the query parameter: /history?record=17
ENTRY: Final = "entry"  # also the query parameter: /?entry=form
_FROM_LINK: Final = "from_link"
_LIMITS_OF: Final = "limits_of"
_NOTHING_REFERRED: Final = "nothing_referred"

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


def application() -> str:
    """The application of the record that is looked at again; empty while a client's number is given."""
    asked = st.query_params.get(APPLICATION, "")
    if client() and asked:
        st.query_params.pop(APPLICATION)
    return "" if client() else asked


def choose_application(application: str) -> None:
    st.session_state[CLIENT] = ""
    st.query_params[APPLICATION] = application


def shown_application() -> str:
    """The application in the address, whether or not a client's number was typed since."""
    return st.query_params.get(APPLICATION, "")


def nothing_referred() -> None:
    st.session_state[_NOTHING_REFERRED] = True


def take_nothing_referred() -> bool:
    """Told once."""
    return bool(st.session_state.pop(_NOTHING_REFERRED, False))


def by_form() -> bool:
    """Whether a new application is typed in instead of a client's number."""
    return bool(st.session_state.get(ENTRY, first_entry()) == BY_FORM)


def link_entry() -> None:
    """The address says so; a bound widget would write its label there."""
    if by_form():
        st.query_params[ENTRY] = BY_FORM
    else:
        st.query_params.pop(ENTRY, None)


def limits_asked_for() -> str:
    """The case whose limits are known or being computed."""
    return str(st.session_state.get(_LIMITS_OF, ""))


def ask_for_limits(case: str) -> None:
    st.session_state[_LIMITS_OF] = case


def bars() -> int:
    """How many bars a waterfall shows before it draws the others together."""
    return int(st.session_state.get(BARS) or BAR_CHOICES[1])
