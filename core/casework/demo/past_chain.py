"""A chain that is written in bulk: casework writes and reads it like the ledger, at the moments of its own clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.casework.demo.agenda import PastClock
from core.errors import LedgerUnavailable, UnknownRecord
from core.ledger.event import Draft, Event, Json
from core.ledger.keys import KeyStore
from core.ledger.ledger import Ledger

BATCH = 500  # events that are flushed to the disk at once


class PastChain:
    """Every draft gets the time of the clock and the mark of a demo; `finish` writes what is still waiting."""

    def __init__(self, ledger: Ledger, clock: PastClock) -> None:
        self.keys: KeyStore = ledger.keys
        self._ledger = ledger
        self._clock = clock
        self._first = ledger.head.count + 1
        self._events: list[Event] = []
        self._by_key: dict[str, Event] = {}
        self._of_application: dict[str, list[Event]] = defaultdict(list)
        self._sealed: dict[int, dict[str, Json]] = {}
        self._waiting: list[Draft] = []

    @property
    def now(self) -> datetime:
        return self._clock()

    def append(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """The events these drafts will be; the ledger takes them in this order, so their numbers are known."""
        return tuple(self._known(draft) or self._added(draft) for draft in drafts)

    def finish(self) -> None:
        """Writes what is waiting; LedgerUnavailable where the ledger numbered it otherwise: somebody else writes."""
        if not self._waiting:
            return
        written = self._ledger.append(self._waiting)
        if written[-1].sequence != self._events[-1].sequence:
            raise LedgerUnavailable(
                "Ledger: nobody else may write while its past is made, and somebody did; "
                "stop the other process and set up again."
            )
        self._waiting = []

    def event(self, sequence: int) -> Event:
        at = sequence - self._first
        if not 0 <= at < len(self._events):
            raise UnknownRecord(f"Event {sequence}: must be one of this past, got another; pick one of it.")
        return self._events[at]

    def find(self, idempotency_key: str) -> Event | None:
        return self._by_key.get(idempotency_key)

    def of_application(self, application: str) -> tuple[Event, ...]:
        return tuple(self._of_application.get(application, ()))

    def latest(self, kind: str, subject: str = "") -> Event | None:
        return next((e for e in reversed(self._events) if e.kind == kind and subject in ("", e.subject)), None)

    def unsealed(self, event: Event) -> dict[str, Json]:
        return self._sealed[event.sequence]

    def __len__(self) -> int:
        return len(self._events)

    def _known(self, draft: Draft) -> Event | None:
        return self._by_key.get(draft.idempotency_key) if draft.idempotency_key else None

    def _added(self, draft: Draft) -> Event:
        draft = replace(draft, at=self._clock(), public={**draft.public, "demo": True})
        event = self._event(draft)
        self._events.append(event)
        if draft.idempotency_key:
            self._by_key[draft.idempotency_key] = event
        if draft.application:
            self._of_application[draft.application].append(event)
        if draft.sealed is not None:
            self._sealed[event.sequence] = dict(draft.sealed)
        self._waiting.append(draft)
        if len(self._waiting) >= BATCH:
            self.finish()
        return event

    def _event(self, draft: Draft) -> Event:
        """As the ledger will number it; it is linked and sealed there."""
        return Event(
            sequence=self._first + len(self._events),
            at=self._clock(),
            kind=draft.kind,
            actor=draft.actor,
            subject=draft.subject,
            application=draft.application,
            applicant=draft.applicant,
            public=draft.public,
            idempotency_key=draft.idempotency_key,
            seal=None,
            previous_hash=b"",
            hash=b"",
        )
