"""The eight ways to falsify the record, in one table: the unit tests and the proof by faults carry out these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.ledger.canonical import hash_of
from core.ledger.chain import Link, linked
from core.ledger.event import Actor, Draft, Event

EVENTS = 10  # of the chains that are attacked
EARLIER = 4  # events that the first of two kept heads knows; the attacks begin behind it, but for the third event's


@dataclass(frozen=True)
class Files:
    """What an attacker leaves on the disk: the journal's events in order, and the database's."""

    journal: tuple[Event, ...]
    database: tuple[Event, ...]


@dataclass(frozen=True)
class Attack:
    name: str
    falsified: Callable[[Sequence[Event]], Files]
    first_bad: int
    finding: str  # with one head kept after `EARLIER` events and one at the end
    needs_head: bool = False  # the chain alone looks whole


def _alike(events: Sequence[Event]) -> Files:
    return Files(tuple(events), tuple(events))


def _saying(events: Sequence[Event], number: int, **public: str) -> tuple[Event, ...]:
    """The events with one saying something else, its hash left as it was."""
    event = events[number - 1]
    return (*events[: number - 1], replace(event, public={**event.public, **public}), *events[number:])


def _rewritten(events: Sequence[Event]) -> Files:
    """From the fifth event on everything is hashed anew, in both files."""
    made = list(events[:4])
    for event in _saying(events, 5, decision="decline")[4:]:
        continued = replace(event, previous_hash=made[-1].hash)
        made.append(replace(continued, hash=hash_of(continued)))
    return _alike(made)


def _inserted(events: Sequence[Event]) -> Files:
    """A good-looking fifth event behind the fourth, hashed as it must be; those behind keep their numbers."""
    false = Draft("decided", Actor("ana", "officer"), "A9", {"decision": "approve"})
    inserted = linked(false, None, Link.of(events[3]), events[-1].at + timedelta(hours=1))
    return _alike((*events[:4], inserted, *events[4:]))


ATTACKS = (
    Attack(
        "edit",
        lambda events: _alike(_saying(events, 5, decision="decline")),
        5,
        "event 5 was edited: its hash is not the hash of what it says",
    ),
    Attack(
        "delete middle",
        lambda events: _alike((*events[:4], *events[5:])),
        5,
        "event 5 is missing: event 6 stands in its place",
    ),
    Attack(
        "cut tail",
        lambda events: _alike(events[:8]),
        9,
        "the tail was cut: a head kept outside the chain knows 10 events, 8 are there",
        needs_head=True,
    ),
    Attack(
        "reorder",
        lambda events: _alike((*events[:4], events[6], events[5], events[4], *events[7:])),
        5,
        "event 5 was moved: event 7 stands in its place",
    ),
    Attack("insert", _inserted, 5, "event 5 stands in the journal twice: one of the two was inserted"),
    Attack(
        "full rewrite with recomputed hashes",
        _rewritten,
        5,
        "the chain was rewritten: event 10 is not the one that a head kept outside it names; "
        "what was changed lies between events 5 and 10",
        needs_head=True,
    ),
    Attack(
        "swapped model hash",
        lambda events: _alike(_saying(events, 3, model_sha256="bb" * 32)),
        3,
        "event 3 was edited: its hash is not the hash of what it says",
    ),
    Attack(
        "journal only",
        lambda events: Files(_saying(events, 7, decision="decline"), tuple(events)),
        7,
        "event 7 was edited: its hash is not the hash of what it says; the database still holds it as it was",
    ),
)
