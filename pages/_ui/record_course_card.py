"""What happened to the application of a record, before it was made and since."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.casework.happenings import Happening
from pages._ui.words import plain


def what_happened(before: Sequence[Happening], since: Sequence[Happening]) -> None:
    with st.container(gap="xsmall"):
        st.markdown("**What happened since**")
        if not since:
            st.caption("Nothing yet.")
        for one in since:
            _happening(one)
    if before:
        with st.expander(f"And before ({len(before)})", icon=":material/history:"):
            for one in before:
                _happening(one)


def _happening(one: Happening) -> None:
    st.caption(f"{one.sequence:,} · {plain(one.words)}")
