"""Changes to accounts, each confirmed; the core checks again who asks, and leaves an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.accounts import changes
from core.accounts.changes import FirstPassword
from core.accounts.people import LONGEST_DISPLAY_NAME, LONGEST_TYPED_NAME, Actor, Person
from core.accounts.roles import PERSONAL_ROLES, Action, Page, Role
from core.errors import AccountRefused, UnknownPerson
from pages._ui import cache, guard
from pages._ui.session import visitor
from pages._ui.words import plain


@st.dialog("Add a person", on_dismiss="rerun")
def add() -> None:
    by = _administrator()
    place = st.empty()
    with place.container(), st.form("add_person", border=False):
        name = st.text_input("Name", placeholder="As people know it", max_chars=LONGEST_DISPLAY_NAME)
        user_name = st.text_input("User name", placeholder="To sign in with", max_chars=LONGEST_TYPED_NAME)
        st.caption("2 to 32 characters: a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit.")
        role = st.selectbox("Role", PERSONAL_ROLES, format_func=_role_words)
        sent = st.form_submit_button("Add", type="primary")
    if sent:
        try:
            made = changes.add(cache.accounts(), by, user_name, name, role.value, visitor.now())
        except AccountRefused as refusal:
            st.error(plain(str(refusal)), icon=":material/error:")
            return
        with place.container():
            _show_once(made)


def change_one(people: Sequence[Person]) -> None:
    """The account to change, and what may be done to it."""
    chosen = _chosen(people)
    if chosen is None:
        return
    with st.container(horizontal=True):
        if st.button("Change role", icon=":material/badge:"):
            change_role(chosen)
        if st.button("Reset password", icon=":material/key:"):
            reset_password(chosen)
        if chosen.enabled and st.button("Disable", icon=":material/person_off:"):
            disable(chosen)
        if not chosen.enabled and st.button("Enable", icon=":material/person_check:"):
            enable(chosen)
    st.caption("Each of these is confirmed first. All but enabling end the person's sessions at once.")


def _chosen(people: Sequence[Person]) -> Person | None:
    """As they are in this run: the widget keeps what was chosen, and a person kept by it would stay as they were."""
    by_name = {person.user_name: person for person in people}
    name = st.selectbox("Account", list(by_name), format_func=lambda name: _account_words(by_name, name))
    return by_name.get(name) if name is not None else None


def _account_words(by_name: Mapping[str, Person], name: str) -> str:
    """The widget may still hold the name of somebody who is no longer there."""
    person = by_name.get(name)
    return f"{person.display_name} ({name})" if person else name


@st.dialog("Change the role")
def change_role(person: Person) -> None:
    by = _administrator()
    st.markdown(f"**{plain(person.display_name)}** is {plain(person.role.words)} now.")
    role = st.selectbox("New role", PERSONAL_ROLES, PERSONAL_ROLES.index(person.role), format_func=_role_words)
    st.caption("Their sessions end, so that no page of the old role stays open.")
    if st.button("Change role", type="primary", key="confirm"):
        _done(lambda: changes.change_role(cache.accounts(), by, person.user_name, role.value, visitor.now()))


@st.dialog("Reset the password", on_dismiss="rerun")
def reset_password(person: Person) -> None:
    by = _administrator()
    place = st.empty()
    with place.container():
        st.markdown(f"**{plain(person.display_name)}** gets a new random password, to be changed at the next sign-in.")
        sure = st.button("Reset password", type="primary", key="confirm")
    if sure:
        with guard.refusals():
            made = changes.reset_password(cache.accounts(), by, person.user_name, visitor.now())
        with place.container():
            _show_once(made)


@st.dialog("Disable the account")
def disable(person: Person) -> None:
    by = _administrator()
    st.markdown(f"**{plain(person.display_name)}** can no longer sign in, and their sessions end at once.")
    if st.button("Disable", type="primary", key="confirm"):
        _done(lambda: changes.disable(cache.accounts(), by, person.user_name, visitor.now()))


@st.dialog("Enable the account")
def enable(person: Person) -> None:
    by = _administrator()
    st.markdown(f"**{plain(person.display_name)}** can sign in again, with the password as it was.")
    if st.button("Enable", type="primary", key="confirm"):
        _done(lambda: changes.enable(cache.accounts(), by, person.user_name, visitor.now()))


def _administrator() -> Actor:
    """First in every dialog: it runs again at each click, without the page around it."""
    who = guard.require(Page.PEOPLE, Action.ADMINISTER)
    return Actor(who.user_name, who.role, visitor.address())


def _done(change: Callable[[], Person]) -> None:
    """The change, then the page anew; a refusal stays in the dialog."""
    try:
        change()
    except (AccountRefused, UnknownPerson) as refusal:
        st.error(plain(str(refusal)), icon=":material/error:")
        return
    st.rerun()


def _show_once(made: FirstPassword) -> None:
    st.markdown(f"The password of **{plain(made.person.display_name)}**, shown this once:")
    st.code(made.password, language=None)
    st.caption(
        f"User name {plain(made.person.user_name)}. Hand it over, then close this window: nobody can show it again. "
        "The first sign-in asks for a password of their own."
    )


def _role_words(role: Role) -> str:
    return role.words.capitalize()
