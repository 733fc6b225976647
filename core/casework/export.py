"""Rows as a file to take away: CSV that no spreadsheet runs as a formula, or Parquet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

Cell = str | int | float | bool | datetime | date | None

# What a spreadsheet takes for the beginning of a formula; full-width signs count in some languages.
_FORMULA = r"^(\s*[=+\-@＝＋－＠]|[\t\r\n])"
_ROWS_AT_ONCE = 50_000


class Form(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


def file_name(what: str, at: datetime, ending: str) -> str:
    """What every file that leaves the desk is called; its event tells the same name.

    >>> file_name("history", datetime(2026, 11, 21, 18, 32, 39, tzinfo=UTC), "csv")
    'solvent-history-20261121-183239.csv'
    """
    return f"solvent-{what}-{at.astimezone(UTC):%Y%m%d-%H%M%S}.{ending}"


def csv_bytes(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with a line of names first; a text like a formula gets a quote in front, numbers stay numbers."""
    return csv_of(_table(columns, rows))


def parquet_bytes(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The values as they are: nothing runs a Parquet file."""
    return parquet_of(_table(columns, rows))


def bytes_of(table: pa.Table, form: Form) -> bytes:
    return csv_of(table) if form is Form.CSV else parquet_of(table)


def csv_of(table: pa.Table) -> bytes:
    file = io.BytesIO()
    written = _safe(table.slice(0, 0))
    with pa_csv.CSVWriter(file, written.schema) as writer:
        for batch in table.to_batches(_ROWS_AT_ONCE):  # a million rows are never held twice
            writer.write_table(_safe(pa.Table.from_batches([batch])))
    return file.getvalue()


def parquet_of(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def _safe(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_null(field.type):
            table = table.set_column(place, field.name, column.cast(pa.string()))
        elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            quoted = pc.replace_substring_regex(column, pattern=_FORMULA, replacement=r"'\1")
            table = table.set_column(place, field.name, quoted)
    return table


def _table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> pa.Table:
    return pa.table({name: _column([row[place] for row in rows]) for place, name in enumerate(columns)})


def _column(cells: list[Any]) -> pa.Array[Any]:
    """Arrow finds out what they are; ArrowInvalid for a column of several kinds."""
    column: pa.Array[Any] = pa.array(cells)
    return column
