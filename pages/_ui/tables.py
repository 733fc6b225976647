"""Frozen rows to tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.scoring.contribution_rows import ContributionRow
from core.scoring.waterfall import Grouping


def contributions(rows: Sequence[ContributionRow], grouping: Grouping) -> None:
    """Every family or feature with its contribution; numbers stay numbers, so that sorting sorts."""
    columns: dict[str, list[str] | list[float]] = {
        "Family" if grouping is Grouping.FAMILY else "Feature": [row.label for row in rows]
    }
    if grouping is Grouping.FEATURE:
        columns |= {"Family": [row.family for row in rows], "Value": [row.value for row in rows]}
    columns |= {
        "Points": [row.points for row in rows],
        "Log-odds": [row.log_odds for row in rows],
        "Direction": [row.direction for row in rows],
    }
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        height="content" if grouping is Grouping.FAMILY else 420,
        column_config={
            "Points": st.column_config.NumberColumn(format="%+.2f", width="small"),
            "Log-odds": st.column_config.NumberColumn(format="%+.4f", width="small"),
        },
        alt="Every contribution to this score, largest effect first",
    )
