"""What every page is made of: its head, the menu, columns, refusals; data is shown as text, never as markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from pages._ui import tables
from pages._ui.words import plain

# px below which a third of the row is too narrow for its part, so that parts come to stand below each other
_COLUMN, _HEAD_COLUMN, _INNER_COLUMN = 280, 190, 260

_below_the_menu: ContextVar[DeltaGenerator] = ContextVar("below the menu of this run")


def header() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where the title goes, and where the controls of the page go."""
    row = st.grid(3, min_column_width=_HEAD_COLUMN)
    return row.cell(), row.cell(column_span=2)


def title(place: DeltaGenerator, words: str, aside: str) -> None:
    with place.container(gap=None):
        st.header(plain(words), anchor=False)
        st.caption(plain(aside))


def menu(pages: Mapping[str, Sequence[Page]]) -> None:
    with st.sidebar:
        for group, entries in pages.items():
            with st.container(gap="xxsmall"):
                st.caption(group)
                for page in entries:
                    st.page_link(page, icon=page.icon)
        _below_the_menu.set(st.container())


def in_force(model_version: str, policy_version: str) -> None:
    """Below the menu, above the way out: what scores are made with."""
    with _below_the_menu.get(st.sidebar):
        st.divider()
        with st.container(gap="xsmall"):
            st.badge(plain(f"Model {model_version}"), icon=":material/account_tree:", help="The model in use.")
            st.badge(plain(policy_version), icon=":material/policy:", help="The policy in force.")


def two_thirds() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Side by side where there is room for both, else one below the other: no server knows how wide a window is."""
    row = st.grid(3, min_column_width=_COLUMN)
    return row.cell(column_span=2), row.cell()


def one_third_first() -> tuple[DeltaGenerator, DeltaGenerator]:
    """As `two_thirds`, the narrow part before the wide one; for the inside of a card."""
    row = st.grid(3, min_column_width=_INNER_COLUMN)
    return row.cell(), row.cell(column_span=2)


def problems(what: str, lines: Sequence[str]) -> None:
    """Everything that is wrong, a line each, in the core's words."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/error: **{plain(what)}**")
        for one in lines:
            st.caption(plain(one))


@contextmanager
def refusal(what: str, icon: str, message: str) -> Iterator[None]:
    """Thing, rule and remedy, as core said them; the block adds what to do instead."""
    with st.container(border=True):
        st.subheader(what, icon=icon, anchor=False)
        st.markdown(plain(message.replace("`", "")))
        yield


def keyboard(keys: Sequence[tuple[str, str]]) -> None:
    """What can be done without a mouse, beside Tab, arrows and Enter."""
    with st.container(border=True, key="keyboard"):  # print.css leaves it out
        st.subheader("Keyboard", anchor=False)
        tables.described({f"`{key}`": plain(does) for key, does in keys}, "Keyboard shortcuts")
        st.caption(
            "Not while a text field has the focus: Tab leaves it, and reaches everything else with the arrow keys."
        )
