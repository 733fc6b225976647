"""SQLite keeping the same records: WAL, synchronous = FULL, one commit each, an index for every key that is asked for.

One connection behind a lock: threads with a connection each wait longer, for SQLite lets them sleep between tries.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from core.ledger.chain import NO_LINK, Link, linked
from core.ledger.event import Draft
from core.ledger.keys import KeyStore
from core.ledger.sealing import seal
from core.ledger.store_rows import EVENT_COLUMNS, EventRow, row_of

_TYPES = {"sequence": "integer primary key", "public": "text not null", "ciphertext": "blob"}


class SqliteChain:
    """Links and seals like the ledger; no journal, no head, no second file to be made whole from."""

    def __init__(self, file: Path, keys: KeyStore) -> None:
        self._keys = keys
        self._lock = Lock()
        self._last = NO_LINK
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        columns = ", ".join(f'"{name}" {_TYPES.get(name, "")}' for name in EVENT_COLUMNS)
        for statement in (
            "pragma journal_mode = wal",
            "pragma synchronous = full",
            f"create table events ({columns})",
            "create unique index of_request on events (idempotency_key)",
            "create index of_application on events (application)",
        ):
            self._connection.execute(statement)
        self._insert = f"insert into events values ({', '.join('?' * len(EVENT_COLUMNS))})"

    def append(self, draft: Draft) -> None:
        """The draft sealed, linked and on the disk."""
        key = self._keys.key_of(draft.application)
        assert key is not None
        assert draft.sealed is not None
        sealed = seal(draft.sealed, key, draft.application, secrets.token_bytes)
        with self._lock:
            event = linked(draft, sealed, self._last, datetime.now(UTC))
            self._store(row_of(event))
            self._last = Link.of(event)

    def store(self, row: EventRow, idempotency_key: str) -> None:
        """A finished row under another number and key: what SQLite alone costs."""
        with self._lock:
            sequence = self._last.sequence + 1
            request = EVENT_COLUMNS.index("idempotency_key")
            self._store((sequence, *row[1:request], idempotency_key, *row[request + 1 :]))
            self._last = Link(sequence, self._last.at, self._last.hash)

    def close(self) -> None:
        self._connection.close()

    def _store(self, row: Sequence[object]) -> None:
        self._connection.execute("begin immediate")
        self._connection.execute(self._insert, [_as_text(cell) for cell in row])
        self._connection.execute("commit")


def _as_text(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, datetime) else cell
