"""Who is forgotten: a person on request, and applications whose time is over."""

import streamlit as st

from core.accounts.roles import Action, Page
from pages._ui import cache, cards, guard, retention_cards, retention_forms, retention_state, screen
from pages._ui.session import visitor

guard.require(Page.RETENTION, Action.ADMINISTER)
heading, _ = cards.header()
cards.title(heading, "Retention and erasure", "Whom the desk forgets, and why")
who = guard.somebody()
with guard.refusals():
    ledger, erasures, retention = cache.ledger(), cache.erasures(), cache.retention()
    due = retention.due(visitor.now(), who)
    past = erasures.past(), retention.past()

narrow, job = screen.is_narrow(), retention_state.ordered()
top = st.container()
left, right = cards.two_thirds()
with right, st.container(border=True):
    st.subheader("Past their time", anchor=False)
    retention_cards.due(due, retention.days, narrow)
    retention_forms.past_their_time(ledger, retention, due)
with st.container(border=True):
    st.subheader("Who was forgotten", anchor=False)
    retention_cards.past(*past)
with top:
    retention_forms.unfinished(ledger, erasures)
with left, st.container(border=True):
    st.subheader("What was ordered" if job else "Forget a person", anchor=False)
    if job:
        retention_forms.result(job)
    else:
        retention_forms.person(ledger, erasures, who)
