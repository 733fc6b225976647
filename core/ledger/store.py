"""The store: one DuckDB file with the events as a table and the tables that are read from them.

One connection is opened, every use takes a cursor of its own: a connection shared by threads hands one thread
another's answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from core.ledger.chain import NO_LINK, Link
from core.ledger.event import Event
from core.ledger.known_keys import KnownKeys
from core.ledger.migrations import applied_steps, migrate
from core.ledger.reading import Reading
from core.ledger.readings_of_chain import ReadingRows, bring_up_to_date, insert_readings
from core.ledger.store_insert import BY_VALUES, insert, quoted
from core.ledger.store_rows import EVENT_COLUMNS, event_of_row, row_of

STORE_FILE = "ledger.duckdb"
WAL_BYTES = 1_000_000
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "enable_external_access": "false",
    "memory_limit": "1GB",
    "threads": "2",
    "wal_autocheckpoint": f"{WAL_BYTES}B",  # a long WAL takes seconds to replay at the start
    "lock_configuration": "true",
}
_SELECT = "select " + ", ".join(f'"{name}"' for name in EVENT_COLUMNS) + " from events"

_WRONG_QUESTIONS = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConstraintException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.ParserException,
)


def nothing(name: str) -> None:
    """Passes a named point of a write; tests of faults put something else here."""


class Store:
    """The open file; safe from several threads, with one writer at a time."""

    def __init__(
        self,
        path: Path,
        connection: duckdb.DuckDBPyConnection,
        readings: Sequence[Reading],
        known_keys: KnownKeys | None = None,
    ) -> None:
        self.path = path
        self.readings = tuple(readings)
        self._known_keys = known_keys  # None: the store is asked every time
        self._wal = path.with_name(f"{path.name}.wal")
        self._connection = connection
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._guard = threading.Lock()
        self.closed = False

    @classmethod
    def open(cls, path: Path, readings: Sequence[Reading], thorough: bool = False) -> Store:
        """The store at this path, made or brought up to date where needed; duckdb.Error when it is damaged.

        NotAsWritten: what was read from its events is not what they say; row by row where the look is `thorough`."""
        connection = duckdb.connect(str(path), config=_CONFIG)
        try:
            path.chmod(0o600)
            changed = migrate(connection)
            if bring_up_to_date(connection, readings, thorough) or changed:
                connection.execute("checkpoint")
            known_keys = KnownKeys.read(connection)
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, readings, known_keys)

    @classmethod
    def look(cls, path: Path) -> Store:
        """The store at this path as it is, not to be changed; duckdb.Error when it is damaged."""
        connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
        try:
            applied_steps(connection)
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, ())

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one use."""
        cursor = self._connection.cursor()
        with self._guard:
            self._cursors.add(cursor)
        try:
            yield cursor
        finally:
            with self._guard:
                self._cursors.discard(cursor)
            cursor.close()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor with which nothing can be written, and whose answers are all of one moment."""
        with self.cursor() as cursor:
            cursor.execute("begin transaction read only")
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("rollback")

    def insert(self, events: Sequence[Event], rows: ReadingRows, passing: Callable[[str], None] = nothing) -> None:
        """The events and their rows in every reading, in one transaction that is on the disk when this returns."""
        if self._known_keys:
            self._known_keys.add(event.idempotency_key for event in events)
        with self.cursor() as cursor:
            cursor.execute("begin")
            try:
                insert(cursor, "events", EVENT_COLUMNS, [row_of(event) for event in events])
                insert_readings(cursor, self.readings, rows)
                passing("after_insert")
                if self._will_checkpoint():
                    passing("in_checkpoint")
                cursor.execute("commit")
                self._close_wal_to_others()
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.execute("rollback")
                raise

    def last(self) -> Link:
        """Where the chain in this file ends."""
        with self.cursor() as cursor:
            rows = cursor.execute(f"{_SELECT} order by sequence desc limit 1").fetchall()
        return Link.of(event_of_row(rows[0])) if rows else NO_LINK

    def extent(self) -> tuple[int, int]:
        """How many events there are, and the number of the last."""
        with self.cursor() as cursor:
            ((count, last),) = cursor.execute("select count(*), coalesce(max(sequence), 0) from events").fetchall()
        return count, last

    def event(self, sequence: int) -> Event | None:
        return self._first("where sequence = ?", [sequence])

    def find(self, idempotency_key: str) -> Event | None:
        return self.known([idempotency_key]).get(idempotency_key)

    def known(self, idempotency_keys: Collection[str]) -> dict[str, Event]:
        """The events of those keys that there are."""
        sequences = self._sequences([key for key in idempotency_keys if self._may_know(key)])
        if not sequences:
            return {}
        found = self._all("where sequence in (select unnest(?)) order by sequence desc", [sequences])
        return {event.idempotency_key: event for event in found}  # the first event of a key stays

    def latest(self, kind: str, subject: str) -> Event | None:
        return self._first(
            "where kind = ? and (? = '' or subject = ?) order by sequence desc limit 1", [kind, subject, subject]
        )

    def of_application(self, application: str) -> tuple[Event, ...]:
        return self._all("where application = ? order by sequence", [application])

    def events(self, after: int, limit: int, kinds: Collection[str]) -> tuple[Event, ...]:
        if not kinds:
            return self._all("where sequence > ? order by sequence limit ?", [after, limit])
        return self._all(
            "where sequence > ? and kind in (select unnest(?)) order by sequence limit ?", [after, [*kinds], limit]
        )

    def scan(self) -> None:
        """Reads every block of every table; duckdb.Error when one is damaged."""
        with self.cursor() as cursor:
            for (table,) in cursor.execute("select table_name from duckdb_tables() order by 1").fetchall():
                cursor.execute(f"select bit_xor(hash(everything)) from {quoted(table)} as everything").fetchall()

    def checkpoint(self) -> None:
        """Everything lies in the file itself, nothing in its WAL."""
        with self.cursor() as cursor:
            cursor.execute("checkpoint")

    def close(self) -> None:
        """Ends every use of the file, also in other threads: only then can it be opened anew."""
        with self._guard:
            self.closed = True
            cursors, self._cursors = self._cursors, set()
        for cursor in cursors:
            with suppress(duckdb.Error):
                cursor.interrupt()
            with suppress(duckdb.Error):
                cursor.close()
        self._connection.close()

    def _will_checkpoint(self) -> bool:
        """Whether the next commit also writes what the WAL holds into the file."""
        try:
            return self._wal.stat().st_size >= WAL_BYTES
        except FileNotFoundError:
            return False

    def _close_wal_to_others(self) -> None:
        """DuckDB makes it anew after each checkpoint, readable by all."""
        with suppress(FileNotFoundError):
            self._wal.chmod(0o600)

    def _may_know(self, idempotency_key: str) -> bool:
        return self._known_keys is None or self._known_keys.may_hold(idempotency_key)

    def _sequences(self, idempotency_keys: Collection[str]) -> list[int]:
        """Which events have these keys: nearly always none, so nothing but the keys is read."""
        if not idempotency_keys:
            return []
        few = len(idempotency_keys) <= BY_VALUES
        among = ", ".join("?" * len(idempotency_keys)) if few else "select unnest(?)"
        values: list[object] = [*idempotency_keys] if few else [[*idempotency_keys]]
        with self.cursor() as cursor:
            rows = cursor.execute(f"select sequence from events where idempotency_key in ({among})", values).fetchall()
        return [sequence for (sequence,) in rows]

    def _first(self, where: str, values: list[object]) -> Event | None:
        found = self._all(where, values)
        return found[0] if found else None

    def _all(self, where: str, values: list[object]) -> tuple[Event, ...]:
        with self.cursor() as cursor:
            return tuple(event_of_row(row) for row in cursor.execute(f"{_SELECT} {where}", values).fetchall())


def is_damage(error: duckdb.Error) -> bool:
    """Whether the file is damaged or this instance can no longer be used, rather than the question being wrong."""
    if isinstance(error, _WRONG_QUESTIONS):
        return False  # they quote values, whatever those say
    return isinstance(error, duckdb.FatalException | duckdb.InternalException) or "corrupt" in str(error).lower()
