"""A reading of the chain: a table of columns people filter by, written with each event and made anew from all events.

The rooms above say what they want to read; the ledger keeps the table in step and never looks inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.ledger.event import Event

Cell = str | int | float | bool | datetime | date | None


@dataclass(frozen=True)
class Reading:
    """One row per event of these kinds; a reading that changes its columns, kinds or edition is made anew at the next
    start."""

    table: str
    columns: tuple[tuple[str, str], ...]  # (name, DuckDB type); the first is ("sequence", "bigint")
    kinds: frozenset[str]
    row: Callable[[Event], tuple[Cell, ...]]  # of the columns' own types: what is stored is compared with it
    edition: int = 1  # one more when `row` makes something else of the same event: stored rows are compared with it
