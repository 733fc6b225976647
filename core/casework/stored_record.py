"""Records as replay takes them: plain mappings, so that they may come from this process or from the one that has
the desk open."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from core.casework.kinds import DECIDED, SCORED
from core.errors import ErasedRecord, UnknownRecord
from core.ledger.event import Event, Json, Public

REPLAYABLE = (DECIDED, SCORED)
_AT_ONCE = 500  # events read in one query


class Readable(Protocol):
    """What is needed of the ledger to read records."""

    def event(self, sequence: int) -> Event: ...
    def events(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> tuple[Event, ...]: ...
    def unsealed(self, event: Event) -> dict[str, Json]: ...


@dataclass(frozen=True)
class StoredRecord:
    """A score or decision with its sealed part in clear; None: its person was forgotten."""

    sequence: int
    kind: str
    public: Public
    sealed: Public | None

    def as_json(self) -> dict[str, Json]:
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "public": dict(self.public),
            "sealed": None if self.sealed is None else dict(self.sealed),
        }


def from_json(fields: Public) -> StoredRecord:
    """The record that `as_json` wrote, in whichever process."""
    sequence, sealed = fields["sequence"], fields["sealed"]
    return StoredRecord(
        int(cast("int", sequence)),
        str(fields["kind"]),
        cast("Public", fields["public"]),
        cast("Public | None", sealed),
    )


def stored_record(ledger: Readable, sequence: int) -> StoredRecord:
    """The score or decision of this event; UnknownRecord where it is neither."""
    event = ledger.event(sequence)
    if event.kind not in REPLAYABLE:
        raise UnknownRecord(
            f"Event {sequence}: only scores and decisions can be replayed, got '{event.kind}'; pick one of the history."
        )
    return _opened(ledger, event)


def stored_records(ledger: Readable, after: int = 0, kinds: Collection[str] = REPLAYABLE) -> Iterator[StoredRecord]:
    """Every score and decision behind number `after`, in order."""
    while events := ledger.events(after, _AT_ONCE, kinds):
        for event in events:
            yield _opened(ledger, event)
        after = events[-1].sequence


def _opened(ledger: Readable, event: Event) -> StoredRecord:
    try:
        sealed: Public | None = ledger.unsealed(event)
    except ErasedRecord:
        sealed = None
    return StoredRecord(event.sequence, event.kind, event.public, sealed)
