"""Frozen rows to tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.scoring.contribution_rows import ContributionRow
from core.scoring.waterfall import Grouping


def contributions(rows: Sequence[ContributionRow], grouping: Grouping) -> None:
    """Every family or feature with its contribution; numbers stay numbers, so that sorting sorts."""
    by_family = grouping is Grouping.FAMILY
    columns: dict[str, list[str] | list[float]] = {"Family" if by_family else "Feature": [row.label for row in rows]}
    if not by_family:
        columns["Value"] = [row.value for row in rows]
    columns |= {
        "Points": [row.points for row in rows],
        "Log-odds": [row.log_odds for row in rows],
        "Direction": [row.direction for row in rows],
    }
    if not by_family:
        columns["Family"] = [row.family for row in rows]
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        height="content" if by_family else 420,
        column_config={
            "Feature": st.column_config.TextColumn(width=230),
            "Value": st.column_config.TextColumn(width=100),
            "Points": st.column_config.NumberColumn(format="%+.2f", width=70),
            "Log-odds": st.column_config.NumberColumn(format="%+.4f", width=80),
            "Direction": st.column_config.TextColumn(width=90),
        },
        alt="Every contribution to this score, largest effect first",
    )
