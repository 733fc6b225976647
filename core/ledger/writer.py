"""The one writer of the chain: journal, store, head, and only then the acknowledgement.

Whoever waits while another call is being written is written together with the others: one flush of the disk for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime

import duckdb

from core.errors import LedgerUnavailable, LedgerUnwritable
from core.ledger.chain import Link, clock_behind
from core.ledger.event import Event
from core.ledger.made_good import Notice, keep_notices, kept_notices
from core.ledger.open_files import OpenFiles
from core.ledger.readings_of_chain import ReadingRows, rows_of
from core.ledger.recovery import LedgerFiles
from core.ledger.recovery_store import FoundStore
from core.ledger.store import is_damage
from core.ledger.writer_call import Call, SealedDraft
from core.ledger.writer_room import hindrance


class Writer:
    """Writes what threads bring, and opens the files anew when they can no longer be trusted."""

    def __init__(self, files: LedgerFiles, clock: Callable[[], datetime]) -> None:
        self.notices: tuple[Notice, ...] = ()
        self.earlier_notices = kept_notices(files.folder, clock())  # of other processes, in the last days
        self._files = files
        self._clock = clock
        self._writing = threading.Lock()
        self._queue = threading.Lock()
        self._waiting: list[Call] = []
        self._distrust = ""  # why the open files can no longer be trusted
        self._distrust_everything = False
        self._closed = False
        self._open = self._opened()

    @property
    def open_files(self) -> OpenFiles:
        """The files to read from, opened anew first where that is due; LedgerUnavailable when it is not possible."""
        if self._distrust:
            with self._writing:
                self._open_anew()
        return self._open

    @property
    def refusal(self) -> str:
        """Why nothing can be recorded now, in a sentence; empty when something can."""
        try:
            files = self.open_files
            return files.refusal or hindrance(self._files.folder) or clock_behind(files.last.at, self._clock())
        except LedgerUnavailable as error:
            return str(error)

    def append(self, drafts: Sequence[SealedDraft]) -> tuple[Event, ...]:
        """The drafts as events that are on the disk; all of them or, with LedgerUnwritable, none."""
        call = Call(drafts)
        with self._queue:
            self._waiting.append(call)
        with self._writing:
            if not call.done:
                with self._queue:
                    calls, self._waiting = self._waiting, []
                self._write(calls)
        return call.result()

    def distrust(self, open_files: OpenFiles, reason: str) -> None:
        """These files are opened anew, and looked at as a whole, before they are used again."""
        with self._writing:
            if self._open is open_files:
                self._distrust, self._distrust_everything = reason, True

    def close(self) -> None:
        """Waits for the write in hand."""
        with self._writing:
            self._closed = True
            self._open.close()

    def _write(self, calls: Sequence[Call], again: bool = True) -> None:
        """Every call is done when this returns, also when it does not return well."""
        try:
            if not self._distrust and not self._open.journal.in_step:
                self._distrust = "the journal does not end where the last event does"
            self._open_anew()
            rows = self._link(calls)
            accepted = [call for call in calls if not call.done]
            self._record(accepted, rows)
            self._files.passing("before_acknowledgement")
            for call in accepted:
                call.done = True
        except (OSError, duckdb.Error, LedgerUnavailable, ValueError, TypeError, OverflowError) as error:
            if isinstance(error, duckdb.Error) and is_damage(error):
                self._distrust, self._distrust_everything = str(error), True
            if again:  # each alone: nobody is refused for another's sake, nor for a file that can be made anew
                for call in calls:
                    if not call.done:
                        self._write([call], again=False)
            for call in calls:
                call.refuse(_unwritable(error))
        except LedgerUnwritable as error:
            for call in calls:
                call.refuse(error)
        finally:
            for call in calls:
                call.refuse(LedgerUnwritable("Ledger: nothing was recorded, the write was interrupted; try again."))

    def _link(self, calls: Sequence[Call]) -> ReadingRows:
        """Each call's drafts behind the chain, or behind the call before; the rows of what is new."""
        store = self._open.store
        known = store.known({draft.idempotency_key for call in calls for draft, _ in call.drafts} - {""})
        rows = rows_of(store.readings, ())
        last, now = self._open.last, self._clock()
        for call in calls:
            try:
                end = call.link(known, last, now)
                own = rows_of(store.readings, call.new)
            except Exception as error:  # noqa: BLE001  raised again where it belongs, in the caller's own thread
                call.refuse(error)
                continue
            last = end
            for table, added in own.items():
                rows[table] += added
            known |= {event.idempotency_key: event for event in call.new if event.idempotency_key}
        return rows

    def _record(self, calls: Sequence[Call], rows: ReadingRows) -> None:
        events = [event for call in calls for event in call.new]
        if not events:
            return
        lines = [text for call in calls for text in call.lines()]
        hindered = self._open.refusal or hindrance(self._files.folder, sum(map(len, lines)))
        if hindered:
            raise LedgerUnwritable(hindered)
        end = Link.of(events[-1])
        try:
            self._open.journal.append(lines)
            self._files.passing("after_journal_write")
            self._open.journal.settle()
            self._files.passing("after_journal_fsync")
            self._open.store.insert(events, rows, self._files.passing)
            self._files.passing("after_commit")
        except BaseException as error:
            if not self._recorded_all_the_same(end, error):
                raise
        self._open.journal.keep()
        self._open.last = end
        try:
            self._open.head.write(end.head(), durable=False)
        except LedgerUnwritable as error:
            self.notices += (Notice(str(error)),)  # the events are recorded all the same; the next head makes up for it

    def _recorded_all_the_same(self, end: Link, error: BaseException) -> bool:
        """After a failure: whether the store has the events although it did not say so. What is half done is taken
        back; where that fails too, the files are opened anew before anything else is written."""
        if self._store_ends_with(end, error):
            return True
        try:
            self._open.journal.take_back()
        except OSError:
            self._distrust = str(error)
        return False

    def _store_ends_with(self, end: Link, error: BaseException) -> bool:
        try:
            return self._open.store.last() == end
        except duckdb.Error:
            self._distrust = str(error)
        # the instance is dead, as after a checkpoint that failed on a full disk: the file alone knows
        self._open.store.close()
        try:
            with closing(FoundStore.look(self._files.folder)) as found:
                return found.holds(end)
        except (duckdb.Error, LedgerUnavailable):
            return False

    def _open_anew(self) -> None:
        if self._closed:
            raise LedgerUnavailable("Ledger: it was closed; open it again.")
        if not self._distrust:
            return
        self._open.close()
        self._open = self._opened()
        self._distrust, self._distrust_everything = "", False

    def _opened(self) -> OpenFiles:
        opened = self._files.open(self._distrust_everything)
        self.notices += opened.notices
        lasting = [
            notice for notice in opened.notices if notice.words != opened.refusal
        ]  # that one is said while it is so
        keep_notices(self._files.folder, lasting, self._clock())
        return opened


def _unwritable(error: Exception) -> LedgerUnwritable:
    return LedgerUnwritable(f"Ledger: nothing was recorded ({error}); see that the disk has room and can be written.")
