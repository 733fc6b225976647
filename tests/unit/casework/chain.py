"""A chain in memory: what casework needs of the ledger, with nothing on a disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import islice

from core.errors import ErasedRecord, LedgerUnwritable, UnknownRecord
from core.ledger.event import Draft, Event, Json
from core.ledger.keys import ApplicationKey


class FakeKeys:
    def __init__(self) -> None:
        self.made: dict[str, ApplicationKey] = {}

    def application(self, lookup: str, applicant_key: str) -> ApplicationKey:
        number = len(self.made) + 1
        return self.made.setdefault(lookup, ApplicationKey(f"A{number}", f"P-{applicant_key or number}"))

    def known(self, lookup: str) -> ApplicationKey | None:
        return self.made.get(lookup)

    def derived(self, purpose: str) -> bytes:
        return hashlib.sha256(purpose.encode()).digest()


class FakeChain:
    """Keeps events and sealed parts through JSON, as the real one does; `unwritable` and `erased` are set by tests."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.keys = FakeKeys()
        self.clock = clock
        self.written: list[Event] = []
        self.sealed: dict[int, str] = {}
        self.unwritable = ""
        self.erased: set[str] = set()

    def append(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        if self.unwritable:
            raise LedgerUnwritable(self.unwritable)
        return tuple(self._appended(draft) for draft in drafts)

    def event(self, sequence: int) -> Event:
        if not 1 <= sequence <= len(self.written):
            raise UnknownRecord(f"Event {sequence}: there is none.")
        return self.written[sequence - 1]

    def events(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> tuple[Event, ...]:
        behind = (event for event in self.written[after:] if not kinds or event.kind in kinds)
        return tuple(islice(behind, limit))

    def find(self, idempotency_key: str) -> Event | None:
        return next((event for event in self.written if event.idempotency_key == idempotency_key), None)

    def of_application(self, application: str) -> tuple[Event, ...]:
        return tuple(event for event in self.written if event.application == application)

    def unsealed(self, event: Event) -> dict[str, Json]:
        if event.application in self.erased:
            raise ErasedRecord(f"Event {event.sequence}: its person was forgotten.")
        sealed: dict[str, Json] = json.loads(self.sealed[event.sequence])
        return sealed

    def _appended(self, draft: Draft) -> Event:
        known = self.find(draft.idempotency_key) if draft.idempotency_key else None
        if known is not None:
            return known
        sequence = len(self.written) + 1
        event = Event(
            sequence=sequence,
            at=draft.at or self.clock(),
            kind=draft.kind,
            actor=draft.actor,
            subject=draft.subject,
            application=draft.application,
            applicant=draft.applicant,
            public=json.loads(json.dumps(dict(draft.public), allow_nan=False)),
            idempotency_key=draft.idempotency_key,
            seal=None,
            previous_hash=b"",
            hash=sequence.to_bytes(32, "big"),
        )
        self.sealed[sequence] = json.dumps(dict(draft.sealed or {}), allow_nan=False)
        self.written.append(event)
        return event
