"""A row is chosen by a click anywhere on it, as by its box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import streamlit as st

MODES: Final[tuple[Literal["single-row"], Literal["single-cell"]]] = ("single-row", "single-cell")
KEY: Final = "Shift+Space"  # of the table itself: chooses the row of the marked cell


def tick(table: str, first: int | None) -> None:
    """Chooses the row of the cell that was clicked; `first`: the place that was ticked to begin with."""
    chosen = st.session_state[table]
    selection, ticked = chosen["selection"], f"ticked_in_{table}"
    place = place_of(selection["rows"], selection.get("cells", ()), st.session_state.get(ticked, first))
    st.session_state[ticked] = place
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
