"""Links from one screen to another, with what is to be shown there."""

from __future__ import annotations

import streamlit as st

from core.accounts import roles
from pages._ui import registry, state


def record(sequence: int, label: str = "Open the record") -> None:
    """To the record of one event, as it was shown then."""
    history = registry.page_of(roles.Page.HISTORY)
    if history is not None:
        st.page_link(history, label=label, icon=":material/history:", query_params={state.RECORD: str(sequence)})


def case(application: str) -> None:
    """To the application on the Score page, where it is decided."""
    score = registry.page_of(roles.Page.SCORE)
    if score is not None:
        st.page_link(
            score,
            label="Open on the Score page",
            icon=":material/speed:",
            query_params={state.APPLICATION: application},
        )
