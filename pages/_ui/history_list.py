"""The list of decisions with the open record beside it: turning pages and opening records draws nothing else anew."""

from __future__ import annotations

import streamlit as st

from core.accounts.roles import Action, Page
from core.casework.history import HistoryPage, history_page
from core.casework.history_notes import notes_in
from core.casework.history_question import HistoryQuestion
from core.ledger.ledger import Ledger
from pages._ui import cache, guard, history_state, history_table, record_cards, screen


@st.fragment
def decisions(question: HistoryQuestion) -> None:
    person = guard.require(Page.HISTORY, Action.READ)
    with guard.refusals():
        ledger = cache.ledger()
        opened, narrow = history_state.record(), screen.is_narrow()
        if opened is None:
            _list(ledger, question, narrow, beside=False)
        elif narrow:
            _list(ledger, question, narrow, beside=False)
            record_cards.record(ledger, cache.desk(), opened, person, st.container(), st.container())
        else:
            left, right = st.columns([0.6, 0.4])
            with left:
                _list(ledger, question, narrow, beside=True)
            record_cards.record(ledger, cache.desk(), opened, person, right, left)


def _list(ledger: Ledger, question: HistoryQuestion, narrow: bool, beside: bool) -> None:
    with st.container(border=True):
        asked = history_table.ordered(question, narrow)
        found = _page(ledger, asked)
        if not found.rows:
            history_table.no_rows(question)
            return
        history_table.told(found, asked)
        history_table.rows(found, narrow, beside)
        history_table.pages(found, asked, narrow)


def _page(ledger: Ledger, asked: HistoryQuestion) -> HistoryPage:
    with ledger.reading() as cursor:
        if not asked.note:
            return history_page(cursor, asked)
        with st.spinner("Searching in the notes …"):
            return history_page(cursor, asked, notes_in(ledger))
