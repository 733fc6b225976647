"""The decision on the case on the screen: agreeing is one action, anything else a form; the rules live in the core."""

from __future__ import annotations

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page
from core.casework.case_state import REFER, Stage
from core.casework.decision_question import Choice
from core.casework.history_notes import notes_in
from core.casework.offer import Offer, Possible, offer
from core.casework.override_rules import LONGEST_NOTE, SHORTEST_NOTE
from core.errors import DecisionRefused, LedgerUnavailable, SolventError
from core.ledger.event import Event
from core.portfolio.contract import text
from core.portfolio.wording import percent
from pages._ui import cache, decision_state, guard, links, recorded, shown, told, words
from pages._ui.case import Case
from pages._ui.session import visitor
from pages._ui.shown import Look
from pages._ui.words import plain

AGREE_KEY = "Alt+A"


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
            _ask(case, scored, offered)


def _answer(score: int) -> None:
    """What became of the last press: told anew once it stands on the record, else why it does not."""
    answer = decision_state.take_answer(score)
    if isinstance(answer, str):
        st.error(plain(answer), icon=":material/error:")
    elif answer is not None:
        told.recorded(answer)
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
        st.markdown(f"{plain(referral.actor.name)}: “{plain(note)}”")
    else:
        st.caption(plain(f"{referral.actor.name} left no note."))


def _ask(case: Case, scored: Event, offered: Offer) -> None:
    """Two ways, and nothing chosen beforehand."""
    agreeing, request = offered.agreeing, decision_state.request(scored.sequence)
    if agreeing is not None:
        st.button(
            f"**Agree: {_label(agreeing).lower()}**",  # not "primary": see the entry form's button
            icon=":material/thumb_up:",
            width="stretch",
            key=decision_state.key(scored.sequence, "agree"),
            shortcut=AGREE_KEY,
            help="Records the recommendation as your decision, at once and for good.",
            on_click=_decide,
            args=(scored.sequence, shown.look(), request, agreeing.code.code),
        )
    chosen = _choice(scored, offered)
    with st.form(decision_state.key(scored.sequence, "form"), border=False):
        _reason(case, scored, offered, chosen)
        st.text_area(
            "Note for the file",
            placeholder="What did you see that the model could not?",
            max_chars=LONGEST_NOTE,
            height=100,
            key=decision_state.key(scored.sequence, "note"),
        )
        if offered.needs_note:
            st.caption(_needs_words(offered))
        st.form_submit_button(
            "Record decision",
            icon=":material/task_alt:",
            width="stretch",
            on_click=_decide_by_form,
            args=(scored.sequence, shown.look(), request, decision_state.fields(scored.sequence)),
        )


def _choice(scored: Event, offered: Offer) -> str:
    """What is chosen; not part of the form, because the reasons depend on it."""
    words_of = {choice.code.code: _label(choice) for choice in offered.choices}
    chosen = st.segmented_control(
        "Or decide yourself" if offered.agreeing else "Your decision",
        list(words_of),
        format_func=lambda code: f":gray[{words_of[code]}]",
        key=decision_state.key(scored.sequence, "choice"),
        width="stretch",
    )
    return chosen or ""


def _reason(case: Case, scored: Event, offered: Offer, chosen: str) -> None:
    """Nothing where none is needed."""
    codes = {code.code: text(code.label, case.desk.settings.language) for code in offered.reasons(chosen)}
    if codes:
        st.selectbox(
            f"Reason, if you {_leaving(offered)}",
            list(codes),
            index=None,
            format_func=lambda code: codes[code],
            placeholder="Coded reason",
            key=decision_state.key(scored.sequence, "reason"),
        )


def _leaving(offered: Offer) -> str:
    return "decide instead of a referral" if offered.instead_of_referral else "differ from the recommendation"


def _needs_words(offered: Offer) -> str:
    against = "instead of a referral" if offered.instead_of_referral else "against the recommendation"
    reason = "a reason and " if offered.reasons("") else ""
    needs = f"Approving or declining {against} needs {reason}a note of at least {SHORTEST_NOTE} characters."
    return f"{needs} Referring does not: a risk manager decides then." if offered.may(REFER) else needs


def _decide_by_form(score: int, look: Look, request: str, fields: tuple[str, ...]) -> None:
    decision, reason, note = map(decision_state.value, fields)
    if decision:
        _decide(score, look, request, decision, reason, note)
    else:
        decision_state.answer(score, "Decision: choose one first; nothing was recorded.")


def _decide(score: int, look: Look, request: str, decision: str, reason: str = "", note: str = "") -> None:
    """Runs before anything is drawn anew: a press on what somebody else has decided meanwhile is answered, not lost.

    The role is asked here and again where it is written. `request` was made before the press: the same form sent
    twice is one decision. `look`: at which the form was drawn; nobody decides on a client whom the page has left.
    """
    if look != shown.look():
        st.toast("You had already gone on to somebody else: nothing was recorded.", icon=":material/block:")
        return
    choice = Choice(score, decision, reason, note, request)
    try:
        person, desk = visitor.acting(Page.SCORE, Action.DECIDE), cache.desk()
        if desk.casework is None:
            raise LedgerUnavailable(recorded.why_not())
        event = desk.casework.decide(choice, person, desk.in_force, visitor.address())
    except SolventError as refusal:
        if isinstance(refusal, DecisionRefused):  # any other may come after the write: pressed again, it is the same
            decision_state.new_request(score)
        decision_state.answer(score, str(refusal))
        return
    decision_state.new_decision(score)
    decision_state.answer(score, event.sequence)


def _label(choice: Possible) -> str:
    return text(choice.code.label)
