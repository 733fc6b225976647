"""How a decision is made on the Decide card: agreeing is one action; anything else is a form, and its note is kept."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.case_state import REFER
from core.casework.decision_question import Choice
from core.casework.offer import Offer, Possible
from core.casework.override_rules import LONGEST_NOTE, SHORTEST_NOTE
from core.errors import DecisionRefused, LedgerUnavailable, SolventError
from core.ledger.event import Event
from core.portfolio.contract import text
from pages._ui import cache, decision_state, recorded, shown, told
from pages._ui.case import Case
from pages._ui.session import visitor
from pages._ui.shown import Look

AGREE_KEY = "Alt+A"


def keys(person: Person) -> tuple[tuple[str, str], ...]:
    """What can be done without a mouse."""
    decides = may(person.role, Page.SCORE, Action.DECIDE)
    return ((AGREE_KEY, "agree, where that is offered"),) if decides else ()


def ask(case: Case, scored: Event, offered: Offer, person: Person) -> None:
    """Two ways, and nothing chosen beforehand; a note that is begun is there again after a look elsewhere."""
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
    fields = decision_state.fields(scored.sequence)
    chosen_in, reason_in, note_in = fields
    _reason(case, offered, _choice(offered, chosen_in), reason_in)
    st.text_area(
        "Note for the file",
        decision_state.first_note(note_in, cache.notes().of((person.user_name, scored.application), visitor.now())),
        placeholder="What did you see that the model could not?",
        max_chars=LONGEST_NOTE,
        height=100,
        key=note_in,
        on_change=_keep_note,
        args=(scored.application, note_in),
    )
    if offered.needs_note:
        st.caption(_needs_words(offered))
    st.button(
        "Record decision",
        icon=":material/task_alt:",
        width="stretch",
        key=decision_state.key(scored.sequence, "record"),
        on_click=_decide_by_form,
        args=(scored.sequence, shown.look(), request, fields),
    )


def _choice(offered: Offer, key: str) -> str:
    words_of = {choice.code.code: _label(choice) for choice in offered.choices}
    chosen = st.segmented_control(
        "Or decide yourself" if offered.agreeing else "Your decision",
        list(words_of),
        format_func=lambda code: f":gray[{words_of[code]}]",
        key=key,
        width="stretch",
    )
    return chosen or ""


def _reason(case: Case, offered: Offer, chosen: str, key: str) -> None:
    """Nothing where none is needed."""
    codes = {code.code: text(code.label, case.desk.settings.language) for code in offered.reasons(chosen)}
    if codes:
        st.selectbox(
            f"Reason, if you {_leaving(offered)}",
            ["", *codes],  # not an empty field: Esc, meant to close the list, would empty it again
            format_func=lambda code: codes.get(code, "Choose a reason"),
            key=key,
        )


def _keep_note(application: str, field: str) -> None:
    """Of one who may decide; anybody else reads on the page why not."""
    with suppress(SolventError):
        person = visitor.acting(Page.SCORE, Action.DECIDE)
        cache.notes().keep((person.user_name, application), decision_state.value(field), visitor.now())


def _leaving(offered: Offer) -> str:
    return "decide instead of a referral" if offered.instead_of_referral else "differ from the recommendation"


def _needs_words(offered: Offer) -> str:
    against = "instead of a referral" if offered.instead_of_referral else "against the recommendation"
    reason = "a reason and " if offered.reasons("") else ""
    needs = f"Approving or declining {against} needs {reason}a note of at least {SHORTEST_NOTE} characters."
    return f"{needs} Referring does not: a risk manager decides then." if offered.may(REFER) else needs


def _decide_by_form(score: int, look: Look, request: str, fields: tuple[str, str, str]) -> None:
    decision, reason, note = map(decision_state.value, fields)
    if decision:
        _decide(score, look, request, decision, reason, note)
    else:
        told.of_session().refused(score, "Decision: choose one first; nothing was recorded.")


def _decide(score: int, look: Look, request: str, decision: str, reason: str = "", note: str = "") -> None:
    """Runs before anything is drawn anew: a press on what somebody else has decided meanwhile is answered, not lost.

    The role is asked here and again where it is written. `request` was made before the press: the same form sent
    twice is one decision. `look`: at which the form was drawn; nobody decides on a client whom the page has left.
    """
    if look != shown.look():
        st.toast("You had already gone on to somebody else: nothing was recorded.", icon=":material/block:")
        return
    # the session is not asked any more from here on: another press would end this between the write and its answer
    answer, after = told.of_session(), decision_state.after(score)
    choice = Choice(score, decision, reason, note, request)
    try:
        person, desk = visitor.acting(Page.SCORE, Action.DECIDE), cache.desk()
        if desk.casework is None:
            raise LedgerUnavailable(recorded.why_not())
        event = desk.casework.decide(choice, person, desk.in_force, visitor.address())
    except SolventError as refusal:
        if isinstance(refusal, DecisionRefused):  # any other may come after the write: pressed again, it is the same
            after.refused()
        answer.refused(score, str(refusal))
        return
    after.decided()
    answer.recorded(event.sequence)
    cache.notes().discard((person.user_name, event.application))


def _label(choice: Possible) -> str:
    return text(choice.code.label)
