"""The foot of the menu: who is signed in, their password, the way out."""

from __future__ import annotations

import streamlit as st

from core.accounts.people import Person
from pages._ui import ending, own_password, sign_in
from pages._ui.session import routes, visitor
from pages._ui.words import plain


def person(who: Person, page: str) -> None:
    with st.sidebar:
        st.divider()
        with st.container(gap=None):
            st.markdown(f"**{plain(who.display_name)}**")
            st.caption(plain(who.role.words.capitalize()))
        with st.container(gap="xxsmall"):
            st.button("Change password", icon=":material/key:", type="tertiary", on_click=own_password.ask)
            if own_password.asked():
                own_password.dialog(page)
            if st.button("Sign out", icon=":material/logout:", type="tertiary"):
                _sign_out()


def _sign_out() -> None:
    """The session ends here and now, whatever becomes of the browser's copy of the cookie."""
    visitor.sign_out()
    sign_in.leave_for(routes.END)
    ending.end()
