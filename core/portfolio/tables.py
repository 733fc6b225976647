"""The portfolio's raw tables, opened to read: keys, one application, how much history it has."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.errors import PortfolioMissing, UnknownApplicant
from core.portfolio import import_rules
from core.portfolio.application import Value
from core.portfolio.contract import Contract, Table, text
from core.portfolio.database import Database, literal, open_readonly, quoted
from core.portfolio.raw_table import raw_name, sql_type

REMEDY = "run: make run (the demo portfolio) or python -m core import --from DIR (your own tables)"
_KEY = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class About:
    """What an import wrote about its tables."""

    fingerprint: str
    imported_at: str  # UTC, ISO 8601
    missing_tables: tuple[str, ...]
    source: str
    rules: str  # fingerprint of the column rules that its values were checked by; "" in older files
    erased: int = 0  # applicants who were in the import and have been forgotten since


class Tables:
    """The imported raw tables of one portfolio."""

    def __init__(self, database: Database, contract: Contract, about: About) -> None:
        self._database = database
        self._contract = contract
        self.about = about

    @classmethod
    def open(cls, path: Path, contract: Contract) -> Tables:
        """The tables at `path`; PortfolioMissing where there are none, or none that fit the contract."""
        database = open_readonly(path, REMEDY)
        try:
            with database.cursor() as cursor:
                _check_columns(cursor, contract)
                about = _read_about(cursor)
        except (duckdb.Error, KeyError, ValueError) as unfit:
            database.close()
            raise PortfolioMissing(f"{path}: is not a portfolio that fits the contract ({unfit}); {REMEDY}") from unfit
        if about.rules != import_rules.fingerprint(contract):
            database.close()
            raise PortfolioMissing(
                f"{path}: its values must have been checked by the contract's column rules as they are now, got older "
                f"ones; import again: python -m core import --from {about.source} --replace."
            )
        return cls(database, contract, about)

    def keys(self, limit: int | None = None, labelled: bool | None = None) -> list[str]:
        """Applicant keys in ascending order; only those with (or without) an outcome where `labelled` is given."""
        key, target = quoted(self._contract.portfolio.key), quoted(self._contract.portfolio.target)
        outcome = {None: "", True: f"where {target} is not null", False: f"where {target} is null"}[labelled]
        most = "" if limit is None else f"limit {int(limit)}"
        with self._database.cursor() as cursor:
            rows = cursor.execute(f"select {key} from {self._main} {outcome} order by {key} {most}").fetchall()
        return [str(row[0]) for row in rows]

    def application(self, key: str) -> dict[str, Value]:
        """The main table's row of an applicant, by the contract's column names; UnknownApplicant."""
        return self.applications([key])[0]

    def applications(self, keys: Sequence[str]) -> list[dict[str, Value]]:
        """The same of these applicants, in this order; 3,000 in one question take as long as 15 one by one."""
        names, own = list(self._contract.main_columns), self._contract.portfolio.key
        numbers = [self._number(key) for key in keys]
        wanted = f"{quoted(own)} = ?" if len(keys) == 1 else f"list_contains(?::bigint[], {quoted(own)})"
        asked = numbers[0] if len(keys) == 1 else numbers
        with self._database.cursor() as cursor:
            # its columns are those, as was checked when it was opened; to name all of them takes half as long again
            rows = cursor.execute(f"select * from {self._main} where {wanted}", [asked]).fetchall()
        found = {fields[own]: fields for fields in (dict(zip(names, row, strict=True)) for row in rows)}
        absent = next((key for key, number in zip(keys, numbers, strict=True) if number not in found), None)
        if absent is not None:
            raise self._unknown(absent)
        return [found[number] for number in numbers]

    def history(self, key: str) -> dict[str, int]:
        """How many rows each child table holds on an applicant, by the table's label; UnknownApplicant."""
        number = int(str(self.application(key)[self._contract.portfolio.key]))
        children = [table for table in self._contract.tables if not table.required]
        with self._database.cursor() as cursor:
            return {
                text(table.label): int(cursor.execute(self._count_sql(table), [number]).fetchall()[0][0])
                for table in children
            }

    def changed_on_disk(self) -> bool:
        """Whether another portfolio was imported since this one was opened."""
        return self._database.changed_on_disk()

    def close(self) -> None:
        self._database.close()

    @property
    def _main(self) -> str:
        return raw_name(self._contract.main.name)

    def _count_sql(self, table: Table) -> str:
        key, own = quoted(self._contract.portfolio.key), raw_name(table.name)
        if table.via is None:
            return f"select count(*) from {own} where {key} = ?"
        link, parent = quoted(table.via.column), raw_name(table.via.table)
        return f"select count(*) from {own} where {link} in (select {link} from {parent} where {key} = ?)"

    def _number(self, key: str) -> int:
        """The key as it is stored; a word that cannot be one is as unknown as a number nobody has."""
        words = key.strip()
        if not _KEY.fullmatch(words):
            raise self._unknown(key)
        return int(words)

    def _unknown(self, key: str) -> UnknownApplicant:
        label = text(self._contract.main_columns[self._contract.portfolio.key].label)
        got = key.strip()[:30] + ("…" if len(key.strip()) > 30 else "")
        return UnknownApplicant(
            f"{label} {got!r} is not in this portfolio; a number from `python -m core applicants` is known here."
        )


def imported_from(path: Path) -> str | None:
    """Where the tables at `path` come from, fit for the contract or not; None where the file does not say."""
    try:
        database = open_readonly(path, REMEDY)
    except PortfolioMissing:
        return None
    try:
        with database.cursor() as cursor:
            return _read_about(cursor).source
    except (duckdb.Error, KeyError, ValueError):
        return None
    finally:
        database.close()


def _check_columns(cursor: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    for table in contract.tables:
        found = cursor.execute(
            "select column_name, lower(data_type) from duckdb_columns() "
            f"where table_name = {literal('raw_' + table.name)} and database_name = current_database() "
            "order by column_index"
        ).fetchall()
        wanted = [(name, sql_type(column)) for name, column in contract.columns[table.name].items()]
        if found != wanted:
            raise ValueError(f"table {table.name} has other columns")


def _read_about(cursor: duckdb.DuckDBPyConnection) -> About:
    about = {key: json.loads(value) for key, value in cursor.execute("select key, value from about").fetchall()}
    return About(
        about["fingerprint"],
        about["imported_at"],
        tuple(about["missing_tables"]),
        about["source"],
        about.get("rules", ""),
        int(about.get("erased", 0)),
    )
