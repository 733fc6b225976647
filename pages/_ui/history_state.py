"""Keys of the History page: filters, order and page of the list, and the record that is open beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st
from streamlit.elements.arrow import DataframeStateInput

from core.casework.history_question import HistoryQuestion
from pages._ui import state
from pages._ui.newest import Newest

# each is also the name of a query parameter: a filtered history can be sent as a link
PERIOD: Final = "period"
DAYS: Final = "days"
RECOMMENDED: Final = "recommended"
DECIDED: Final = "decided"
OFFICER: Final = "by"
OVERRIDE: Final = "override"
GRADE: Final = "grade"
MODEL: Final = "model"
POLICY: Final = "policy"
STATE: Final = "state"
OUTCOME: Final = "outcome"
AMOUNT_FROM: Final = "amount_from"
AMOUNT_TO: Final = "amount_to"
SORT: Final = "sort"
ORDER: Final = "order"
ROWS: Final = "rows"

# never in an address: they may name a person
ABOUT: Final = "history_about"
NOTE: Final = "history_note"

_LISTS: Final = (RECOMMENDED, DECIDED, OFFICER, GRADE, MODEL, POLICY)
_NUMBERS: Final = (AMOUNT_FROM, AMOUNT_TO)
_TEXTS: Final = (ABOUT, NOTE)

SHARE: Final = "history_share"
SPREAD: Final = "history_spread"
UNIT: Final = "record_unit"
_PAGE: Final = "history_page"
_SELECTIONS: Final[Newest[str, DataframeStateInput]] = Newest("history_selections")  # by table


def reset(chosen: Mapping[str, object]) -> None:
    """Every filter as a new session has it; `chosen`: what those have of which always one is chosen."""
    values: dict[str, object] = {DAYS: (), **chosen}
    values |= {name: [] for name in _LISTS} | dict.fromkeys(_NUMBERS) | dict.fromkeys(_TEXTS, "")
    for name, value in values.items():
        if name in st.session_state:
            st.session_state[name] = value


def page(question: HistoryQuestion) -> int:
    """The page of this list that is looked at; another question begins at its first."""
    kept = st.session_state.get(_PAGE)
    return int(kept[1]) if isinstance(kept, tuple) and kept[0] == question else 1


def turn_to(question: HistoryQuestion, number: int) -> None:
    st.session_state[_PAGE] = (question, number)


def record() -> int | None:
    """The event that the address asks for; None: none, or nothing that could be one."""
    asked = str(st.query_params.get(state.RECORD, ""))
    return int(asked) if asked.isdecimal() and 0 < len(asked) <= 15 else None


def open_record(sequence: int) -> None:
    st.query_params[state.RECORD] = str(sequence)


def close_record() -> None:
    st.query_params.pop(state.RECORD, None)


def table_key(sequences: Sequence[int]) -> str:
    """Of the table of these rows: a selection belongs to them, not to their places."""
    return f"history_{hashlib.sha256(repr(tuple(sequences)).encode()).hexdigest()[:16]}"


def selected_place(table: str) -> int | None:
    """The row that was chosen in a table, by place."""
    chosen = st.session_state[table]["selection"]["rows"]
    return int(chosen[0]) if chosen else None


def first_selection(table: str, place: int | None) -> DataframeStateInput:
    """What a table starts with: it keeps it for as long as it is on the page with the same rows."""
    start: DataframeStateInput = {"selection": {"rows": [] if place is None else [place]}}
    if table in st.session_state:
        start = _SELECTIONS.of(table, start)
    _SELECTIONS.keep(table, start)
    return start
