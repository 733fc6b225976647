"""Whom to forget and why, typed and confirmed; each order is checked again in the core, and carried out in a thread."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page
from core.casework.erasure import Erased, ErasureOrder, Erasures
from core.casework.erasure_rules import LONGEST_REASON, SHORTEST_REASON
from core.casework.key_check import with_warning
from core.casework.retention import Due, Retention
from core.ledger.ledger import Ledger
from core.progress import Progress
from pages._ui import beside, guard, retention_cards, retention_state, screen
from pages._ui.job import Job
from pages._ui.retention_state import Done, Prepared
from pages._ui.session import visitor


def person(ledger: Ledger, erasures: Erasures, who: Person) -> None:
    """Finds a person and forgets them."""
    whom = st.text_input(
        "Client number or application id",
        key=retention_state.key("whom"),
        icon=":material/person_search:",
        max_chars=40,
        placeholder="Number or id, then Enter",
        autocomplete="off",
    ).strip()
    if not whom:
        retention_cards.nobody_chosen()
        return
    with guard.refusals(_another), st.spinner("Looking through the desk's files …"):
        found = retention_state.prepared(whom, ledger.head.count, lambda: erasures.preview(whom, who))
    retention_cards.preview(found.preview, screen.is_narrow())
    _order(ledger, erasures, found)


def _order(ledger: Ledger, erasures: Erasures, found: Prepared) -> None:
    number = found.preview.person.applicant_key
    wanted, what = (number, "client number") if number else (found.whom, "application id")
    with st.form(found.key("order"), border=False):
        reason = st.text_area(
            f"Reason, {SHORTEST_REASON} characters or more",
            key=found.key("reason"),
            max_chars=LONGEST_REASON,
            placeholder="Asked for by letter, Article 17",
            help=f"At most {LONGEST_REASON} characters. It stays on the chain for good, so it must not "
            "hold the client's number or name, or anybody else's.",
        )
        again = st.text_input(
            f"The {what} again, to confirm",
            key=found.key("again"),
            max_chars=40,
            autocomplete="off",
        ).strip()
        sent = st.form_submit_button("Erase for good", type="primary", icon=":material/delete_forever:")
    as_shown = retention_state.was_shown(found.preview)
    if not sent:
        return
    if not as_shown:
        st.error(
            "Nothing was erased: something came since. What there is now stands above: look again, then press again.",
            icon=":material/error:",
        )
        return
    needed = (("a reason", reason.strip()), (f"the {what} again", again))
    missing = " and ".join(words for words, typed in needed if not typed)
    if missing:
        st.error(f"Nothing was erased: {missing} must be given.", icon=":material/error:")
        return
    if (again.lstrip("0") if number else again) != wanted:
        st.error("This is not the number above: nothing was erased. Type it again.", icon=":material/error:")
        return
    order = ErasureOrder(found.whom, reason, found.idempotency_key)
    acting, address = guard.require(Page.ERASURE, Action.ADMINISTER), visitor.address()
    _begin(ledger, lambda progress: ((erasures.carry_out(order, acting, address, progress),), 0))


def unfinished(ledger: Ledger, erasures: Erasures) -> None:
    """What was interrupted can be finished here, when the start of the program did not do it."""
    begun = erasures.unfinished()
    if not begun or retention_state.ordered():
        return
    retention_cards.interrupted(len(begun))
    if st.button("Finish it", type="primary", icon=":material/play_arrow:"):
        guard.require(Page.ERASURE, Action.ADMINISTER)
        _begin(ledger, lambda progress: (erasures.resume(progress), 0))


def past_their_time(ledger: Ledger, retention: Retention, due: Due) -> None:
    """Forgets all that is past its time, confirmed by how many they are."""
    if not due.applications:
        return
    with st.form("retention", border=False):
        again = st.text_input(
            f"Type {due.applications} to confirm", key=retention_state.key("how_many"), autocomplete="off"
        ).strip()
        sent = st.form_submit_button("Erase what is past its time", icon=":material/auto_delete:")
    if not sent:
        return
    if again != str(due.applications):
        st.error("This is not how many there are: nothing was erased. Type it again.", icon=":material/error:")
        return
    acting, address = guard.require(Page.RETENTION, Action.ADMINISTER), visitor.address()
    now, run = visitor.now(), retention_state.run_key()
    _begin(ledger, lambda progress: ((), retention.carry_out(due, acting, now, run, address, progress)))


def result(job: Job[Done]) -> None:
    """What was ordered in this session: a bar while it goes on, then how it ended."""
    if job.running:
        job.show()
        st.rerun()  # the lists below were read before
    with guard.refusals(_another):
        done = job.result()
    retention_cards.done(done)
    st.button("Close", icon=":material/check:", on_click=retention_state.start_anew)


def _begin(ledger: Ledger, work: Callable[[Progress], tuple[tuple[Erased, ...], int]]) -> None:
    """Orders the work and what must follow it, then draws the page anew with the bar on top."""

    def whole(progress: Progress) -> Done:
        erased, applications = work(progress)
        found = with_warning(ledger.verify(progress), ledger)
        beside.verifying.learn(found)
        return Done(erased, applications, found)

    retention_state.order(Job(whole))
    st.rerun()


def _another() -> None:
    st.button("Start again", icon=":material/refresh:", on_click=retention_state.start_anew)
