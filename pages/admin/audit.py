"""The chain as an auditor reads it: who did what, when and from where, and whether it is what was written."""

import streamlit as st

from core.accounts.roles import Action, Page, may
from core.casework.audit import actors, audit_page
from pages._ui import (
    audit_chain,
    audit_event,
    audit_files,
    audit_filters,
    audit_replay_card,
    audit_table,
    cache,
    cards,
    guard,
    outbox,
    record_notices,
    screen,
)
from pages._ui.session import visitor

person = guard.require(Page.AUDIT, Action.READ)
outbox.take()
record_notices.draw()
heading, controls = cards.header()
narrow = screen.is_narrow()
may_replay = may(person.role, Page.HISTORY, Action.REPLAY)
with guard.refusals():
    ledger = cache.ledger()
    everybody, summary = actors(ledger), audit_chain.summary(ledger)
cards.title(heading, "Audit", summary)

verifying = audit_chain.draw(ledger, person)
under_way = st.container()
question = audit_filters.asked(everybody, visitor.now(), narrow)
with guard.refusals():
    page = audit_page(ledger, question, person)
with controls, st.container(horizontal=True, horizontal_alignment="right"):
    if may_replay:
        audit_replay_card.button()
    if may(person.role, Page.AUDIT, Action.DOWNLOAD):
        audit_files.export_buttons(ledger, question, page.total)
with under_way:
    replaying = may_replay and audit_replay_card.draw()
with st.container(border=True):
    audit_table.draw(page, question, narrow)
audit_event.draw(ledger, person)
cards.keyboard(audit_table.KEYS)
with under_way:  # last: everything else is drawn while they go on
    if verifying:
        audit_chain.wait(verifying)
    if replaying:
        audit_replay_card.wait(ledger)
