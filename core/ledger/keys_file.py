"""The key file: SQLite that only its owner can read; what is deleted from it lies in none of its files afterwards."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock

from core.durability import settle
from core.errors import LedgerUnavailable, LedgerUnwritable

FORMAT = 1
BUSY_SECONDS = 10.0
_PRIMARY = 0xFF  # SQLite's extended codes carry the plain one in their last byte
_OF_THE_DISK = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
    }
)
REMEDY = "restore it from its backup; a new one would open none of the records"
SCHEMA = (
    "create table about (name text primary key, value blob not null) without rowid",
    """
    create table applicants (
        reference text primary key,
        lookup blob unique,
        wrapped_key blob not null
    ) without rowid
    """,
    """
    create table applications (
        application text primary key,
        reference text not null references applicants (reference),
        lookup blob not null unique,
        wrapped_key blob not null
    ) without rowid
    """,
    "create index applications_of_reference on applications (reference)",
)


class KeyFile:
    """One connection behind one lock: every use is short, and a second reader would keep deleted keys in the WAL."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        with self._calm():
            if path.stat().st_size == 0:  # never ours: SQLite would take it for a new file
                raise self.damaged("it is empty")
            self._close_to_others()
            self._connection = _connect(path)
            try:
                self._check()
                self._close_to_others()
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._calm():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends; LedgerUnwritable when the disk does not take it."""
        with self._lock, self._calm():
            try:
                self._connection.execute("begin immediate")
                try:
                    yield self._connection
                    self._connection.execute("commit")
                except BaseException:
                    if self._connection.in_transaction:  # a full disk may have ended it already
                        self._connection.execute("rollback")
                    raise
            except sqlite3.OperationalError as error:
                raise self._unwritable(str(error)) from error

    def sweep(self) -> None:
        """Leaves no trace of deleted rows in the file or its WAL: pages are written anew, the WAL is cut to nothing."""
        with self._lock, self._calm():
            try:
                self._empty_wal()
                self._connection.execute("vacuum")  # cells that moved between pages leave copies behind
                self._connection.execute("delete from about where name = 'sweep due'")
                self._empty_wal()
            except sqlite3.OperationalError as error:
                raise self._unwritable(str(error)) from error

    def damaged(self, how: str) -> LedgerUnavailable:
        return LedgerUnavailable(f"Key file {self.path.name}: {how}; {REMEDY}.")

    def close(self) -> None:
        with self._lock, self._calm():
            self._connection.close()

    def _check(self) -> None:
        """Refuses what is no whole key file of a format known here; ends what a kill left of a deletion."""
        found = self._connection.execute("pragma quick_check(1)").fetchone()
        if found != ("ok",):
            raise self.damaged(f"it is damaged ({' '.join(str(found[0]).split())})")
        (number,) = self._connection.execute("pragma user_version").fetchone()
        if number > FORMAT:
            raise LedgerUnavailable(
                f"Key file {self.path.name}: it has format {number}, this program knows up to {FORMAT}; "
                "use the newer program."
            )
        if number < 1:
            raise self.damaged("it holds no keys of a ledger")
        if self._connection.execute("select 1 from about where name = 'sweep due'").fetchone():
            self.sweep()

    def _empty_wal(self) -> None:
        (busy, _, _) = self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise self._unwritable("another program reads it, so what was deleted may still lie beside it")

    def _unwritable(self, why: str) -> LedgerUnwritable:
        return LedgerUnwritable(
            f"Key file {self.path.name}: cannot be written ({why}); "
            "see that the disk has room, that the folder is writable and that no other program has the file open."
        )

    def _close_to_others(self) -> None:
        for file in (self.path, self.path.with_name(f"{self.path.name}-wal")):
            if file.exists() and file.stat().st_mode & 0o077:
                file.chmod(0o600)

    @contextmanager
    def _calm(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            if _is_the_disk(error):
                raise LedgerUnavailable(
                    f"Key file {self.path.name}: the disk does not let it be read ({error}); see that the disk has "
                    "room and is sound, then try again, and leave the file as it is: its keys are in it."
                ) from error
            raise self.damaged(f"it cannot be read ({error})") from error


def _is_the_disk(error: sqlite3.DatabaseError | OSError) -> bool:
    """Whether the file may well be whole, and what lies around it is in the way."""
    if isinstance(error, sqlite3.DatabaseError):
        code = getattr(error, "sqlite_errorcode", None)  # none where Python itself refuses
        return code is not None and code & _PRIMARY in _OF_THE_DISK
    return not isinstance(error, FileNotFoundError | IsADirectoryError)


def make_key_file(path: Path, about: dict[str, bytes]) -> None:
    """Puts a finished, empty key file in place; one that is already there stays as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)  # mode 0600
    os.close(descriptor)
    part = Path(name)
    try:
        with closing(_connect(part)) as connection:
            connection.execute("begin immediate")
            for statement in SCHEMA:
                connection.execute(statement)
            connection.executemany("insert into about (name, value) values (?, ?)", about.items())
            connection.execute(f"pragma user_version = {FORMAT}")
            connection.execute("commit")
        os.link(part, path)
        settle(path.parent)
    except FileExistsError:
        return
    except (sqlite3.DatabaseError, OSError) as error:
        raise LedgerUnavailable(
            f"Key file {path.name}: cannot be made ({error}); see that the folder is writable and the disk has room."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    # rw, never rwc: a file that has vanished must not come back empty
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in ("journal_mode = wal", "synchronous = full", "secure_delete = on", "temp_store = memory"):
            connection.execute(f"pragma {pragma}")
        connection.execute("pragma foreign_keys = on")
    except BaseException:
        connection.close()
        raise
    return connection
