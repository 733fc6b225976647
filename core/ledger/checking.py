"""Verifying while the ledger is open, and remembering how far it was verified, so that a start need not begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

import duckdb

from core.errors import LedgerUnavailable, LedgerUnwritable
from core.ledger.event import Event
from core.ledger.head import NO_EVENTS, Head, HeadFile
from core.ledger.open_files import OpenFiles
from core.ledger.readings_check import WrongRow, stray_rows, wrong_row
from core.ledger.store import Store
from core.ledger.verification import Chain, Verification, walk
from core.progress import Progress

_AT_ONCE = 500  # events


class Checking:
    def __init__(self, verified: HeadFile) -> None:
        self.verified = verified

    def verify(self, files: OpenFiles, progress: Progress, since_verified: bool, against: Head | None) -> Verification:
        """The walk over what is on the disk now; the mark moves on when it is sound and vanishes when it is not."""
        since = (self.verified.read() or NO_EVENTS) if since_verified else NO_EVENTS
        if against is not None and against.count < since.count:
            since = NO_EVENTS  # the kept head lies in the part that would be left out
        anchors = [head for head in (files.head.read(), against) if head is not None]
        end = files.last.sequence  # after the head was read, which an append may have moved on since
        rows = _Rows(files.store, since.count, end)
        lines = islice(files.journal.lines(since.count), max(end - since.count, 0))
        found = self._walked(Chain(lines, rows.events(), since, end), rows, anchors, progress)
        if found.sound:
            with suppress(LedgerUnwritable):  # a full disk: the next start looks at more than it would have to
                self.verified.write(found.head)
        else:
            with suppress(OSError):  # the next start looks at everything, and makes good what it can
                self.verified.path.unlink()
        return found

    def _walked(self, chain: Chain, rows: _Rows, anchors: list[Head], progress: Progress) -> Verification:
        store = rows.store
        try:
            found = walk(chain, anchors, progress=progress)
            store.scan()
            count, last = store.extent()
            if found.sound and count != last:
                finding = f"the database holds {count} events where {last} should be"
                return Verification(found.events, False, None, finding, found.head)
            return _with_table(found, rows.wrong()) if found.sound else found
        except (duckdb.Error, ValueError) as error:
            if store.closed:  # by whoever opened the files anew, or closed the ledger: that is no finding
                raise LedgerUnavailable("Ledger: it was closed while it was verified; verify again.") from None
            finding = f"the database cannot be read ({error}); start the desk again, it is made anew from the journal"
            return Verification(chain.since.count, False, chain.since.count + 1, finding, chain.since)


class _Rows:
    """The database's side of the walk: its events, and whether the tables that were read from them say the same."""

    def __init__(self, store: Store, after: int, end: int) -> None:
        self.store = store
        self._after = after
        self._end = end
        self._wrong: WrongRow | None = None

    def events(self) -> Iterator[Event]:
        after = self._after
        while after < self._end:
            found = self.store.events(after, min(_AT_ONCE, self._end - after), ())
            if not found:
                return
            yield from found
            # here the walk has found them to be what the journal says: their rows can be made from them
            last = found[-1].sequence
            if self._wrong is None:
                with self.store.cursor() as cursor:
                    self._wrong = wrong_row(cursor, self.store.readings, found, after, last)
            after = last

    def wrong(self) -> WrongRow | None:
        """What is wrong with a table, first by number, once the walk has gone through all events."""
        with self.store.cursor() as cursor:
            return self._wrong or stray_rows(cursor, self.store.readings)


def _with_table(found: Verification, wrong: WrongRow | None) -> Verification:
    if wrong is None:
        return found
    finding = f"{wrong.finding}; the events hold: start the desk again, and the table is made anew from them"
    return replace(found, sound=False, first_bad=wrong.sequence, finding=finding, table=wrong.table)
