"""Each child table folded to one row per key, in SQL and in pandas: the same aggregates, timed in turn.

Count, and sum, least and greatest of every number: what most features of a table are made of.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import pandas as pd

from core.portfolio import contract_file
from core.portfolio.contract import WHOLE_KINDS, Contract, Kind, Table
from core.portfolio.database import literal, quoted
from core.settings import Settings

RUNS = 3
_NUMBERS = (WHOLE_KINDS | {Kind.MONEY, Kind.RATIO, Kind.SCORE, Kind.YEARS}) - {Kind.IDENTIFIER, Kind.TARGET}


def run(own: Settings) -> None:
    contract = contract_file.read(own.contract_file)
    print("\nFeature build per table: count, sum, least, greatest of every number per key, SQL beside pandas")
    for table in contract.tables:
        file = own.raw_dir / f"{table.files[0]}.parquet"
        if not table.required and file.is_file():
            print(_line(contract, table, file))


def _line(contract: Contract, table: Table, file: Path) -> str:
    key = table.via.column if table.via else contract.portfolio.key
    columns = contract.columns[table.name].items()
    numbers = [name for name, column in columns if column.kind in _NUMBERS and not column.is_text and name != key]
    sql, frames = [], []
    for _ in range(RUNS):
        sql.append(_seconds(lambda: _by_sql(file, key, numbers)))
        frames.append(_seconds(lambda: _by_pandas(file, key, numbers)))
    assert _by_sql(file, key, numbers) == _by_pandas(file, key, numbers), "both sides must make the same rows"
    ratio = median(frames) / median(sql)
    return (
        f"  {table.name:<24}{median(sql):7.3f} s SQL {median(frames):7.3f} s pandas   {ratio:5.1f} × as long in pandas"
    )


def _by_sql(file: Path, key: str, numbers: list[str]) -> int:
    made = ", ".join(f"sum({quoted(n)}), min({quoted(n)}), max({quoted(n)})" for n in numbers)
    query = f"select {quoted(key)}, count(*), {made} from read_parquet({literal(str(file))}) group by 1"
    with duckdb.connect(config={"threads": "2"}) as connection:
        return connection.sql(query).to_arrow_table().num_rows


def _by_pandas(file: Path, key: str, numbers: list[str]) -> int:
    rows = pd.read_parquet(file, columns=[key, *numbers])
    groups = rows.groupby(key)
    return len(groups[numbers].agg(["sum", "min", "max"]).assign(count=groups.size()))


def _seconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started
