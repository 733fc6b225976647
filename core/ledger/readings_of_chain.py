"""The tables of the readings: made, filled with each event, and made anew when they are not what they should be."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core.ledger.canonical import canonical
from core.ledger.event import Event
from core.ledger.reading import Cell, Reading
from core.ledger.store_insert import insert, quoted
from core.ledger.store_rows import EVENT_COLUMNS, event_of_row

_AT_ONCE = 2_000  # events


ReadingRows = dict[str, list[tuple[Cell, ...]]]  # table -> rows


def rows_of(readings: Sequence[Reading], events: Sequence[Event]) -> ReadingRows:
    """One row per event that a reading takes."""
    return {
        reading.table: [reading.row(event) for event in events if event.kind in reading.kinds] for reading in readings
    }


def insert_readings(cursor: duckdb.DuckDBPyConnection, readings: Sequence[Reading], rows: ReadingRows) -> None:
    for reading in readings:
        insert(cursor, reading.table, [name for name, _ in reading.columns], rows[reading.table])


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> bool:
    """Makes anew what has another shape or another number of rows than events of its kinds; whether anything had."""
    made = [reading for reading in readings if not _is_current(connection, reading)]
    if made:
        connection.execute("begin")
        try:
            for reading in made:
                _make(connection, reading)
            _fill(connection, made)
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")
    return bool(made)


def _is_current(connection: duckdb.DuckDBPyConnection, reading: Reading) -> bool:
    shapes = connection.execute("select shape from readings where name = ?", [reading.table]).fetchall()
    if shapes != [(_shape(reading),)]:
        return False
    kinds = sorted(reading.kinds)
    (expected,) = connection.execute(
        "select count(*), coalesce(max(sequence), 0) from events where kind in (select unnest(?))", [kinds]
    ).fetchall()
    (found,) = connection.execute(
        f"select count(*), coalesce(max(sequence), 0) from {quoted(reading.table)}"
    ).fetchall()
    return bool(found == expected)


def _make(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in reading.columns)
    connection.execute(f"drop table if exists {quoted(reading.table)}")
    connection.execute(f"create table {quoted(reading.table)} ({columns})")
    connection.execute("delete from readings where name = ?", [reading.table])
    connection.execute("insert into readings values (?, ?)", [reading.table, _shape(reading)])


def _fill(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> None:
    kinds = sorted({kind for reading in readings for kind in reading.kinds})
    names = ", ".join(map(quoted, EVENT_COLUMNS))
    after = 0
    while True:
        rows = connection.execute(
            f"select {names} from events where sequence > ? and kind in (select unnest(?)) order by sequence limit ?",
            [after, kinds, _AT_ONCE],
        ).fetchall()
        if not rows:
            return
        insert_readings(connection, readings, rows_of(readings, [event_of_row(row) for row in rows]))
        after = rows[-1][0]


def _shape(reading: Reading) -> str:
    return canonical(
        {"columns": [f"{name} {kind}" for name, kind in reading.columns], "kinds": [*sorted(reading.kinds)]}
    )
