"""Session keys that several parts of the pages read, typed; those of one part stand in its own `…_state`."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

CLIENT: Final = "client"  # also the query parameter: /?client=100001
APPLICATION: Final = "application"  # also the query parameter: /score?application=A…
UNIT: Final = "unit"
GROUPING: Final = "grouping"
BARS: Final = "bars"
AS_TABLE: Final = "as_table"
RECORD: Final = "record"  # also the query parameter: /history?record=17
ENTRY: Final = "entry"  # also the query parameter: /?entry=form
_ENTRY_SWITCH: Final = "entry_switch"  # which switch it is, counted, and what it starts with
_LIMITS_OF: Final = "limits_of"
_NOTHING_REFERRED: Final = "nothing_referred"

BY_NUMBER, BY_FORM = "number", "form"

BAR_CHOICES: Final = (6, 10, 15)


def begin() -> None:
    """The address tells how to ask while no switch does, and where the browser's history leads to.

    That is a new switch then: widgets are told by their `default`, which no overtaking run can lose.
    """
    addressed = BY_FORM if st.query_params.get(ENTRY) == BY_FORM else BY_NUMBER
    if _ENTRY_SWITCH not in st.session_state:
        st.session_state[_ENTRY_SWITCH] = (0, addressed)
    told_by_address = entry_key() not in st.session_state or _is_led_by_history()
    if told_by_address and by_form() != (addressed == BY_FORM):
        st.session_state[_ENTRY_SWITCH] = (_entry_switch()[0] + 1, addressed)


def _is_led_by_history() -> bool:
    """Whether the browser's Back or Forward began this run.

    Not to be told from the address alone: a hurried press brings along the one of before the page's last answer.
    """
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def _entry_switch() -> tuple[int, str]:
    switch: tuple[int, str] = st.session_state.get(_ENTRY_SWITCH, (0, BY_NUMBER))
    return switch


def entry_key() -> str:
    """Of the switch between a client's number and the form."""
    count, _ = _entry_switch()
    return f"{ENTRY}_{count}" if count else ENTRY


def first_entry() -> str:
    """What that switch starts with."""
    return _entry_switch()[1]


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
    return bool(st.session_state.get(entry_key(), first_entry()) == BY_FORM)


def link_entry() -> None:
    """The address says so; a bound widget would write its label there.

    The client leaves the address in the same step: a step in between would be one for the browser's Back as well.
    """
    if not by_form():
        st.query_params.pop(ENTRY, None)
    elif st.query_params.get(ENTRY) != BY_FORM:
        others = {name: value for name, value in st.query_params.to_dict().items() if name != CLIENT}
        st.query_params.from_dict(others | {ENTRY: BY_FORM})


def limits_asked_for() -> str:
    """The case whose limits are known or being computed."""
    return str(st.session_state.get(_LIMITS_OF, ""))


def ask_for_limits(case: str) -> None:
    st.session_state[_LIMITS_OF] = case


def bars() -> int:
    """How many bars a waterfall shows before it draws the others together."""
    return int(st.session_state.get(BARS) or BAR_CHOICES[1])
