"""Which feature a visitor asked to see clients spread by; until they did, every client is shown by its own main one."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages._ui import shown

_CHOSEN: Final = "feature_chosen"


def key(identity: str) -> str:
    """Of the selector, a new one for each case: one for all would keep the first client's feature as if chosen."""
    return shown.key(f"feature_{identity}")


def choose(identity: str) -> None:
    st.session_state[_CHOSEN] = st.session_state.get(key(identity), "")


def chosen() -> str:
    """Empty until somebody chose."""
    return str(st.session_state.get(_CHOSEN, ""))
