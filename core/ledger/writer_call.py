"""One caller's drafts on their way to the chain, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.ledger.canonical import line
from core.ledger.chain import Link, linked
from core.ledger.event import Draft, Event, Seal

SealedDraft = tuple[Draft, Seal | None]


class Call:
    """What one thread waits for."""

    def __init__(self, drafts: Sequence[SealedDraft]) -> None:
        self.drafts = drafts
        self.new: list[Event] = []  # what this call adds to the chain
        self.done = False
        self._events: tuple[Event, ...] = ()  # one per draft
        self._error: Exception | None = None

    def link(self, known: Mapping[str, Event], last: Link, now: datetime) -> Link:
        """Makes the drafts events behind `last` and says where the chain then ends; a draft whose key is known is the
        event of then."""
        events: list[Event] = []
        new: list[Event] = []
        own: dict[str, Event] = {}
        for draft, seal in self.drafts:
            key = draft.idempotency_key
            event = (known.get(key) or own.get(key)) if key else None
            if event is None:
                event = linked(draft, seal, last, now)
                last = Link.of(event)
                new.append(event)
                own[key] = event
            events.append(event)
        self._events, self.new = tuple(events), new
        return last

    def lines(self) -> list[bytes]:
        """What is new as lines of the journal, each saying how many belong with it."""
        return [line(event, to_follow=len(self.new) - 1 - number) for number, event in enumerate(self.new)]

    def refuse(self, error: Exception) -> None:
        """Nothing of this call is recorded; what is done stays as it is."""
        if not self.done:
            self._error, self.done = error, True

    def result(self) -> tuple[Event, ...]:
        if self._error:
            raise self._error
        return self._events
