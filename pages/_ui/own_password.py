"""Everybody's own password: changed when they like, or before anything else when somebody else has set it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from core.accounts.own_password import change_own_password
from core.accounts.passwords import LONGEST_BYTES, SHORTEST_BYTES
from core.accounts.people import Person
from core.errors import AccountRefused
from pages._ui import cache, guard, sign_in, sign_in_cards
from pages._ui.session import visitor
from pages._ui.words import plain

_ASKED: Final = "password_change_asked"
_TOLD: Final = "password_change_told"
_JUST_NOW: Final = timedelta(seconds=60)
RULE = f"{SHORTEST_BYTES} to {LONGEST_BYTES} bytes; any characters. A few words in a row are easy to remember."


def forced(person: Person, page: str) -> None:
    """In the place of every page, until the password is the person's own."""
    with sign_in_cards.column():
        st.header("Choose your own password", anchor=False)
        st.caption(f"You are signed in as {plain(person.user_name)}. Your password was set by somebody else.")
        _form(page)


def ask() -> None:
    """The form is open from now on: a page that looks again by itself meanwhile must not close it."""
    st.session_state[_ASKED] = True


def asked() -> bool:
    return _ASKED in st.session_state


def _put_away() -> None:
    st.session_state.pop(_ASKED, None)


@st.dialog("Change your password", on_dismiss=_put_away)
def dialog(page: str) -> None:
    with guard.refusals():
        guard.somebody()
        st.caption("You stay signed in here. Wherever else you are signed in, you are signed out.")
        _form(page)


def confirm(person: Person, page: str) -> None:
    """Said once where work goes on after the change: the browser has come back with its new cookie, in a new session.

    The first page only leads to another one, and would take the sentence along.
    """
    if not page or st.session_state.get(_TOLD):
        return
    st.session_state[_TOLD] = True
    changed = person.password_changed_at
    if changed > person.created_at and visitor.now() - changed < _JUST_NOW:
        st.toast(
            "Your password was changed. Wherever else you were signed in, you are signed out.",
            icon=":material/key:",
            duration="long",
        )


def _form(page: str) -> None:
    with st.form("own_password", border=False):
        old = st.text_input("Password as it is", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password", help=RULE)
        again = st.text_input("New password, once more", type="password", autocomplete="new-password")
        sent = st.form_submit_button("Change password", type="primary")
    if sent:
        _change(old, new, again, page)


def _change(old: str, new: str, again: str, page: str) -> None:
    try:
        if new != again:
            raise AccountRefused("Password: the two new ones differ; type the same twice.")
        ticket = change_own_password(
            cache.accounts(), visitor.token(), old, new, visitor.address(), visitor.now(), visitor.browser() or ""
        )
    except AccountRefused as refusal:
        st.error(str(refusal), icon=":material/error:")
        return
    sign_in.enter(ticket, page)
