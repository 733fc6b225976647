"""A row is chosen by a click anywhere on it, as by its box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import streamlit as st

from pages._ui.newest import Newest

MODES: Final[tuple[Literal["single-row"], Literal["single-cell"]]] = ("single-row", "single-cell")
_TICKED: Final[Newest[str, int | None]] = Newest("ticked_rows")  # by table
KEY: Final = "Shift+Space"  # of the table itself: chooses the row of the marked cell


def begin(table: str, first: int | None) -> None:
    """Before a table is drawn. One that was not on the page begins with `first` ticked, whatever it was left with."""
    if table not in st.session_state:
        _TICKED.keep(table, first)


def tick(table: str) -> None:
    """Chooses the row of the cell that was clicked."""
    chosen = st.session_state[table]
    selection = chosen["selection"]
    place = place_of(selection["rows"], selection.get("cells", ()), _TICKED.of(table, None))
    _TICKED.keep(table, place)
    rows = [] if place is None else [place]
    st.session_state[table] = type(chosen)({"selection": {"rows": rows, "columns": [], "cells": []}})


def place_of(rows: Sequence[int], cells: Sequence[tuple[int, str]], before: int | None) -> int | None:
    """A box that was ticked or cleared goes first: a cell may still be marked from a click of before."""
    if rows and rows[0] != before:
        return int(rows[0])
    if not rows and before is not None:
        return None
    if cells:
        return int(cells[0][0])
    return before
