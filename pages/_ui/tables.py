"""Frozen rows to tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.scoring.contribution_rows import Cell, ContributionRow
from core.scoring.waterfall import Grouping

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_TALLEST = 420  # px, of a table of hundreds of features


def contributions(rows: Sequence[ContributionRow], grouping: Grouping, narrow: bool) -> None:
    """From the model's base to the client; numbers stay numbers, so that sorting sorts."""
    by_family = grouping is Grouping.FAMILY
    words, numbers = _words(rows, by_family, narrow), _numbers(rows)
    column = st.column_config
    st.dataframe(
        _written(pd.DataFrame(words | {name: [c.number for c in cells] for name, cells in numbers.items()}), numbers),
        hide_index=True,
        height="content" if by_family else _TALLEST,
        column_config={
            "Feature": column.TextColumn(width=190, pinned=True),
            "Value": column.TextColumn(width=90),
            **{name: column.NumberColumn(width=84) for name in numbers},
        },
        alt="Base, every contribution to this score with the largest effect first, calibration and the client; "
        "each column adds up",
    )


def _words(rows: Sequence[ContributionRow], by_family: bool, narrow: bool) -> dict[str, list[str]]:
    """On a phone the number's own sign says the direction."""
    named = {"Family" if by_family else "Feature": [row.label for row in rows]}
    if not by_family:
        named["Value"] = [row.value for row in rows]
    return named if narrow else named | {"Direction": [row.direction for row in rows]}


def _numbers(rows: Sequence[ContributionRow]) -> dict[str, list[Cell]]:
    return {
        "Points": [row.points for row in rows],
        "Log-odds": [row.log_odds for row in rows],
        "PD path": [row.probability for row in rows],
    }


def _written(frame: pd.DataFrame, numbers: dict[str, list[Cell]]) -> Styler:
    """As in the chart: places bare, steps with their sign."""
    styled, last = frame.style, len(frame) - 1
    for name, cells in numbers.items():
        for which in ([0, last], list(range(1, last))):
            told = {cells[at].number: cells[at].shown for at in which}
            styled = styled.format({name: told.__getitem__}, subset=(which, [name]))
    return styled
