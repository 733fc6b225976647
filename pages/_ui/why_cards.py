"""Why the score is what it is: the waterfall in the chosen unit, its sum, and the same as a table."""

from __future__ import annotations

import streamlit as st

from core.accounts.roles import Action, Page
from core.desk import Desk
from core.scoring.contribution_rows import contribution_rows
from core.scoring.score import Score
from core.scoring.waterfall import Waterfall, waterfall
from pages._ui import figure, forms, guard, tables, waterfall_chart
from pages._ui.ready_figure import ReadyFigure
from pages._ui.words import DIRECTIONS, plain


@st.fragment
def why(desk: Desk, score: Score, narrow: bool) -> None:
    """A part of its own: switching units draws nothing else anew."""
    guard.require(Page.SCORE, Action.READ)
    with guard.refusals(), st.container(border=True):
        question = forms.why()
        view = waterfall(score, question.unit, question.grouping, question.bars, desk.policy.scale)
        chart(view, narrow)
        forms.bars()
        st.caption(plain(f"Sum check: {view.sum_check}. {desk.unused_bases} {view.note}"))
        with forms.as_table() as part:
            if part.open:
                rows = contribution_rows(score, question.grouping, desk.policy.scale)
                tables.contributions(rows, question.grouping, narrow)


def chart(view: Waterfall, narrow: bool) -> None:
    st.plotly_chart(
        ReadyFigure(waterfall_chart.figure_of(view, narrow)),
        config=figure.CONFIG,
        key="waterfall",
        alt=f"Waterfall from the model's base to this client. {view.sum_check}",
    )
    st.caption(DIRECTIONS)
