"""Which idempotency keys cannot be on the chain, without asking the store, which would read every key to say no.

Eight bytes a key: nearly every write brings a new one, and among a million events a search takes a dozen milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import duckdb
import numpy as np
from numpy.typing import NDArray

# DuckDB computes the same number, so that a million are read in a fraction of a second
_PRINTS = "select md5_number_lower(idempotency_key) as print from events where idempotency_key <> '' order by print"


class KnownKeys:
    """Says "no" only where it is certain; "perhaps" is for the store to answer."""

    def __init__(self, prints: NDArray[np.uint64]) -> None:
        self._stored = prints  # ascending
        self._added: set[int] = set()

    @classmethod
    def read(cls, cursor: duckdb.DuckDBPyConnection) -> KnownKeys:
        """Those of the events that are in the store now."""
        return cls(np.asarray(cursor.execute(_PRINTS).fetchnumpy()["print"], dtype=np.uint64))

    def add(self, idempotency_keys: Iterable[str]) -> None:
        """Before their events are stored: a key too many costs a search, one too few would double an event."""
        self._added.update(_print(key) for key in idempotency_keys)

    def may_hold(self, idempotency_key: str) -> bool:
        wanted = _print(idempotency_key)
        if wanted in self._added:
            return True
        at = int(np.searchsorted(self._stored, np.uint64(wanted)))
        return at < len(self._stored) and int(self._stored[at]) == wanted


def _print(idempotency_key: str) -> int:
    """No secret and no proof, only a short number for a key: equal keys have equal ones."""
    digest = hashlib.md5(idempotency_key.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little")
