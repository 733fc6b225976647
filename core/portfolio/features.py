"""The feature rows of all applicants: built from the tables as one immutable file, read by key or as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.errors import PortfolioMissing, UnknownApplicant
from core.portfolio import feature_sql
from core.portfolio.contract import Contract
from core.portfolio.database import Database, building, literal, open_readonly
from core.portfolio.feature_sql import FeatureSql
from core.portfolio.raw_table import raw_name
from core.progress import Progress
from core.settings import Settings

BUILD_MEMORY = "2500MB"

Row = NDArray[np.float32]  # (features,), missing = NaN
Matrix = NDArray[np.float32]  # (rows, features)

_REMEDY_TABLES = "import a portfolio first: python -m core import --from DIR."
_REMEDY_FEATURES = "build the features: python -m core train."
_TOLD_OF_TABLES = ("fingerprint", "missing_tables")
_TOLD_OF_FEATURES = ("tables_fingerprint", "sql_fingerprint", "missing_tables")


@dataclass(frozen=True)
class TrainingSet:
    """All labelled applicants in the order of their keys."""

    keys: NDArray[np.int64]
    features: Matrix
    target: NDArray[np.int8]
    names: tuple[str, ...]


def is_current(settings: Settings, contract: Contract) -> bool:
    """Whether the stored feature rows were made from these tables by this SQL."""
    try:
        stored = _about(settings.features_file, _REMEDY_FEATURES, _TOLD_OF_FEATURES)
    except PortfolioMissing:
        return False
    tables = _about(settings.tables_file, _REMEDY_TABLES, _TOLD_OF_TABLES)
    sql = feature_sql.fingerprint(feature_sql.read(settings.sql_dir, contract), contract)
    return stored["tables_fingerprint"] == tables["fingerprint"] and stored["sql_fingerprint"] == sql


def build(settings: Settings, contract: Contract, progress: Progress) -> None:
    """Makes the feature rows of all applicants unless they are current; a reader sees the old file or the new one."""
    if is_current(settings, contract):
        progress("features are current", 1.0)
        return
    tables = _about(settings.tables_file, _REMEDY_TABLES, _TOLD_OF_TABLES)
    sql = feature_sql.read(settings.sql_dir, contract)
    about = {
        "tables_fingerprint": tables["fingerprint"],
        "sql_fingerprint": feature_sql.fingerprint(sql, contract),
        "missing_tables": tables["missing_tables"],
    }
    attached = {"tables": settings.tables_file}
    with building(settings.features_file, attached=attached, threads=settings.threads, memory=BUILD_MEMORY) as file:
        _make_steps(file, sql, contract, progress)
        progress("features: one row per applicant", 0.8)
        _store(file, sql, contract, about)
    progress("features", 1.0)


def _make_steps(file: duckdb.DuckDBPyConnection, sql: FeatureSql, contract: Contract, progress: Progress) -> None:
    """One relation per file; features are kept as temporary tables, so that no step holds the memory of another."""
    for table in contract.tables:
        raw = raw_name(table.name)
        file.execute(f"create temp view {raw} as select * from tables.{raw}")
    for step in sql.staging:
        file.execute(feature_sql.make_view(step))
    for done, step in enumerate(sql.tables):
        progress(f"features: {step.name.replace('_', ' ')}", 0.8 * done / len(sql.tables))
        file.execute(f"create temp table {step.name} as {feature_sql.as_float32(step)}")
    file.execute(feature_sql.make_view(sql.mart))


def _store(file: duckdb.DuckDBPyConnection, sql: FeatureSql, contract: Contract, about: dict[str, object]) -> None:
    names = feature_sql.feature_names(file, sql.mart)
    row = feature_sql.encoded_row(contract, names, _words(about["missing_tables"]))
    file.execute(f"create table feature_rows (applicant_key bigint, target tinyint, features float[{len(names)}])")
    file.execute(
        f"insert into feature_rows select applicant_key, target, {row} from {sql.mart.name} order by applicant_key"
    )
    named = ", ".join(f"({position}, {literal(name)})" for position, name in enumerate(names))
    file.execute(f"create table feature_names as select * from (values {named}) as named (position, name)")
    told = ", ".join(f"({literal(key)}, {literal(json.dumps(value))})" for key, value in about.items())
    file.execute(f"create table about as select * from (values {told}) as told (key, value)")


class FeatureStore:
    """The stored feature rows, opened to read; any number of threads may ask."""

    def __init__(self, database: Database, names: tuple[str, ...], about: dict[str, object]) -> None:
        self._database = database
        self.names = names
        self.missing_tables: tuple[str, ...] = tuple(_words(about["missing_tables"]))
        self.fingerprint: str = _joint_fingerprint(about)
        self.tables_fingerprint = str(about["tables_fingerprint"])
        self.sql_fingerprint = str(about["sql_fingerprint"])

    @classmethod
    def open(cls, path: Path, threads: int = 1) -> FeatureStore:
        """The store in this file; PortfolioMissing when there is none, or the file holds something else."""
        database = open_readonly(path, _REMEDY_FEATURES, threads)
        try:
            return cls(database, _names_of(database), _about_of(database, _TOLD_OF_FEATURES))
        except (duckdb.Error, KeyError, ValueError) as unfit:
            database.close()
            raise _unusable(path, _REMEDY_FEATURES) from unfit

    def row(self, key: str) -> Row:
        """The feature row of one applicant."""
        with self._database.cursor() as cursor:
            found = cursor.execute(
                "select features from feature_rows where applicant_key = ?", [_number(key)]
            ).fetchone()
        if found is None:
            raise _unknown(key)
        return np.array(found[0], dtype=np.float32)

    def training_set(self) -> TrainingSet:
        """All labelled applicants."""
        with self._database.cursor() as cursor:
            rows = cursor.sql(
                "select * from feature_rows where target is not null order by applicant_key"
            ).to_arrow_table()
        return TrainingSet(
            keys=rows["applicant_key"].to_numpy(),
            features=matrix_of(rows, len(self.names)),
            target=rows["target"].to_numpy(),
            names=self.names,
        )

    def matrix(self, keys: Sequence[str]) -> Matrix:
        """The feature rows of these applicants, in this order."""
        numbers = np.array([_number(key) for key in keys], dtype=np.int64)
        wanted = pa.table([pa.array(np.arange(len(keys))), pa.array(numbers)], names=["place", "applicant_key"])
        with self._database.cursor() as cursor:
            cursor.register("wanted", wanted)
            query = "select features from wanted inner join feature_rows using (applicant_key) order by place"
            rows = cursor.sql(query).to_arrow_table()
            known = rows.num_rows == len(keys)
            absent = (
                None
                if known
                else cursor.execute(
                    "select applicant_key from wanted anti join feature_rows using (applicant_key) limit 1"
                ).fetchone()
            )
        if absent is not None:
            raise _unknown(str(absent[0]))
        return matrix_of(rows, len(self.names))

    def close(self) -> None:
        self._database.close()


def matrix_of(rows: pa.Table, width: int) -> Matrix:
    """The column `features` of these rows as one block of float32, without passing through Python numbers."""
    matrix = np.empty((rows.num_rows, width), dtype=np.float32)
    filled = 0
    for batch in rows.to_batches():
        values = pc.list_flatten(batch.column("features")).to_numpy(zero_copy_only=False)
        matrix[filled : filled + batch.num_rows] = values.reshape(-1, width)
        filled += batch.num_rows
    return matrix


def _number(key: str) -> int:
    if not key.isascii() or not key.isdecimal() or len(key) > 18:
        raise _unknown(key)
    return int(key)


def _unknown(key: str) -> UnknownApplicant:
    return UnknownApplicant(f"Client {key[:30]!r} is not in this portfolio; check the number.")


def _about(path: Path, remedy: str, told: Sequence[str]) -> dict[str, object]:
    """What the file says about itself; PortfolioMissing where it does not say all of `told`."""
    database = open_readonly(path, remedy)
    try:
        return _about_of(database, told)
    except (duckdb.Error, KeyError, ValueError) as unfit:
        raise _unusable(path, remedy) from unfit
    finally:
        database.close()


def _about_of(database: Database, told: Sequence[str]) -> dict[str, object]:
    with database.cursor() as cursor:
        about = dict(cursor.execute("select key, value from about").fetchall())
    return {key: json.loads(about[key]) for key in told}


def _names_of(database: Database) -> tuple[str, ...]:
    """The features in the order of the row; duckdb.Error where there are no rows to read."""
    with database.cursor() as cursor:
        cursor.execute("select applicant_key, target, features from feature_rows limit 0")
        named = cursor.execute("select name from feature_names order by position").fetchall()
    return tuple(row[0] for row in named)


def _unusable(path: Path, remedy: str) -> PortfolioMissing:
    return PortfolioMissing(f"{path.name} in {path.parent} is not a file of a portfolio as it must be; {remedy}")


def _joint_fingerprint(about: dict[str, object]) -> str:
    joint = f"{about['tables_fingerprint']} {about['sql_fingerprint']}"
    return hashlib.sha256(joint.encode()).hexdigest()


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []
