"""The store as it is found at a start: looked at without changing it, and set aside when it is damaged."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import duckdb

from core.errors import LedgerLocked, LedgerUnavailable
from core.ledger.canonical import hash_of
from core.ledger.chain import Link, follows
from core.ledger.event import Event
from core.ledger.store import STORE_FILE, Store

_AT_ONCE = 500  # events
_NEWER = re.compile(r"version number|newer version|storage version", re.IGNORECASE)
_HELD = re.compile(r"could not set lock|conflicting lock", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"no space left|input/output error|permission denied|read-only file system|too many open files", re.IGNORECASE
)


class FoundStore:
    """What the file says, row by row; whatever cannot be trusted counts as missing."""

    def __init__(self, store: Store | None, damage: str) -> None:
        self.damage = damage  # why it must be made anew, in words; empty: nothing is known against it
        self.altered = False  # no damage of the disk: its checksums hold, and what it says nobody wrote
        self.count = 0
        self._store = store
        self._rows: dict[int, Event] = {}
        self._asked = range(0)
        if store:
            self._look(store)

    @classmethod
    def look(cls, folder: Path) -> FoundStore:
        """The store in this folder; LedgerUnavailable where a newer program or another one is in the way."""
        path = folder / STORE_FILE
        if not path.exists():
            return cls(None, "")
        try:
            store = Store.look(path)
        except duckdb.Error as error:
            require_damage(error)
            return cls(None, first_line(error))
        return cls(store, "")

    def scan(self) -> None:
        """Looks at every block, also of the readings' tables."""
        try:
            if self._store:
                self._store.scan()
        except duckdb.Error as error:
            self.damage = self.damage or first_line(error)

    def holds(self, link: Link) -> bool:
        """Whether the event with this number is the one with this hash."""
        if link.sequence == 0:
            return True
        found = self.event(link.sequence)
        return found is not None and found.hash == link.hash

    def event(self, sequence: int) -> Event | None:
        """The event with this number; None unless it is there and its hash is its own."""
        if sequence > self.count:
            return None
        if sequence not in self._asked:
            self._rows, self._asked = self._read(sequence)
        return self._rows.get(sequence)

    def following(self, last: Link) -> Event | None:
        found = self.event(last.sequence + 1)
        return found if found and follows(found, last) else None

    def close(self) -> None:
        if self._store:
            self._store.close()

    def _look(self, store: Store) -> None:
        try:
            rows, self.count = store.extent()
        except duckdb.Error as error:
            self.damage = first_line(error)
            return
        if rows != self.count:
            self.damage, self.altered = f"{rows} events where {self.count} should be", True

    def _read(self, sequence: int) -> tuple[dict[int, Event], range]:
        """What can be read of these numbers: a few hundred from this one on or, next to a damaged block, one."""
        asked = range(sequence, sequence + 1)
        if self._store is None:
            return {}, asked
        for limit in (_AT_ONCE, 1):
            try:
                found = self._store.events(sequence - 1, limit, ())
            except (duckdb.Error, ValueError) as error:
                if not self.damage:
                    self.damage, self.altered = first_line(error), isinstance(error, ValueError)
                continue
            asked = range(sequence, sequence + limit)
            return {event.sequence: event for event in found if hash_of(event) == event.hash}, asked
        return {}, asked


def set_aside(folder: Path, moment: str) -> str:
    """The name under which the damaged store is kept from now on; empty when there is no file."""
    path = folder / STORE_FILE
    wal = path.with_name(f"{STORE_FILE}.wal")
    kept = path.with_name(f"{STORE_FILE}.damaged-{moment}")
    if wal.exists():
        wal.rename(path.with_name(f"{kept.name}.wal"))
    with suppress(FileNotFoundError):
        path.rename(kept)
        return kept.name
    return ""


def require_damage(error: duckdb.Error) -> None:
    """LedgerUnavailable when the file may be whole and something else is in the way."""
    words = str(error)
    if _HELD.search(words):
        raise LedgerLocked(f"Ledger: another program has {STORE_FILE} open; end it first ({words}).") from error
    if _NEWER.search(words) and "WAL" not in words:  # a WAL has no checksum over its version: a flip looks the same
        raise LedgerUnavailable(
            f"Ledger: {STORE_FILE} was written by a newer program; use that one ({words})."
        ) from error
    if _OUTSIDE.search(words):
        raise LedgerUnavailable(
            f"Ledger: {STORE_FILE} cannot be opened ({words}); see that the disk has room and is writable."
        ) from error


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["it gives no reason"])[0]
