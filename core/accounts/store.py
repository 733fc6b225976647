"""The accounts file: SQLite in WAL mode that several processes may open and only its owner can read."""

from __future__ import annotations

import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom

from core.accounts.migrations import migrate
from core.accounts.passwords import PasswordHasher
from core.errors import AccountsUnavailable
from core.settings import Settings

BUSY_SECONDS = 10.0


@dataclass(frozen=True)
class SessionRules:
    idle: timedelta
    longest: timedelta


@dataclass(frozen=True)
class AccountStore:
    """A connection per use: threads and processes share nothing but the file."""

    path: Path
    rules: SessionRules
    hasher: PasswordHasher
    rng: Random
    to_read: bool = False  # nothing can be written to the file, or to its folder

    @classmethod
    def open(cls, path: Path, rules: SessionRules, hasher: PasswordHasher, rng: Random | None = None) -> AccountStore:
        """The store at this path, made or brought up to date where needed."""
        store = cls(path, rules, hasher, rng or SystemRandom())
        with _calm(path):
            if not path.exists():
                _create(path)
            if path.stat().st_size == 0:  # never ours: people were in it, and must not be replaced by nobody
                raise AccountsUnavailable(
                    f"Accounts file {path.name}: it is empty; restore it, or delete it for a new one."
                )
            _close_to_others(path)
            with closing(_connect(path)) as connection:
                migrate(connection, datetime.now(UTC))
        return store

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for all reads inside."""
        with _calm(self.path), closing(_connect(self.path, self.to_read)) as connection:
            connection.execute("begin")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its first line: what it reads stays true until it ends."""
        with _calm(self.path), closing(_connect(self.path)) as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def token(self) -> str:
        """256 random bits as 64 hexadecimal digits."""
        return self.rng.randbytes(32).hex()


def open_accounts(settings: Settings) -> AccountStore:
    return AccountStore.open(settings.accounts_file, _rules(settings), PasswordHasher(settings.password_cost))


def open_accounts_to_read(settings: Settings) -> AccountStore:
    """The same, also where nothing can be written: then nothing is made, closed to others or brought up to date."""
    file = settings.accounts_file
    if not file.exists() or _writable(file):
        return open_accounts(settings)
    return AccountStore(file, _rules(settings), PasswordHasher(settings.password_cost), SystemRandom(), to_read=True)


def _rules(settings: Settings) -> SessionRules:
    return SessionRules(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


def _writable(file: Path) -> bool:
    return all(os.access(path, os.W_OK) for path in (file, file.parent))


def _connect(path: Path, to_read: bool = False) -> sqlite3.Connection:
    # rw, never rwc: a file that has vanished must not come back empty and readable by all
    mode = "mode=rw"
    if to_read:
        # without a log beside it nobody writes; SQLite would make one, where it cannot
        mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    try:
        connection.execute("pragma foreign_keys = on")
        # full: a disabled person must stay disabled after a power cut
        connection.execute("pragma synchronous = full")
    except BaseException:
        connection.close()
        raise
    return connection


def _create(path: Path) -> None:
    """Puts a finished file in place; whoever is second finds the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)  # mode 0600
    os.close(descriptor)
    part = Path(name)
    try:
        with closing(_connect(part)) as connection:
            connection.execute("pragma journal_mode = wal")
            migrate(connection, datetime.now(UTC))
            connection.execute("insert into secrets (name, value) values ('throttle', ?)", (secrets.token_hex(32),))
        try:
            os.link(part, path)
        except FileExistsError:
            return
    finally:
        part.unlink(missing_ok=True)


def _close_to_others(path: Path) -> None:
    """A restored copy often comes back readable by everybody."""
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)


@contextmanager
def _calm(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if path.exists() and not _writable(path):
            remedy = "make the file and its folder writable for this account."
        else:
            remedy = "check that it is whole, not locked by another program, and that the disk has room."
        raise AccountsUnavailable(f"Accounts file {path.name}: cannot be used ({error}); {remedy}") from error
