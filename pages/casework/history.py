"""What was decided: filtered, over time and one by one, each record as it was shown then."""

import streamlit as st

from core.accounts.roles import Action, Page, may
from core.casework.history_about import about
from pages._ui import (
    cache,
    cards,
    clicked_row,
    ending,
    guard,
    history_cards,
    history_download,
    history_forms,
    history_list,
    history_table,
    record_cards,
    screen,
)
from pages._ui.session import visitor

guard.require(Page.HISTORY, Action.READ)
person = guard.somebody()
desk = guard.desk()
narrow, now = screen.is_narrow(), visitor.now()
head, controls = st.columns([0.72, 0.28], vertical_alignment="center")
with guard.refusals():
    ledger = cache.ledger()
    with ledger.reading() as cursor:
        choices = cache.history_choices().now(cursor)
    asked = history_forms.Asked(choices, desk.contract, lambda typed: about(typed, ledger.keys), now)
    question = history_forms.question(asked, narrow)
    seen = history_cards.view(ledger, question, now)
with head:
    history_cards.head(seen.sentence)
with controls, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
    if history_forms.filtered(question, now):
        history_forms.reset(alone=False)
    if may(person.role, Page.HISTORY, Action.EXPORT):
        history_download.button(ledger, question, sum(week.decisions for week in seen.weeks))
if not choices.officers:
    history_cards.nothing_yet()
    ending.end()
if seen.weeks:
    history_cards.charts(seen)
history_list.decisions(question)
if not narrow:
    cards.keyboard(
        (
            (clicked_row.KEY, "read the row of the marked cell"),
            (history_table.NEXT_KEY, "next page"),
            (history_table.PREVIOUS_KEY, "previous page"),
            (record_cards.CLOSE_KEY, "close the record"),
        )
    )
