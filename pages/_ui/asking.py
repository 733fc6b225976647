"""Whom the Score page is about: the head of the page, a client's number or the entry form, and the case they make."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import Stage
from core.casework.history import history_page
from core.casework.history_question import EVER, MOST_ROWS_ON_A_PAGE, HistoryQuestion, State
from core.casework.recording import stored_lookup
from core.desk import Desk
from core.errors import SolventError
from core.portfolio.contract import text
from pages._ui import cache, cards, ending, entry_form, forms, guard, last_case, recorded, shown, state
from pages._ui import case as cases
from pages._ui.case import Case
from pages._ui.session import visitor

_REFERRED = HistoryQuestion(EVER, state=State.REFERRED, descending=False, rows_per_page=MOST_ROWS_ON_A_PAGE)
_PURPOSE = "One client by number: what is recommended, how likely a default is, and why."


def case(desk: Desk, person: Person) -> Case:
    """The case asked for; where there is none yet, what to do instead is drawn and the run ends."""
    last_case.bring_back(desk)
    heading, controls = cards.header()
    with controls:
        by_form, client = _asked_for(desk, person)
    last_case.remember()
    if by_form:
        return _typed_in(desk, heading)
    shown.begin(f"client {client}" if client else f"application {state.application()}")
    offer = partial(_try_examples, desk)
    if forms.is_too_long(client):
        _too_long(heading, offer)
    if not client and state.application():
        return _of_record(desk, person, heading)
    if not client:
        cards.title(heading, "Score", _PURPOSE)
        _nobody_yet(desk)
        ending.end()
    cards.title(heading, f"Client {client}", text(desk.contract.portfolio.title))
    with guard.refusals(offer=offer), recorded.refusals(desk, person, client):
        found = cases.of_client(desk, client)
    last_case.remember(client=client)
    return found


def keys(person: Person) -> tuple[tuple[str, str], ...]:
    """What the head of the page can be told without a mouse."""
    signs = may(person.role, Page.SCORE, Action.SIGN)
    referred = ((forms.REFERRED_KEY, "next referred"),) if signs else ()
    works = may(person.role, Page.SCORE, Action.WORK)
    typed = ((entry_form.SCORE_KEY, "score the application typed in"),) if works else ()
    return ((forms.NEXT_KEY, "next waiting"), *referred, *typed)


def _asked_for(desk: Desk, person: Person) -> tuple[bool, str]:
    """Whether a new application is typed in, else the client's number; all in one row on a screen of 1,440 px."""
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="xsmall")
    with row:
        works = may(person.role, Page.SCORE, Action.WORK)
        if forms.how_asked() if works else state.by_form():
            return True, ""
        client = forms.client_number(cache.waiting(desk), partial(_is_open, desk))
        if may(person.role, Page.SCORE, Action.SIGN):
            forms.next_referred(_take_next_referred)
    return False, client


def _nobody_yet(desk: Desk) -> None:
    """The page before a number was given, with known ones to try."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("large")
        st.subheader("Whom shall we look at?", anchor=False, width="content")
        st.caption(
            "Type a client number and press Enter, take the next application that waits, or try one of these.",
            text_alignment="center",
        )
        _try_examples(desk, "center")
        st.space("large")


def _try_examples(desk: Desk, alignment: Literal["left", "center"] = "left") -> None:
    forms.try_one(cache.examples(desk), alignment)


def _too_long(heading: DeltaGenerator, offer: Callable[[], None]) -> NoReturn:
    """What was typed or stands in the address is not repeated."""
    cards.title(heading, "Score", _PURPOSE)
    with cards.refusal("No such client", ":material/person_off:", f"{forms.TOO_LONG} Type a shorter one."):
        offer()
    ending.end()


def _of_record(desk: Desk, person: Person, heading: DeltaGenerator) -> Case:
    """An application that a link of the history, or the list of referred ones, leads back to."""
    application = state.application()
    with guard.refusals(), recorded.refusals(desk, person, application):
        found = cases.of_record(desk, cache.ledger(), application)
    last_case.remember(application=application)
    named = f"Client {found.score.applicant}" if found.stored else f"Application {application}"
    cards.title(heading, named, text(desk.contract.portfolio.title))
    return found


def _take_next_referred() -> None:
    """Oldest first, and round again from the last."""
    try:
        visitor.acting(Page.SCORE, Action.SIGN)
        with cache.ledger().reading() as cursor:
            rows = history_page(cursor, _REFERRED).rows
    except SolventError:
        return  # the page says why
    waiting = [row.application for row in rows]
    if waiting:
        state.choose_application(forms.following(state.shown_application(), waiting))
    else:
        state.nothing_referred()


def _is_open(desk: Desk, client: str) -> bool:
    return desk.casework is None or desk.casework.state_of_lookup(stored_lookup(client)).stage is Stage.OPEN


def _typed_in(desk: Desk, heading: DeltaGenerator) -> Case:
    cards.title(heading, "New application", "Typed in or pasted; scored like a stored one; the record keeps it sealed.")
    with guard.refusals():
        made = entry_form.asked(desk)
    if made is None:
        ending.end()
    return made
