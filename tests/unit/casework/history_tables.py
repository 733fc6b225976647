"""The readings' tables of casework with rows a test asks for; what it does not say is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import duckdb

from core.casework.readings import READINGS
from core.ledger.event import Draft, Event
from core.ledger.reading import Cell

MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class HistoryTables:
    """Events one minute apart, as the ledger keeps its readings."""

    def __init__(self) -> None:
        self.cursor = duckdb.connect(":memory:", config={"threads": "1"})
        self.sequence = 0
        self.appended: list[Draft] = []
        for reading in READINGS:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in reading.columns)
            self.cursor.execute(f"create table {reading.table} ({columns})")

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        yield self.cursor

    def append(self, drafts: list[Draft]) -> tuple[Event, ...]:
        self.appended += drafts
        return ()

    def scored(self, application: str = "a1", **cells: Cell) -> int:
        return self._insert("scores", {**self._who(application), **_SCORE, "latency_ms": 3.0, "demo": False, **cells})

    def decided(self, application: str = "a1", decision: str = "approve", **cells: Cell) -> int:
        made: dict[str, Cell] = {"decision": decision, "override_code": "", "override_side": "", "demo": False}
        return self._insert("decisions", {**self._who(application), **_SCORE, **made, **cells})

    def outcome(self, decision: int, outcome: str, corrects: int | None = None, application: str = "a1") -> int:
        told: dict[str, Cell] = {"outcome": outcome, "observed_on": date(2026, 11, 20), "corrects": corrects}
        return self._insert("outcomes", {"application": application, "decision_sequence": decision, **told})

    def erased(self, application: str = "", applicant: str = "") -> int:
        return self._insert("erasures", {"application": application, "applicant": applicant})

    def _who(self, application: str) -> dict[str, Cell]:
        return {"application": application, "applicant": f"r-{application}", "actor": "ana", "role": "officer"}

    def _insert(self, table: str, cells: dict[str, Cell]) -> int:
        self.sequence += 1
        at = (MIDNIGHT + timedelta(minutes=self.sequence)).replace(tzinfo=None)
        row = {"sequence": self.sequence, "at": at, **cells}
        names = ", ".join(f'"{name}"' for name in row)
        self.cursor.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))
        return self.sequence


_SCORE: dict[str, Cell] = {
    "recommendation": "approve",
    "default_probability": 0.05,
    "points": 600.0,
    "grade": "B",
    "amount": 100_000.0,
    "model_version": "m1",
    "policy_version": "p1",
}
