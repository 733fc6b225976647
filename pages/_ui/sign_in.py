"""What a visitor sees instead of the page until they have signed in, and the way from the password to the cookie."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st
from streamlit import config

from core.accounts.people import everyone
from core.accounts.sign_in import Ticket, Wait, Wrong, sign_in
from pages._ui import cache, registry, sign_in_cards
from pages._ui.session import routes, visitor
from pages._ui.session.destination import Destination, destination

NOT_TYPED = "Type your name and your password."
NO_COOKIE = "This browser keeps no cookies for this address: allow them, reload the page and try again."


def draw(page: str) -> None:
    """The form; after it, the page that was asked for."""
    from pages._ui.sign_in_form import SignInForm

    outcomes: list[Ticket | Wrong | Wait] = []

    def check(user_name: str, password: str) -> bool:
        if not user_name.strip() or not password:  # no attempt: it counts for nobody's wait
            st.warning(NOT_TYPED, icon=":material/edit:")
            return False
        browser = visitor.browser()
        if browser is None:
            st.warning(NO_COOKIE)
            return False
        tried = sign_in(cache.accounts(), user_name, password, visitor.address(), visitor.now(), browser)
        outcomes.append(tried)
        return isinstance(tried, Ticket)

    with sign_in_cards.column():
        sign_in_cards.welcome(visitor.why_ended(), nobody_yet=not everyone(cache.accounts()))
        SignInForm(check).draw()
        for tried in outcomes:
            if isinstance(tried, Ticket):
                enter(tried, page)
            else:
                st.error(tried.words, icon=":material/error:")


def enter(ticket: Ticket, page: str) -> None:
    """Sends the browser to fetch its cookie, and from there to the page it wanted."""
    wanted = wanted_page(page)
    question = urlencode({"ticket": ticket.token, "page": wanted.page, "query": wanted.query})
    st.caption("Signing you in …")
    leave_for(f"{routes.START}?{question}")


def leave_for(route: str) -> None:
    """Only the browser can fetch a cookie: the page is left for a route of ours."""
    address = escape(f"{base()}{route}", quote=True)
    st.markdown(f'<meta http-equiv="refresh" content="0; url={address}">', unsafe_allow_html=True)


def wanted_page(page: str) -> Destination:
    query = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    return destination(page, query, registry.addresses())


def base() -> str:
    """The path below which the desk lies; empty at the top of its host."""
    path = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""
