"""Records as replay takes them: plain mappings, so that they may come from this process or from the one that has
the desk open."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from core.casework.erasure_person import ERASURE_BEGUN
from core.casework.json_fields import texts
from core.casework.kinds import DECIDED, ERASED, RETENTION_BEGUN, SCORED
from core.casework.retention import APPLICATIONS
from core.errors import ErasedRecord, UnknownRecord
from core.ledger.event import Event, Json, Public

REPLAYABLE = (DECIDED, SCORED)
_AT_ONCE = 500  # events read in one query
_FORGETTING = (ERASED, ERASURE_BEGUN, RETENTION_BEGUN)  # begun: keys are destroyed before the event that says so


class Readable(Protocol):
    """What is needed of the ledger to read records."""

    def event(self, sequence: int) -> Event: ...
    def events(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> tuple[Event, ...]: ...
    def unsealed(self, event: Event) -> dict[str, Json]: ...


@dataclass(frozen=True)
class StoredRecord:
    """A score or decision with its sealed part in clear; None: its key is not there any more."""

    sequence: int
    kind: str
    public: Public
    sealed: Public | None
    erased: bool = False  # the chain says that its person was forgotten; a key can also be lost

    def as_json(self) -> dict[str, Json]:
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "public": dict(self.public),
            "sealed": None if self.sealed is None else dict(self.sealed),
            "erased": self.erased,
        }


def from_json(fields: Public) -> StoredRecord:
    """The record that `as_json` wrote, in whichever process."""
    sequence, sealed = fields["sequence"], fields["sealed"]
    return StoredRecord(
        int(cast("int", sequence)),
        str(fields["kind"]),
        cast("Public", fields["public"]),
        cast("Public | None", sealed),
        fields["erased"] is True,
    )


def stored_record(ledger: Readable, sequence: int) -> StoredRecord:
    """The score or decision of this event; UnknownRecord where it is neither."""
    event = ledger.event(sequence)
    if event.kind not in REPLAYABLE:
        raise UnknownRecord(
            f"Event {sequence}: only scores and decisions can be replayed, got '{event.kind}'; pick one of the history."
        )
    return _opened(ledger, event, Forgotten(ledger))


def stored_records(ledger: Readable, after: int = 0, kinds: Collection[str] = REPLAYABLE) -> Iterator[StoredRecord]:
    """Every score and decision behind number `after`, in order."""
    forgotten = Forgotten(ledger)
    while events := ledger.events(after, _AT_ONCE, kinds):
        for event in events:
            yield _opened(ledger, event, forgotten)
        after = events[-1].sequence


class Forgotten:
    """Whom the chain says were forgotten, or were to be."""

    def __init__(self, ledger: Readable) -> None:
        self._ledger = ledger
        self._subjects: set[str] = set()
        self._after = 0

    def holds(self, application: str, applicant: str) -> bool:
        """Whether the application, or its applicant, is among them as far as was read."""
        return not self._subjects.isdisjoint({application, applicant} - {""})

    def read_on(self) -> None:
        """As far as the chain goes."""
        while events := self._ledger.events(self._after, _AT_ONCE, _FORGETTING):
            for event in events:
                self._subjects.update((event.subject, *texts(event.public, APPLICATIONS)))
            self._after = events[-1].sequence


def _opened(ledger: Readable, event: Event, forgotten: Forgotten) -> StoredRecord:
    try:
        sealed = ledger.unsealed(event)
    except ErasedRecord:
        if not forgotten.holds(event.application, event.applicant):
            forgotten.read_on()
        erased = forgotten.holds(event.application, event.applicant)
        return StoredRecord(event.sequence, event.kind, event.public, None, erased)
    return StoredRecord(event.sequence, event.kind, event.public, sealed)
