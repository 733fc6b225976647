"""The decision on the case on the screen, and what stands on the record so far; the rules live in the core."""

from __future__ import annotations

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page
from core.casework.case_state import Stage
from core.casework.history_notes import notes_in
from core.casework.offer import Offer, offer
from core.errors import LedgerUnavailable
from core.ledger.event import Event
from core.portfolio.wording import percent
from pages._ui import cache, decide_form, guard, links, recorded, told, words
from pages._ui.case import Case
from pages._ui.words import plain


@st.fragment
def decide(case: Case, scored: Event | str) -> None:
    """`scored`: the event of the score, or why there is none; then nothing can be decided."""
    person = guard.require(Page.SCORE, Action.DECIDE)
    with st.container(border=True, key="decide"):
        if isinstance(scored, str):
            _cannot(scored)
            return
        _answer(scored.sequence)
        with guard.refusals():
            offered = _offered(scored, person)
        _heading(case, offered)
        _referred_with(offered)
        if offered.choices:
            decide_form.ask(case, scored, offered, person)


def _answer(score: int) -> None:
    """What became of the last press: the page anew once it stands on the record, else why it does not."""
    answer = told.of_session()
    refusal = answer.take_refusal(score)
    if refusal:
        st.error(plain(refusal), icon=":material/error:")
    elif answer.waits:
        st.rerun()  # the whole page: what was decided before stands on it too


def _offered(scored: Event, person: Person) -> Offer:
    """By the desk of this moment: model or policy may have changed since the page was drawn."""
    desk = cache.desk()
    if desk.casework is None:
        raise LedgerUnavailable(recorded.why_not())
    state_now = desk.casework.state_of(scored.application)
    return offer(scored, state_now, person.role, desk.in_force, desk.contract, person.user_name)


def _cannot(reason: str) -> None:
    st.subheader("Decide", anchor=False)
    st.badge("Nothing can be decided now", icon=":material/lock:", color="orange")
    st.caption(plain(reason))


def _heading(case: Case, offered: Offer) -> None:
    """With whom and what it is about: after "next waiting" the head of the page may be out of sight."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Decide", anchor=False, width="content")
        decision = offered.state.decision
        if decision is None:
            st.caption("Not decided yet", width="content")
        else:
            name, icon, colour = words.DECIDED.get(str(decision.public.get("decision")), words.DECIDED_OTHERWISE)
            st.badge(name, icon=icon, color=colour)
    score = case.score
    whom = f"Client {score.applicant}" if case.stored else "New application"
    recommended, *_ = words.RECOMMENDED[score.recommendation]
    pd = percent(score.default_probability)
    st.caption(plain(f"{whom}: {recommended.lower()} recommended, PD {pd}, grade {score.grade}."))
    if offered.state.decision is not None:
        st.caption(plain(offered.state.words))
        links.record(offered.state.decision.sequence)
    if offered.refusal and offered.state.decision is None:
        st.caption(plain(offered.refusal))


def _referred_with(offered: Offer) -> None:
    """What the person who referred the case wrote to whoever decides it."""
    referral = offered.state.decision
    if referral is None or offered.state.stage is not Stage.REFERRED:
        return
    note = notes_in(cache.ledger())([referral.sequence]).get(referral.sequence, "")
    if note:
        st.text(f"{referral.actor.name}: “{note}”")  # not Markdown: lines and addresses stay as they were typed
    else:
        st.caption(plain(f"{referral.actor.name} left no note."))
