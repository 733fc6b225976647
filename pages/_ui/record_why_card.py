"""Why the score of a record was what it was: its waterfall, as shown then."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.accounts.roles import Action, Page
from core.casework.record import Record
from core.policy.points import Scale
from core.scoring.waterfall import Grouping, Unit, waterfall
from pages._ui import guard, history_state, screen, why_cards, words
from pages._ui.words import plain

_BARS: Final = 10


@st.fragment
def why(seen: Record, scale: Scale) -> None:
    guard.require(Page.HISTORY, Action.READ)
    with guard.refusals():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Why, as shown then", anchor=False, width="content")
            unit = _unit()
        view = waterfall(seen.score, unit, Grouping.FAMILY, _BARS, scale)
        why_cards.chart(view, screen.is_narrow())
        st.caption(plain(f"Sum check: {view.sum_check}. {view.note}"))


def _unit() -> Unit:
    chosen = st.segmented_control(
        "Unit",
        list(Unit),
        default=Unit.POINTS,
        key=history_state.UNIT,
        format_func=lambda choice: words.UNITS[choice],
        required=True,
        label_visibility="collapsed",
    )
    return chosen or Unit.POINTS
