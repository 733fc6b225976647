"""Runs for every visitor before any page: page config, who it is, the menu of the role, then the page asked for."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from pages._ui import cards, ending, guard, last_case, own_password, registry, sidebar, sign_in, state, told  # noqa: E402
from pages._ui.session import visitor  # noqa: E402

STATIC = Path(__file__).parent / "static"


def first() -> None:
    """What `/` shows: the first screen of the role, with the query that came along."""
    first_screen = registry.screens_of(guard.somebody().role)[0]
    st.switch_page(pages[first_screen], query_params=st.query_params.to_dict())


st.set_page_config(page_title="Solvent", page_icon=str(STATIC / "icon.svg"), layout="wide")
st.html(STATIC / "print.css")  # on paper alone: the screen is themed by the configuration
st.logo(str(STATIC / "logo.svg"), icon_image=str(STATIC / "icon.svg"), size="large")
state.begin()
pages = registry.pages(first)
page = st.navigation(list(pages.values()), position="hidden")
with ending.early():
    with guard.refusals():
        person = visitor.person()
    if person is None:
        sign_in.draw(page.url_path)
    elif person.must_change_password:
        own_password.forced(person, page.url_path)
    else:
        cards.menu(registry.menu(person.role, pages))
        sidebar.person(person, page.url_path)
        last_case.passing(page.url_path)
        own_password.confirm(person, page.url_path)
        told.of_session().begin()
        page.run()
told.of_session().end()
