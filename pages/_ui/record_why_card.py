"""Why the score of a record was what it was: its waterfall, as shown then."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.accounts.roles import Action, Page
from core.casework.record import Record
from core.policy.points import Scale
from core.scoring.waterfall import Grouping, waterfall
from pages._ui import forms, guard, history_state, screen, why_cards
from pages._ui.words import plain

_BARS: Final = 10


@st.fragment
def why(seen: Record, scale: Scale) -> None:
    guard.require(Page.HISTORY, Action.READ)
    with guard.refusals():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Why, as shown then", anchor=False, width="content")
            unit = forms.unit(history_state.UNIT)
        view = waterfall(seen.score, unit, Grouping.FAMILY, _BARS, scale)
        why_cards.chart(view, screen.is_narrow())
        st.caption(plain(f"Sum check: {view.sum_check}. {view.note}"))
