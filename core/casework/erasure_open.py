"""Erasures that were begun and not finished: which there are, and what is said of one."""

from __future__ import annotations

from collections.abc import Collection

from core.casework.erasure_person import ERASURE_BEGUN
from core.casework.kinds import ERASED
from core.errors import ErasureOpen
from core.ledger.event import Event
from core.ledger.ledger import Ledger

PORTFOLIO = "portfolio"  # the step after which no file holds the person's rows
KEYS = "keys"  # the step after which nobody can read what is on record
_FINISH = "make room on the disk, then order it again with the same words, or start the app: it is finished then"


def unfinished(ledger: Ledger) -> tuple[Event, ...]:
    """The oldest first."""
    with ledger.reading() as cursor:
        rows = cursor.execute(
            "select sequence from events where kind = ? and (? || sequence) not in "
            "(select idempotency_key from events where kind = ?) order by sequence",
            [ERASURE_BEGUN, f"{ERASED}:", ERASED],
        ).fetchall()
    return tuple(ledger.event(int(row[0])) for row in rows)


def notices(ledger: Ledger) -> tuple[str, ...]:
    """A sentence for each, for whoever comes next."""
    return tuple(
        f"An erasure is open: begun by {begun.actor.name} on {begun.at:%d %B %Y} (event {begun.sequence:,}) and not "
        "finished. Order it again with the same words, or start the app: it is finished then."
        for begun in unfinished(ledger)
    )


def broken_off(begun: Event, passed: Collection[str], why: str) -> ErasureOpen:
    """What is done and what is not, when an erasure stops in the middle; `passed` are the names of its steps."""
    return ErasureOpen(
        f"Erasure of {begun.applicant}: begun (event {begun.sequence:,}) and not finished, {_state(passed)}. "
        f"It stopped because of this: {why.strip().rstrip('.')}. To finish it, {_FINISH}."
    )


def _state(passed: Collection[str]) -> str:
    files = [name for name in passed if "." in name]
    if KEYS in passed:
        return "the person's rows and keys are gone, only the event that says so is missing"
    if PORTFOLIO in passed:
        return "the person's rows are gone from every file, the keys are not gone for good yet"
    if files:
        return f"written anew without the person: {', '.join(files)}; the other files and the keys are as they were"
    return "no file was written anew just now and no key destroyed"
