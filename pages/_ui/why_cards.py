"""Why the score is what it is: the waterfall in the chosen unit, its sum, and the same as a table."""

from __future__ import annotations

import streamlit as st

from core.accounts.roles import Action, Page
from core.desk import Desk
from core.scoring.contribution_rows import contribution_rows
from core.scoring.score import Score
from core.scoring.waterfall import waterfall
from pages._ui import cards, forms, guard, tables


@st.fragment
def why(desk: Desk, score: Score, narrow: bool) -> None:
    """A part of its own: switching units draws nothing else anew."""
    guard.require(Page.SCORE, Action.READ)
    with guard.refusals(), cards.why():
        question = forms.why()
        view = waterfall(score, question.unit, question.grouping, question.bars, desk.policy.scale)
        cards.waterfall(view, narrow)
        forms.bars()
        cards.sum_check(view, desk.unused_bases)
        with forms.as_table() as part:
            if part.open:
                tables.contributions(contribution_rows(score, question.grouping, desk.policy.scale), question.grouping)
