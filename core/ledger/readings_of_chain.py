"""The tables of the readings: made, filled with each event, and made anew when they are not what they should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from core.errors import LedgerUnavailable
from core.ledger.canonical import canonical
from core.ledger.event import Event
from core.ledger.reading import Cell, Reading
from core.ledger.readings_check import WrongRow, stray_rows, wrong_row
from core.ledger.store_insert import insert, quoted
from core.ledger.store_rows import EVENT_COLUMNS, event_of_row

_AT_ONCE = 2_000  # events
_GUARDED = (("stay", "update", "changed"), ("remain", "delete", "deleted"))  # as the events are

ReadingRows = dict[str, list[tuple[Cell, ...]]]  # table -> rows


class NotAsWritten(LedgerUnavailable):
    """A table that was read from the events says something else than they do."""


def rows_of(readings: Sequence[Reading], events: Sequence[Event]) -> ReadingRows:
    """One row per event that a reading takes."""
    return {
        reading.table: [reading.row(event) for event in events if event.kind in reading.kinds] for reading in readings
    }


def insert_readings(cursor: duckdb.DuckDBPyConnection, readings: Sequence[Reading], rows: ReadingRows) -> None:
    for reading in readings:
        insert(cursor, reading.table, [name for name, _ in reading.columns], rows[reading.table])


def bring_up_to_date(
    connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading], thorough: bool = False
) -> bool:
    """Makes the tables that are new or have another shape; whether there were any.

    NotAsWritten: one of the others has another number of rows than there are events of its kinds or, where the look
    is `thorough`, any row that its event does not make.
    """
    shapes = dict(connection.execute("select name, shape from readings").fetchall())
    made = [reading for reading in readings if shapes.get(reading.table) != _shape(reading)]
    kept = [reading for reading in readings if reading not in made]
    if kept:
        _require_as_written(connection, kept, thorough)
    gone = shapes.keys() - {reading.table for reading in readings}
    if gone:  # not kept in step from now on: whoever reads it again makes it anew
        connection.execute("delete from readings where name in (select unnest(?))", [sorted(gone)])
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


def _require_as_written(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading], thorough: bool) -> None:
    try:
        if not thorough and all(_has_all_rows(connection, reading) for reading in readings):
            return
        wrong = _first_wrong(connection, readings)
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise NotAsWritten(f"a table is missing or was altered: {str(error).splitlines()[0]}") from error
    if wrong:
        raise NotAsWritten(wrong.finding)


def _first_wrong(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> WrongRow | None:
    after = 0
    for events in _events(connection, readings):
        last = events[-1].sequence
        wrong = wrong_row(connection, readings, events, after, last)
        if wrong:
            return wrong
        after = last
    ((end,),) = connection.execute("select coalesce(max(sequence), 0) from events").fetchall()
    return wrong_row(connection, readings, (), after, end) or stray_rows(connection, readings)


def _has_all_rows(connection: duckdb.DuckDBPyConnection, reading: Reading) -> bool:
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
    for name, statement, done in _GUARDED:  # against our own mistakes, as with the events
        connection.execute(
            f"create trigger {quoted(f'{reading.table}_{name}')} after {statement} on {quoted(reading.table)} "
            f"for each statement insert into attempts select error('rows read from events are never {done}')"
        )


def _fill(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> None:
    for events in _events(connection, readings):
        insert_readings(connection, readings, rows_of(readings, events))


def _events(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> Iterator[list[Event]]:
    """All events that these readings take, in pieces."""
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
        yield [event_of_row(row) for row in rows]
        after = rows[-1][0]


def _shape(reading: Reading) -> str:
    return canonical(
        {
            "columns": [f"{name} {kind}" for name, kind in reading.columns],
            "kinds": [*sorted(reading.kinds)],
            "edition": reading.edition,
        }
    )
