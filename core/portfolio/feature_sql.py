"""The portfolio's SQL: which files make the feature row, in which order, and how a row becomes float32.

The same files build the training table (raw tables attached from disk) and the row of one applicant
(raw tables in memory), so that both are the same numbers, bit for bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.errors import ContractError
from core.portfolio.contract import Contract
from core.portfolio.database import literal, quoted
from core.portfolio.feature_meaning import FeatureMeaning, feature_meaning
from core.portfolio.raw_table import raw_name, sql_type

_FORMAT = "1"  # of the feature rows; a change rebuilds them
_NOT_FEATURES = ("applicant_key", "target")


@dataclass(frozen=True)
class Step:
    """One file: a pure select and the name of the relation it makes."""

    name: str
    select: str


@dataclass(frozen=True)
class FeatureSql:
    """All files of a portfolio in the order of the flow."""

    staging: tuple[Step, ...]
    application: tuple[Step, ...]  # features of the application's own columns
    children: tuple[Step, ...]  # features of one child table each
    history: Step  # the children's features side by side
    mart: Step  # the feature row

    @property
    def tables(self) -> tuple[Step, ...]:
        """The steps whose rows are kept, in order."""
        return (*self.children, self.history, *self.application)

    @property
    def texts(self) -> Iterable[str]:
        return (step.select for step in (*self.staging, *self.tables, self.mart))


def read(sql_dir: Path, contract: Contract) -> FeatureSql:
    """The portfolio's SQL files; a feature file named after the main table reads that, all others its children.

    Raises ContractError when a folder is empty or the mart is not `history` and `applicant`.
    """
    mart = {step.name: step for step in _steps(sql_dir / "mart")}
    if mart.keys() != {"history", "applicant"}:
        raise ContractError(
            f"{sql_dir / 'mart'}: expected history.sql and applicant.sql, got {', '.join(mart)}; restore the SQL."
        )
    features = _steps(sql_dir / "features")
    own = tuple(step for step in features if step.name.startswith(f"{contract.main.name}_"))
    children = tuple(step for step in features if step not in own)
    return FeatureSql(_steps(sql_dir / "staging"), own, children, mart["history"], mart["applicant"])


def _steps(folder: Path) -> tuple[Step, ...]:
    steps = tuple(Step(path.stem, path.read_text("utf-8").strip()) for path in sorted(folder.glob("*.sql")))
    if not steps:
        raise ContractError(f"{folder}: expected .sql files, got none; restore the portfolio's SQL.")
    return steps


def fingerprint(sql: FeatureSql, contract: Contract) -> str:
    """SHA-256 of everything but the data that a feature row depends on."""
    digest = hashlib.sha256(_FORMAT.encode())
    encodings = [f"{name}:{column.choices!r}" for name, column in contract.main_columns.items() if column.choices]
    tables = [f"{pattern.match}:{pattern.table}" for pattern in contract.patterns]
    for part in (*sql.texts, *encodings, *tables):
        digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()


def make_raw_table(contract: Contract, table: str) -> str:
    """The statement that makes an empty raw table."""
    columns = ", ".join(f"{quoted(name)} {sql_type(column)}" for name, column in contract.columns[table].items())
    return f"create or replace table {raw_name(table)} ({columns})"


def make_view(step: Step) -> str:
    return f"create temp view {quoted(step.name)} as {step.select}"


def as_float32(step: Step) -> str:
    """The features of one file as float32: what joins and spills is a quarter of the size of decimals."""
    return f"select applicant_key, columns(* exclude (applicant_key))::float from ({step.select})"


def feature_names(connection: duckdb.DuckDBPyConnection, mart: Step) -> tuple[str, ...]:
    """The names of all features, in the order of the feature row."""
    described = connection.execute(f"describe {mart.name}").fetchall()
    columns = (row[0].lower() for row in described)  # DuckDB keeps the raw table's spelling
    return tuple(name for name in columns if name not in _NOT_FEATURES)


def encoded_row(contract: Contract, names: Iterable[str], missing_tables: Collection[str]) -> str:
    """The SQL expression of one feature row as FLOAT[n]: text by its place in the choices, missing = NaN."""
    gone = _with_dependents(contract, missing_tables)
    values = ", ".join(_encoded(feature_meaning(contract, name), gone) for name in names)
    return f"list_transform([{values}], lambda x: case when isfinite(x) then x else 'nan'::float end)"


def _with_dependents(contract: Contract, missing_tables: Collection[str]) -> frozenset[str]:
    """The missing tables and those that reach an applicant only through one of them."""
    through = {table.name for table in contract.tables if table.via and table.via.table in missing_tables}
    return frozenset(missing_tables) | through


def _encoded(feature: FeatureMeaning, missing_tables: Collection[str]) -> str:
    if feature.table in missing_tables:
        return "null::float"
    if feature.choices:
        levels = ", ".join(literal(choice) for choice in feature.choices)
        return f"(list_position([{levels}], {feature.name}) - 1)::float"
    return f"{feature.name}::float"
