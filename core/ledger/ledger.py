"""The ledger as everybody uses it: append drafts, read events, open sealed parts, verify the chain."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import duckdb

from core.errors import ErasedRecord, LedgerUnavailable, UnknownRecord
from core.ledger.checking import Checking
from core.ledger.event import Draft, Event, Json, Seal
from core.ledger.head import Head, HeadFile
from core.ledger.keys import KeyStore
from core.ledger.lock import LedgerLock
from core.ledger.made_good import Notice
from core.ledger.reading import Reading
from core.ledger.recovery import HEAD_FILE, VERIFIED_FILE, LedgerFiles
from core.ledger.sealing import seal, unseal
from core.ledger.store import Store, is_damage, nothing
from core.ledger.verification import Verification
from core.ledger.writer import Writer
from core.progress import Progress, silent

_Answer = TypeVar("_Answer")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """The one chain of events of a desk; safe from several threads, open in one process at a time."""

    def __init__(self, writer: Writer, keys: KeyStore, lock: LedgerLock, checking: Checking) -> None:
        self.keys = keys
        self._writer = writer
        self._lock = lock
        self._checking = checking

    @classmethod
    def open(
        cls,
        folder: Path,
        master_key_file: Path,
        readings: Sequence[Reading] = (),
        clock: Callable[[], datetime] = utc_now,
        passing: Callable[[str], None] = nothing,
    ) -> Ledger:
        """The ledger in this folder, made when there is none, with everything that was ever acknowledged in it.

        LedgerLocked: another process has it open. MasterKeyRefused. LedgerUnavailable: damaged beyond what journal
        and store can make good together, or written by a newer program.
        """
        lock = _locked(folder)
        try:
            keys = KeyStore.open(folder, master_key_file)
            try:
                verified = HeadFile(folder / VERIFIED_FILE, keys.derived("verified"))
                head = HeadFile(folder / HEAD_FILE, keys.derived("head"))
                writer = Writer(LedgerFiles(folder, head, verified, readings, passing), clock)
            except BaseException:
                keys.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(writer, keys, lock, Checking(verified))

    def append(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """The drafts as events, on the disk when this returns: all or none, one transaction.

        A draft whose idempotency key is known is the event of then. LedgerUnwritable: nothing was recorded.
        ErasedRecord: the key that would seal is gone.
        """
        return self._writer.append([(draft, self._sealed(draft)) for draft in drafts])

    def event(self, sequence: int) -> Event:
        found = self._read(lambda store: store.event(sequence))
        if found is None:
            raise UnknownRecord(f"Event {sequence}: the record has no such event; it ends at {self.head.count}.")
        return found

    def events(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> tuple[Event, ...]:
        """The events behind number `after`, in order, at most `limit`; only of these kinds when some are given."""
        return self._read(lambda store: store.events(after, limit, kinds))

    def find(self, idempotency_key: str) -> Event | None:
        return self._read(lambda store: store.find(idempotency_key))

    def of_application(self, application: str) -> tuple[Event, ...]:
        return self._read(lambda store: store.of_application(application))

    def latest(self, kind: str, subject: str = "") -> Event | None:
        """The last event of this kind, about this subject when one is given."""
        return self._read(lambda store: store.latest(kind, subject))

    def unsealed(self, event: Event) -> dict[str, Json]:
        """The sealed part in clear, empty when there is none; ErasedRecord when its key was destroyed."""
        if event.seal is None:
            return {}
        return unseal(event.seal, self._key(event.application), event.application)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor over `events` and the readings' tables, for one use: nothing can be written with it, and all its
        answers are of one moment. LedgerUnavailable when the file is damaged; the next use finds it made anew."""
        files = self._writer.open_files
        try:
            with files.store.reading() as cursor:
                yield cursor
        except duckdb.Error as error:
            if files.store.closed:
                raise LedgerUnavailable("Ledger: it was opened anew while it was read; ask again.") from error
            if not is_damage(error):
                raise
            self._writer.distrust(files, str(error))
            raise LedgerUnavailable(
                f"Ledger: its database is damaged ({error}); it is made anew from the journal, ask again."
            ) from error

    @property
    def head(self) -> Head:
        """The chain as it is now."""
        return self._writer.open_files.last.head()

    @property
    def writable(self) -> str:
        """Empty when events can be recorded, else why not, in a sentence."""
        return self._writer.refusal

    @property
    def notices(self) -> tuple[str, ...]:
        """What was found damaged and made good, at the start or since, in sentences."""
        return tuple(notice.words for notice in self._writer.notices)

    @property
    def made_good(self) -> tuple[str, ...]:
        """The notices of the last days: those of earlier starts with their moment, then those since this one."""
        return tuple(notice.words for notice in self._of_the_last_days())

    @property
    def altered(self) -> tuple[str, ...]:
        """Those of the last days that say that the record was not what was written, which no crash leaves behind."""
        return tuple(notice.words for notice in self._of_the_last_days() if notice.altered)

    def verify(
        self, progress: Progress = silent, since_head: bool = False, against: Head | None = None
    ) -> Verification:
        """Whether the record is what was written: journal, store and head, and the kept head `against`.

        `since_head`: only what lies behind the part that was verified before. Appending goes on meanwhile.
        """
        own = self.keys.ledger_id
        if against is not None and against.ledger not in ("", own):
            return _of_another(against, own, self.verify(progress, since_head))
        files = self._writer.open_files
        try:
            return self._checking.verify(files, progress, since_head, against)
        except LedgerUnavailable:
            if not files.store.closed:
                raise
            return self._checking.verify(self._writer.open_files, progress, since_head, against)

    def close(self) -> None:
        try:
            self._writer.close()
        finally:
            try:
                self.keys.close()
            finally:
                self._lock.release()

    def _of_the_last_days(self) -> tuple[Notice, ...]:
        return self._writer.earlier_notices + self._writer.notices

    def _read(self, question: Callable[[Store], _Answer]) -> _Answer:
        """The store's answer; from a store made anew when this one turns out to be damaged."""
        files = self._writer.open_files
        try:
            return question(files.store)
        except duckdb.Error as error:
            if is_damage(error):
                self._writer.distrust(files, str(error))
        try:
            return question(self._writer.open_files.store)
        except duckdb.Error as error:
            raise LedgerUnavailable(f"Ledger: its database cannot be read ({error}); start the desk again.") from error

    def _sealed(self, draft: Draft) -> Seal | None:
        if draft.sealed is None:
            return None
        if not draft.application:
            raise ValueError("a sealed part needs the application whose key seals it")
        return seal(draft.sealed, self._key(draft.application), draft.application, secrets.token_bytes)

    def _key(self, application: str) -> bytes:
        key = self.keys.key_of(application)
        if key is None:
            raise ErasedRecord(
                f"Application {application}: its key was destroyed, so its records can no longer be read; "
                "that they existed, and what was decided, stays on the chain."
            )
        return key


def _of_another(head: Head, own: str, found: Verification) -> Verification:
    """What was found of the chain by itself, refuted by a head that names another ledger."""
    if not found.sound:
        return found
    finding = (
        f"the head that was given is of the ledger {head.ledger!r}, and this one is {own!r}: either it is a head of "
        "another desk, or the record and its key file here were replaced as a whole"
    )
    return replace(found, sound=False, first_bad=1, finding=finding)


def _locked(folder: Path) -> LedgerLock:
    """The lock of the folder, which is made when there is none and closed to others."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)  # a restored copy often comes back readable by everybody
        return LedgerLock.take(folder)
    except OSError as error:
        raise LedgerUnavailable(
            f"Ledger in {folder.name}: its folder cannot be written to ({error}); make the disk writable, and see that "
            "it has room."
        ) from error
