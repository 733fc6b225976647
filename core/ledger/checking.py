"""Verifying while the ledger is open, and remembering how far it was verified, so that a start need not begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

import duckdb

from core.errors import LedgerUnavailable, LedgerUnwritable
from core.ledger.event import Event
from core.ledger.head import NO_EVENTS, Head, HeadFile
from core.ledger.open_files import OpenFiles
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
        chain = Chain(
            islice(files.journal.lines(since.count), max(end - since.count, 0)),
            _events(files.store, since.count, end),
            since,
            end,
        )
        found = self._walked(chain, files.store, anchors, progress)
        if found.sound:
            with suppress(LedgerUnwritable):  # a full disk: the next start looks at more than it would have to
                self.verified.write(found.head)
        else:
            with suppress(OSError):  # the next start looks at everything, and makes good what it can
                self.verified.path.unlink()
        return found

    def _walked(self, chain: Chain, store: Store, anchors: list[Head], progress: Progress) -> Verification:
        try:
            found = walk(chain, anchors, progress=progress)
            store.scan()
            rows, last = store.extent()
            if found.sound and rows != last:
                finding = f"the database holds {rows} events where {last} should be"
                return Verification(found.events, False, None, finding, found.head)
            return found
        except duckdb.Error as error:
            if store.closed:  # by whoever opened the files anew, or closed the ledger: that is no finding
                raise LedgerUnavailable("Ledger: it was closed while it was verified; verify again.") from None
            finding = f"the database cannot be read ({error}); start the desk again, it is made anew from the journal"
            return Verification(chain.since.count, False, chain.since.count + 1, finding, chain.since)


def _events(store: Store, after: int, end: int) -> Iterator[Event]:
    while after < end:
        found = store.events(after, min(_AT_ONCE, end - after), ())
        if not found:
            return
        yield from found
        after = found[-1].sequence
