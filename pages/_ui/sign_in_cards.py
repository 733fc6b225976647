"""Around the sign-in form: the page of a visitor who is not at work yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def column() -> Iterator[None]:
    """The one narrow column of a visitor who is not at work yet."""
    with st.container(horizontal=True, horizontal_alignment="center"), st.container(width=420):
        st.space("medium")
        yield


def welcome(ended: str | None, nobody_yet: bool) -> None:
    """Above the sign-in form; `ended` says why an earlier session is over."""
    with st.container(gap=None):
        st.header("Solvent", anchor=False)
        st.caption("The credit analyst's desk")
    if nobody_yet:
        st.info("There are no accounts yet. On the machine itself: make setup, or python -m core people add.")
    elif ended:
        st.info(f"Your session has ended: {ended}.", icon=":material/logout:")
