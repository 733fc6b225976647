"""Frozen rows to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.scoring.contribution_rows import Cell, ContributionRow
from core.scoring.waterfall import Grouping
from pages._ui import palette

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_TALLEST = 420  # px, of a table of hundreds of features

# px of each column, in this order; on a phone the first three fill the card and the others are scrolled to
_FAMILIES = {"Family": 190, "Direction": 95, "Points": 100, "Log-odds": 100, "PD path": 100}
_FEATURES = {"Feature": 240, "Value": 88, "Risk": 44, "Points": 78, "Log-odds": 84, "PD path": 84}
_NARROW = {"Family": 148, "Feature": 148, "Points": 66, "PD path": 84, "Log-odds": 84, "Value": 90}
_NAME, _TOLD = "__index_level_0__", "value"  # as Streamlit names the two columns of a dict


def described(rows: Mapping[str, str], alt: str) -> None:
    """What each thing is and how it stands, without a head; both are read as Markdown."""
    st.table(
        pa.table({_TOLD: list(rows.values()), _NAME: list(rows)}, schema=_layout_of_a_dict()),
        border="horizontal",
        hide_index=False,
        hide_header=True,
        alt=alt,
    )


@cache
def _layout_of_a_dict() -> pa.Schema:
    """What Streamlit makes of one by way of pandas, three times a table (measured: 1.2 ms, 0.02 ms without)."""
    return pa.Table.from_pandas(pd.DataFrame({_TOLD: ["told"]}, index=["name"])).schema


def contributions(rows: Sequence[ContributionRow], grouping: Grouping, narrow: bool) -> None:
    """From the model's base to the client; numbers stay numbers, so that sorting sorts."""
    by_family = grouping is Grouping.FAMILY
    numbers = _numbers(rows)
    columns = _words(rows, by_family) | {name: [cell.number for cell in cells] for name, cells in numbers.items()}
    widths = _NARROW if narrow else _FAMILIES if by_family else _FEATURES
    st.dataframe(
        _written(pd.DataFrame({name: columns[name] for name in widths if name in columns}), numbers),
        hide_index=True,
        height="content" if by_family else _TALLEST,
        column_config={
            name: st.column_config.Column(width=width, pinned=at == 0)
            for at, (name, width) in enumerate(widths.items())
        },
        alt="Base, every contribution to this score with the largest effect first, calibration and the client; "
        "each column adds up",
    )


def _words(rows: Sequence[ContributionRow], by_family: bool) -> dict[str, list[str]]:
    named = {"Family" if by_family else "Feature": [row.label for row in rows]}
    if by_family:
        return named | {"Direction": [row.direction for row in rows]}
    return named | {
        "Value": [row.value for row in rows],
        "Risk": [palette.DIRECTION_MARK[row.direction] for row in rows],
    }


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
            told: dict[object, str] = {cells[at].number: cells[at].shown for at in which}
            styled = styled.format({name: told.__getitem__}, subset=(which, [name]))
    return styled
