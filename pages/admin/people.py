"""Who may sign in, in which role; what was done to accounts, newest first."""

import streamlit as st

from core.accounts.events import latest_events
from core.accounts.people import everyone
from core.accounts.roles import Action, Page
from pages._ui import cache, cards, guard, outbox, people_dialogs, people_tables, screen

guard.require(Page.PEOPLE, Action.ADMINISTER)
outbox.take()
heading, controls = cards.header()
cards.title(heading, "People", "Who may sign in, and in which role")
with controls, st.container(horizontal=True, horizontal_alignment="right"):
    if st.button("Add a person", icon=":material/person_add:", type="primary"):
        people_dialogs.add()

with guard.refusals():
    people = everyone(cache.accounts())
    events = latest_events(cache.accounts(), people_tables.EVENTS_SHOWN)

left, right = cards.two_thirds()
with left, st.container(border=True):
    st.subheader("Accounts", anchor=False)
    people_tables.people(people, screen.is_narrow())
with right, st.container(border=True):
    st.subheader("Change an account", anchor=False)
    people_dialogs.change_one(people)
with st.container(border=True):
    st.subheader("What was done", anchor=False)
    people_tables.events(events)
