"""Whom the Score page is about: the head of the page, a client's number or the entry form, and the case they make."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import Stage
from core.casework.recording import stored_lookup
from core.desk import Desk
from pages._ui import cache, cards, entry_form, forms, guard, recorded, state
from pages._ui import case as cases
from pages._ui.case import Case

KEYS = ((entry_form.SCORE_KEY, "score the application typed in"),)
_PURPOSE = "One client by number: what is recommended, how likely a default is, and why."


def case(desk: Desk, person: Person) -> Case:
    """The case asked for; where there is none yet, what to do instead is drawn and the run ends."""
    heading, controls = cards.header()
    with controls, st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        works = may(person.role, Page.SCORE, Action.WORK)
        by_form = forms.how_asked() if works else state.by_form()
        client = "" if by_form else forms.client_number(cache.waiting(desk), partial(_is_open, desk))
    if by_form:
        return _typed_in(desk, heading)
    if not client:
        cards.title(heading, "Score", _PURPOSE)
        with cards.nobody_yet():
            forms.try_one(cache.examples(desk), "center")
        st.stop()
    cards.title(heading, f"Client {client}", cards.portfolio(desk.contract))
    with guard.refusals(offer=lambda: forms.try_one(cache.examples(desk))), recorded.refusals(desk, person):
        return cases.of_client(desk, client)


def _is_open(desk: Desk, client: str) -> bool:
    return desk.casework is None or desk.casework.state_of_lookup(stored_lookup(client)).stage is Stage.OPEN


def _typed_in(desk: Desk, heading: DeltaGenerator) -> Case:
    cards.title(heading, "New application", "Typed in or pasted; scored like a stored one; the record keeps it sealed.")
    with guard.refusals():
        made = entry_form.asked(desk)
    if made is None:
        st.stop()
    return made
