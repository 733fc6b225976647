"""The one writer of the chain: journal, store, head, and only then the acknowledgement.

Whoever waits while another call is being written is written together with the others: one flush of the disk for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from core.errors import LedgerUnwritable
from core.ledger.canonical import line
from core.ledger.chain import Link, linked
from core.ledger.event import Draft, Event, Seal
from core.ledger.head import HeadFile
from core.ledger.journal import Journal
from core.ledger.readings_of_chain import ReadingRows, rows_of
from core.ledger.store import Store

Sealed = tuple[Draft, Seal | None]


@dataclass
class _Call:
    """One caller's drafts, and what became of them."""

    drafts: Sequence[Sealed]
    events: tuple[Event, ...] = ()  # one per draft, known ones among them
    new: list[Event] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False

    def lines(self) -> list[bytes]:
        return [line(event, to_follow=len(self.new) - 1 - n) for n, event in enumerate(self.new)]

    def refuse(self, error: Exception) -> None:
        self.error, self.done = error, True


@dataclass
class OpenFiles:
    """What is open for writing, and where the chain in it ends."""

    journal: Journal
    store: Store
    head: HeadFile
    last: Link


class Writer:
    def __init__(self, files: OpenFiles, clock: Callable[[], datetime], passing: Callable[[str], None]) -> None:
        self.files = files
        self._clock = clock
        self._passing = passing
        self._writing = threading.Lock()
        self._queue = threading.Lock()
        self._waiting: list[_Call] = []

    def append(self, drafts: Sequence[Sealed]) -> tuple[Event, ...]:
        """The drafts as events that are on the disk; all of them or, with LedgerUnwritable, none."""
        call = _Call(drafts)
        with self._queue:
            self._waiting.append(call)
        with self._writing:
            if not call.done:
                with self._queue:
                    calls, self._waiting = self._waiting, []
                self._write(calls)
        if call.error:
            raise call.error
        return call.events

    def close(self) -> None:
        """Waits for the write in hand; the store's file then holds everything."""
        with self._writing:
            self.files.store.close()
            self.files.journal.close()

    def _write(self, calls: Sequence[_Call]) -> None:
        """Every call is done when this returns."""
        try:
            rows = self._link(calls)
            accepted = [call for call in calls if not call.done]
            self._record(accepted, rows)
        except (OSError, duckdb.Error) as error:
            for call in calls:
                call.refuse(_unwritable(error))
            return
        self._passing("before_acknowledgement")
        for call in accepted:
            call.done = True

    def _link(self, calls: Sequence[_Call]) -> ReadingRows:
        """Each call's drafts behind the chain, or behind the call before; the rows of what is new."""
        keys = {draft.idempotency_key for call in calls for draft, _ in call.drafts} - {""}
        known = self.files.store.known(keys)
        rows = rows_of(self.files.store.readings, ())
        last, now = self.files.last, self._clock()
        for call in calls:
            try:
                events, new = _linked(call.drafts, known, last, now)
                own_rows = rows_of(self.files.store.readings, new)
            except (LedgerUnwritable, ValueError, TypeError) as error:
                call.refuse(error)
                continue
            call.events, call.new = events, new
            for table, added in own_rows.items():
                rows[table] += added
            known |= {event.idempotency_key: event for event in new if event.idempotency_key}
            last = Link.of(new[-1]) if new else last
        return rows

    def _record(self, calls: Sequence[_Call], rows: ReadingRows) -> None:
        events = [event for call in calls for event in call.new]
        if not events:
            return
        files = self.files
        try:
            files.journal.append([text for call in calls for text in call.lines()])
            self._passing("after_journal_write")
            files.journal.settle()
            self._passing("after_journal_fsync")
            files.store.insert(events, rows, self._passing)
            self._passing("after_commit")
        except BaseException:
            files.journal.take_back()
            raise
        files.journal.keep()
        files.last = Link.of(events[-1])
        files.head.write(files.last.head(), durable=False)


def _linked(
    drafts: Sequence[Sealed], known: dict[str, Event], last: Link, now: datetime
) -> tuple[tuple[Event, ...], list[Event]]:
    """One event per draft, and those that are new: a draft whose key is known is the event of then."""
    events: list[Event] = []
    new: list[Event] = []
    own: dict[str, Event] = {}
    for draft, seal in drafts:
        key = draft.idempotency_key
        event = known.get(key) or own.get(key) if key else None
        if event is None:
            event = linked(draft, seal, last, now)
            last = Link.of(event)
            new.append(event)
            own[key] = event
        events.append(event)
    return tuple(events), new


def _unwritable(error: Exception) -> LedgerUnwritable:
    return LedgerUnwritable(f"Ledger: nothing was recorded ({error}); see that the disk has room and can be written.")
