"""Rows into a table: few by values, many through Arrow, which is far faster than one statement per row."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from core.ledger.reading import Cell

BY_VALUES = 50  # rows: up to here one statement with values is faster
_INCOMING = "incoming_rows"


def insert(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell | bytes]],
) -> None:
    """Adds the rows to the table, columns in this order."""
    if not rows:
        return
    names = ", ".join(map(quoted, columns))
    if len(rows) <= BY_VALUES:
        marks = "(" + ", ".join("?" * len(columns)) + ")"
        values = [cell for row in rows for cell in row]
        cursor.execute(f"insert into {quoted(table)} ({names}) values {', '.join([marks] * len(rows))}", values)
        return
    incoming = pa.table({name: list(cells) for name, cells in zip(columns, zip(*rows, strict=True), strict=True)})
    cursor.register(_INCOMING, incoming)
    try:
        cursor.execute(f"insert into {quoted(table)} ({names}) select {names} from {_INCOMING}")
    finally:
        cursor.unregister(_INCOMING)


def quoted(name: str) -> str:
    """The name as an SQL identifier: `at` is also a word of the language."""
    return '"' + name.replace('"', '""') + '"'
