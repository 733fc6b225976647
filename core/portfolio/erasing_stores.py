"""Applicants' rows in the two DuckDB files of a portfolio: counted, and left out when a file is written anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from core.errors import PortfolioMissing
from core.portfolio.contract import Contract, Table
from core.portfolio.database import FILE_ALIAS, Database, open_readonly, quoted, rebuilding
from core.portfolio.erasing_keys import Forgotten, Links
from core.portfolio.raw_table import raw_name

_REMEDY = "put a whole one in its place, or delete it and import again: python -m core import --from DIR --replace."


def links(path: Path, contract: Contract, numbers: frozenset[int]) -> Links:
    """The values by which rows of a child's child belong to these applicants."""
    if not path.exists():
        return {}
    with _reading(path) as cursor:
        _register(cursor, "forgotten", numbers)
        return {table.name: frozenset(_links_of(cursor, contract, table)) for table in contract.tables if table.via}


def rows_in_tables(path: Path, contract: Contract, forgotten: Forgotten) -> dict[str, int]:
    """How many rows each raw table holds on these applicants, by the table's name."""
    if not path.exists():
        return {}
    with _reading(path) as cursor:
        return {table.name: _count(cursor, *_place(contract, table, forgotten)) for table in contract.tables}


def rows_in_features(path: Path, forgotten: Forgotten) -> int:
    if not path.exists():
        return 0
    with _reading(path) as cursor:
        return _count(cursor, "feature_rows", "applicant_key", forgotten.numbers)


def erase_from_tables(path: Path, contract: Contract, forgotten: Forgotten, threads: int) -> None:
    """The imported tables without these applicants; nothing else changes but the count of the forgotten."""
    with rebuilding(path, threads) as new:
        erased = 0
        for table in contract.tables:
            place, column, values = _place(contract, table, forgotten)
            before = _copy_without(new, place, column, values)
            erased += before if table.name == contract.main.name else 0
        about = _about(new)
        _write_about(new, about | {"erased": _erased(about) + erased, "report": _without_examples(about["report"])})


def erase_from_features(path: Path, forgotten: Forgotten, threads: int) -> None:
    with rebuilding(path, threads) as new:
        erased = _copy_without(new, "feature_rows", "applicant_key", forgotten.numbers)
        new.execute(f"create table feature_names as from {FILE_ALIAS}.feature_names")
        about = _about(new)
        _write_about(new, about | {"erased": _erased(about) + erased})


def _place(contract: Contract, table: Table, forgotten: Forgotten) -> tuple[str, str, frozenset[int]]:
    """Where an applicant's rows of this table are, and by which values of which column they are found."""
    if table.via:
        return raw_name(table.name), table.via.column, forgotten.links.get(table.name, frozenset())
    return raw_name(table.name), contract.portfolio.key, forgotten.numbers


def _links_of(cursor: duckdb.DuckDBPyConnection, contract: Contract, table: Table) -> Iterator[int]:
    assert table.via
    link, key = quoted(table.via.column), quoted(contract.portfolio.key)
    rows = cursor.execute(
        f"select distinct {link} from {raw_name(table.via.table)} "
        f"where {key} in (select value from forgotten) and {link} is not null"
    ).fetchall()
    return (int(row[0]) for row in rows)


def _count(cursor: duckdb.DuckDBPyConnection, place: str, column: str, values: frozenset[int]) -> int:
    _register(cursor, "forgotten", values)
    query = f"select count(*) from {place} where {quoted(column)} in (select value from forgotten)"
    return int(cursor.execute(query).fetchall()[0][0])


def _copy_without(new: duckdb.DuckDBPyConnection, place: str, column: str, values: frozenset[int]) -> int:
    """How many rows were left out; all others are in the new file, in the order they had."""
    _register(new, "forgotten", values)
    old = f"{FILE_ALIAS}.{place}"
    new.execute(
        f"create table {place} as select * from {old} as old "
        f"where not exists (select 1 from forgotten where forgotten.value = old.{quoted(column)})"
    )
    before, after = new.execute(f"select (select count(*) from {old}), (select count(*) from {place})").fetchall()[0]
    return int(before) - int(after)


def _register(connection: duckdb.DuckDBPyConnection, name: str, values: frozenset[int]) -> None:
    connection.register(name, pa.table({"value": pa.array(sorted(values), pa.int64())}))


def _about(new: duckdb.DuckDBPyConnection) -> dict[str, object]:
    return {
        key: json.loads(value) for key, value in new.execute(f"select key, value from {FILE_ALIAS}.about").fetchall()
    }


def _write_about(new: duckdb.DuckDBPyConnection, about: Mapping[str, object]) -> None:
    new.execute("create table about (key varchar primary key, value varchar not null)")
    for key, value in about.items():
        new.execute("insert into about values (?, ?)", [key, json.dumps(value)])


def _erased(about: Mapping[str, object]) -> int:
    before = about.get("erased", 0)
    return before if isinstance(before, int) else 0


def _without_examples(told: object) -> object:
    """The import's report without the examples of bad values, each of which was somebody's."""
    if isinstance(told, dict):
        return {key: None if key == "example" else _without_examples(value) for key, value in told.items()}
    return [_without_examples(value) for value in told] if isinstance(told, list) else told


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    database: Database = open_readonly(path, _REMEDY)
    try:
        with database.cursor() as cursor:
            yield cursor
    except duckdb.Error as unfit:
        raise PortfolioMissing(f"{path.name} in {path.parent} is not as a portfolio must be; {_REMEDY}") from unfit
    finally:
        database.close()
