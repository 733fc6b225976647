"""The score on the screen as an event of the record: once a session, however often the page runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core.accounts.people import Person
from core.casework.refusals import refusal_words
from core.desk import Desk
from core.errors import LedgerUnwritable, SolventError
from core.ledger.event import Event
from pages._ui import cache, recorded_state
from pages._ui.case import Case
from pages._ui.session import visitor


def score(case: Case, person: Person) -> Event | str:
    """The event of this score; or, in a sentence, why it could not be written down: scoring goes on meanwhile."""
    casework = case.desk.casework
    if casework is None:
        return why_not()
    key = _of(case, person)
    known = recorded_state.event_of(key)
    if known is not None:
        return known
    keep = recorded_state.keeper()
    try:
        event = casework.record_score(case.as_scored, person, visitor.address())
    except LedgerUnwritable as refusal:
        return str(refusal)
    keep(key, event)
    return event


@contextmanager
def refusals(desk: Desk, person: Person, question: str) -> Iterator[None]:
    """A score that is refused inside stands in the record by kind and rule; what was asked or typed does not."""
    try:
        yield
        recorded_state.nothing_refused()
    except SolventError as refusal:
        if desk.casework is not None:
            with suppress(LedgerUnwritable):  # the visitor reads the refusal that matters
                asked = recorded_state.refused_question(question)
                desk.casework.record_refusal(*refusal_words(refusal), person, visitor.address(), asked)
        raise


def why_not() -> str:
    """Why there is no record at the moment."""
    try:
        cache.ledger()
    except SolventError as refusal:
        return str(refusal)
    return "Record: it has just become available; load the page again."


def _of(case: Case, person: Person) -> str:
    """The record's own day belongs to it: a page left open over midnight is a new score."""
    score, day = case.score, f"{visitor.now():%Y-%m-%d}"
    versions = (score.model_version, score.policy_version, score.margin.hex())
    return ":".join((person.user_name, case.identity, *versions, day))
