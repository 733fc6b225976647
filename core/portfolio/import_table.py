"""A raw table as its files give it: which of its columns are there, and SQL for its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from core.errors import ImportRefused
from core.portfolio.contract import Column, Contract, Kind, Table, text
from core.portfolio.database import quoted
from core.portfolio.import_source import RawFile
from core.portfolio.raw_table import raw_name

_WHOLE_TYPES = {
    f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
}
_NUMBER_TYPES = frozenset({"BOOLEAN", "FLOAT", "DOUBLE"} | _WHOLE_TYPES)


@dataclass(frozen=True)
class RawTable:
    """A table of the contract together with the files that hold its rows; none for a missing table."""

    contract: Contract
    table: Table
    files: tuple[RawFile, ...]

    @property
    def columns(self) -> Mapping[str, Column]:
        return self.contract.columns[self.table.name]

    @property
    def is_main(self) -> bool:
        return self.table.name == self.contract.main.name

    @property
    def stored_name(self) -> str:
        return raw_name(self.table.name)

    @property
    def label(self) -> str:
        return text(self.table.label)

    @property
    def file_names(self) -> str:
        return " and ".join(file.path.name for file in self.files)

    @property
    def link(self) -> str:
        """The column through which a row finds its applicant, also the order in which rows are stored."""
        return self.table.via.column if self.table.via else self.contract.portfolio.key

    @property
    def linked_table(self) -> str:
        return raw_name(self.table.via.table if self.table.via else self.contract.main.name)

    def missing_columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if not any(file.spelled(name) for file in self.files))

    def partly_missing_columns(self) -> tuple[str, ...]:
        """Columns that only some files have; an absent target only means that there is no outcome yet."""
        return tuple(
            name
            for name, column in self.columns.items()
            if column.kind is not Kind.TARGET and len({file.spelled(name) is None for file in self.files}) == 2
        )

    def unknown_columns(self) -> tuple[str, ...]:
        known = {name.lower() for name in self.columns}
        return tuple(dict.fromkeys(name for file in self.files for name in file.columns if name.lower() not in known))

    def refuse_missing_keys(self) -> None:
        """ImportRefused where a key, a unique column or the target is in no file that must have it."""
        for column in dict.fromkeys((self.link, *self.table.unique)):
            lacking = [file.path.name for file in self.files if file.spelled(column) is None]
            if lacking:
                raise ImportRefused(f"{' and '.join(lacking)}: the key column {column} is missing; add it.")
        target = self.contract.portfolio.target
        if self.is_main and target in self.missing_columns():
            raise ImportRefused(f"{self.file_names}: the target column {target} is missing; one file must have it.")

    def rows(self, connection: duckdb.DuckDBPyConnection) -> str:
        """SQL for the raw values of all files, as columns r0, r1, … in the contract's order."""
        return " union all ".join(self._rows_of(file, _types(connection, file)) for file in self.files)

    def _rows_of(self, file: RawFile, types: Mapping[str, str]) -> str:
        values = [_raw_value(file.spelled(name), column, types) for name, column in self.columns.items()]
        return f"select {', '.join(f'{value} as r{i}' for i, value in enumerate(values))} from {file.rows_sql}"


def _types(connection: duckdb.DuckDBPyConnection, file: RawFile) -> dict[str, str]:
    return {row[0]: str(row[1]) for row in connection.execute(f"describe select * from {file.rows_sql}").fetchall()}


def _raw_value(spelled: str | None, column: Column, types: Mapping[str, str]) -> str:
    """The value as it stands: a number where file and contract have one, else text; empty text is null."""
    if spelled is None:
        return "null::varchar"
    if types[spelled] in _NUMBER_TYPES and not column.is_text:
        return quoted(spelled)
    return f"nullif({quoted(spelled)}::varchar, '')"
