"""What stands in front of every page: whoever may not go on, or cannot, reads why and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from weakref import ref

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.desk import Desk
from core.errors import (
    AccountsUnavailable,
    ErasedRecord,
    LedgerUnavailable,
    LedgerUnwritable,
    ModelMissing,
    ModelRefused,
    PermissionRefused,
    PortfolioMissing,
    SignInRefused,
    SolventError,
    UnknownApplicant,
    UnknownRecord,
)
from pages._ui import cache, cards, ending, record_notices
from pages._ui.session import visitor

_TITLES: dict[type[SolventError], tuple[str, str]] = {
    SignInRefused: ("You are not signed in", ":material/login:"),
    PermissionRefused: ("Not open to your role", ":material/lock:"),
    AccountsUnavailable: ("Nobody can sign in at the moment", ":material/person_off:"),
    UnknownApplicant: ("No such client", ":material/person_off:"),
    LedgerUnavailable: ("The record is not open", ":material/lock:"),
    LedgerUnwritable: ("Nothing can be written down now", ":material/lock:"),
    UnknownRecord: ("No such record", ":material/search_off:"),
    ErasedRecord: ("This person was forgotten", ":material/person_off:"),
    PortfolioMissing: ("There is no portfolio yet", ":material/database_off:"),
    ModelMissing: ("There is no model yet", ":material/deployed_code_alert:"),
    ModelRefused: ("The model was refused", ":material/gpp_bad:"),
}
_DRAWN_WITH: Final = "desk_drawn_with"
_ON_A_CASE: Final = (Action.READ, Action.WHAT_IF, Action.DECIDE)  # asked for by no callback, where no run can begin
_OTHERWISE = ("This could not be done", ":material/error:")


def require(page: Page, action: Action) -> Person:
    """Who is at work, allowed at this moment to do this here; everybody else reads why not, and the run ends.

    The first line of every page, and of every fragment and callback: they run without the entry script.
    """
    with refusals():
        drawn = page is Page.SCORE and action in _ON_A_CASE
        person = _seeing(action) if drawn else None
        if person is None:
            person = visitor.acting(page, action)
        if drawn and _fragment_alone() and _desk_was_replaced():
            st.rerun(scope="app")
        return person


def _seeing(action: Action) -> Person | None:
    """Who was found as this run of the whole Score page began, if they may see this part: six parts ask anew else."""
    person = None if _fragment_alone() else visitor.read_last()
    if person is None or person.must_change_password or not may(person.role, Page.SCORE, action):
        return None
    return person


def _fragment_alone() -> bool:
    """Whether only a part of the page runs anew, with the case of before."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def _desk_was_replaced() -> bool:
    """Whether the desk is another one than the page was drawn with: its client may have been forgotten since."""
    drawn_with: ref[Desk] | None = st.session_state.get(_DRAWN_WITH)
    return drawn_with is not None and drawn_with() is not cache.desk()


def somebody() -> Person:
    """Who is at work, whatever the role."""
    with refusals():
        person = visitor.person()
        if person is None:
            raise SignInRefused("Session: nobody is signed in; sign in first.")
        return person


def desk() -> Desk:
    """The open desk; a visitor for whom there is none reads why, and the page ends here."""
    with refusals(), st.spinner("Opening the portfolio and the model …"):
        opened = cache.desk()
    st.session_state[_DRAWN_WITH] = ref(opened)
    cards.in_force(opened.model.version, opened.policy.version)
    record_notices.draw()
    return opened


@contextmanager
def refusals(offer: Callable[[], None] | None = None) -> Iterator[None]:
    """Around pages and fragments: a refusal becomes a card instead of an error, and the run ends.

    `offer` draws what to do instead, below the words of the refusal.
    """
    try:
        yield
    except SolventError as refusal:
        title, icon = next((words for kind, words in _TITLES.items() if isinstance(refusal, kind)), _OTHERWISE)
        with cards.refusal(title, icon, str(refusal)):
            if isinstance(refusal, SignInRefused):
                _sign_in_again()
            elif offer:
                offer()
        ending.end()


def _sign_in_again() -> None:
    """A fragment runs alone: only the whole page can show the form."""
    if st.button("Sign in", type="primary"):
        st.rerun(scope="app")
