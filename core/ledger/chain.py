"""How a draft becomes the next link: its number, its moment and the hash of the one in front."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.errors import LedgerUnwritable
from core.ledger.canonical import canonical, hash_of, written
from core.ledger.event import Draft, Event, Seal
from core.ledger.head import EPOCH, GENESIS_HASH, Head

CLOCK_TOLERANCE = timedelta(minutes=5)  # clocks are set back by a few seconds now and then; hours are a mistake


@dataclass(frozen=True)
class Link:
    """Where the chain ends: what the next event must follow."""

    sequence: int
    at: datetime
    hash: bytes

    @classmethod
    def of(cls, event: Event) -> Link:
        return cls(event.sequence, event.at, event.hash)

    def head(self) -> Head:
        return Head(self.sequence, self.hash, self.at)


NO_LINK = Link(0, EPOCH, GENESIS_HASH)


def linked(draft: Draft, seal: Seal | None, last: Link, now: datetime) -> Event:
    """The draft as the event behind `last`; LedgerUnwritable when its moment cannot stand there."""
    event = Event(
        sequence=last.sequence + 1,
        at=_moment(draft.at, last.at, now.astimezone(UTC)),
        kind=draft.kind,
        actor=draft.actor,
        subject=draft.subject,
        application=draft.application,
        applicant=draft.applicant,
        public=json.loads(canonical(draft.public)),  # as it will be read again: tuples are lists
        idempotency_key=draft.idempotency_key,
        seal=seal,
        previous_hash=last.hash,
        hash=b"",
    )
    return replace(event, hash=hash_of(event))


def follows(event: Event, last: Link) -> bool:
    """Whether the event is the next link behind `last`; that its hash is its own is looked at where it is read."""
    return event.sequence == last.sequence + 1 and event.previous_hash == last.hash and event.at >= last.at


def _moment(wanted: datetime | None, last: datetime, now: datetime) -> datetime:
    if wanted is not None:
        return _past(wanted.astimezone(UTC), last, now)
    behind = clock_behind(last, now)
    if behind:
        raise LedgerUnwritable(behind)
    return max(now, last)


def clock_behind(last: datetime, now: datetime) -> str:
    """Why nothing can be recorded now by this clock, in a sentence; empty when something can."""
    if now >= last - CLOCK_TOLERANCE:
        return ""
    return (
        f"Clock: it says {written(now)}, but the last event was recorded at {written(last)}; "
        "set the machine's clock right (events never precede the one in front), then try again. If the clock is right, "
        "it was ahead when that event was recorded: recording goes on by itself at that time, and nothing is lost."
    )


def _past(wanted: datetime, last: datetime, now: datetime) -> datetime:
    if not last <= wanted <= now:
        raise LedgerUnwritable(
            f"Event dated {written(wanted)}: it must lie between the last event ({written(last)}) "
            f"and now ({written(now)}); give invented histories in the order of time, before anything real."
        )
    return wanted
