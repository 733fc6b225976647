"""The line right above a table, clear of the tools that come up over its end while the mouse is on the table."""

from __future__ import annotations

from typing import Final

import streamlit as st

_TOOLS: Final = 100  # px: columns, search and full size side by side


def caption(words: str) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom"):
        st.caption(words, width="stretch")
        st.space(_TOOLS)
