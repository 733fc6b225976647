"""Whether the tables of the readings say what the events say: every row is made anew and compared with the stored one.

Piece by piece in step with a walk over the events, so that it costs one query per table and piece and no memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import duckdb

from core.ledger.event import Event
from core.ledger.reading import Cell, Reading
from core.ledger.store_insert import quoted

_Row = tuple[Cell, ...]


@dataclass(frozen=True)
class WrongRow:
    """What is wrong with a table that was read from the events."""

    table: str
    sequence: int | None  # of the event whose row it is; None: there is no such event
    finding: str


def wrong_row(
    cursor: duckdb.DuckDBPyConnection, readings: Sequence[Reading], events: Sequence[Event], after: int, last: int
) -> WrongRow | None:
    """The first row that is changed, missing or too many behind number `after` up to number `last`; all `events` there
    that the readings take are given."""
    found = [_wrong_in(cursor, reading, events, after, last) for reading in readings]
    return min((wrong for wrong in found if wrong), key=lambda wrong: wrong.sequence or 0, default=None)


def stray_rows(cursor: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> WrongRow | None:
    """The first table with rows of events that do not exist."""
    for reading in readings:
        ((count,),) = cursor.execute(
            f"select count(*) from {quoted(reading.table)} "
            "where sequence is null or sequence < 1 or sequence > (select coalesce(max(sequence), 0) from events)"
        ).fetchall()
        if count:
            what = "a row of an event that does" if count == 1 else f"{count:,} rows of events that do"
            return WrongRow(reading.table, None, f"the table {reading.table} holds {what} not exist")
    return None


def _wrong_in(
    cursor: duckdb.DuckDBPyConnection, reading: Reading, events: Sequence[Event], after: int, last: int
) -> WrongRow | None:
    made = [reading.row(event) for event in events if event.kind in reading.kinds]
    names = ", ".join(quoted(name) for name, _ in reading.columns)
    stored = cursor.execute(
        f"select {names} from {quoted(reading.table)} where sequence > ? and sequence <= ? order by sequence",
        [after, last],
    ).fetchall()
    return None if stored == made else _difference(reading, made, stored)


def _difference(reading: Reading, made: Sequence[_Row], stored: Sequence[_Row]) -> WrongRow:
    wanted, found = next((wanted, found) for wanted, found in zip_longest(made, stored) if wanted != found)
    table = reading.table
    if found is None or (wanted is not None and _sequence(wanted) < _sequence(found)):
        sequence = _sequence(wanted)
        return WrongRow(table, sequence, f"the table {table} has no row of event {sequence}")
    sequence = _sequence(found)
    if wanted is None or sequence < _sequence(wanted):
        return WrongRow(table, sequence, f"the table {table} has a row of event {sequence} that nobody recorded")
    names = [name for (name, _), cell, kept in zip(reading.columns, wanted, found, strict=True) if cell != kept]
    words = f"the table {table} does not say what event {sequence} says ({', '.join(names)})"
    return WrongRow(table, sequence, words)


def _sequence(row: _Row) -> int:
    """The first column of every reading."""
    sequence = row[0]
    if not isinstance(sequence, int):
        raise TypeError("a reading begins with the sequence of its event")
    return sequence
