"""The aggregates of the largest own table, in SQL and in pandas: time and peak memory of a process each.

Both sides read the same Parquet file and make the same one row per client, so the ratio is of like with like.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

CLIENTS, ROWS_PER_CLIENT = 50_000, 40
LARGER_CLIENTS = 307_511  # about 13.6 million rows at 44 per client

_AGGREGATES = """
    with payment as (
        select
            SK_ID_CURR,
            DAYS_INSTALMENT >= -365 as recent,
            greatest(DAYS_ENTRY_PAYMENT - DAYS_INSTALMENT, 0) as late,
            AMT_INSTALMENT::decimal(18, 3) as due,
            AMT_PAYMENT::decimal(18, 3) as paid
        from read_parquet(?)
    )
    select
        SK_ID_CURR,
        count(*) as n,
        sum(late) as late_sum,
        max(late) as late_max,
        sum(greatest(due - paid, 0)) as short_sum,
        max(greatest(due - paid, 0)) as short_max,
        count(*) filter (where late > 0) as late_count,
        sum(paid) as paid,
        sum(due) as due,
        count(*) filter (where recent and late > 0) as late_year,
        sum(late) filter (where recent) as late_sum_year
    from payment
    group by SK_ID_CURR
"""


@dataclass(frozen=True)
class Measured:
    """One side of the comparison."""

    name: str
    seconds: float
    peak_gigabytes: float  # of the whole process, its imports included
    late_days: float  # over all clients: both sides must agree


def write_instalments(path: Path, clients: int, rows_per_client: int) -> None:
    """Instalments with plausible delays and short payments, as Parquet."""
    rows = clients * rows_per_client
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 2")
        connection.execute(
            f"""copy (
                select 100001 + i // {rows_per_client} as SK_ID_CURR, 1000001 + i // 12 as SK_ID_PREV,
                    -60 - (hash(i) % 2900)::bigint as DAYS_INSTALMENT,
                    -60 - (hash(i) % 2900)::bigint + (hash(i + 1) % 50)::bigint - 40 as DAYS_ENTRY_PAYMENT,
                    (hash(i // 12) % 30000) / 2.0 as AMT_INSTALMENT,
                    (hash(i // 12) % 30000) / 2.0 * (case when hash(i + 2) % 10 = 0 then 0.5 else 1 end) as AMT_PAYMENT
                from range({rows}) as made (i)
            ) to '{path}' (format parquet)"""
        )


def by_sql(path: Path) -> float:
    with duckdb.connect(":memory:", config={"threads": "2", "memory_limit": "2500MB"}) as connection:
        connection.execute(f"create temp table made as {_AGGREGATES}", [str(path)])
        found = connection.execute("select sum(late_sum) from made").fetchone()
    return float(found[0]) if found else 0.0


def by_pandas(path: Path) -> float:
    rows = pd.read_parquet(path)
    rows["late"] = (rows["DAYS_ENTRY_PAYMENT"] - rows["DAYS_INSTALMENT"]).clip(lower=0)
    rows["short"] = (rows["AMT_INSTALMENT"] - rows["AMT_PAYMENT"]).clip(lower=0)
    rows["is_late"] = rows["late"] > 0
    recent = rows["DAYS_INSTALMENT"] >= -365
    made = rows.groupby("SK_ID_CURR").agg(
        n=("late", "size"),
        late_sum=("late", "sum"),
        late_max=("late", "max"),
        short_sum=("short", "sum"),
        short_max=("short", "max"),
        late_count=("is_late", "sum"),
        paid=("AMT_PAYMENT", "sum"),
        due=("AMT_INSTALMENT", "sum"),
    )
    year = rows[recent].groupby("SK_ID_CURR").agg(late_year=("is_late", "sum"), late_sum_year=("late", "sum"))
    return float(made.join(year)["late_sum"].sum())


SIDES: tuple[tuple[str, Callable[[Path], float]], ...] = (("DuckDB SQL", by_sql), ("pandas", by_pandas))


def measure(clients: int = CLIENTS, rows_per_client: int = ROWS_PER_CLIENT) -> tuple[Measured, ...]:
    """Time and peak memory of both sides over the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instalments.parquet"
        # In a process of its own: a child's peak begins at what its parent once reached.
        writing = multiprocessing.get_context("spawn").Process(
            target=write_instalments, args=(path, clients, rows_per_client)
        )
        writing.start()
        writing.join()
        return tuple(_in_a_process(name, side, path) for name, side in SIDES)


def _in_a_process(name: str, side: Callable[[Path], float], path: Path) -> Measured:
    """Peak memory never falls within a process, so each side gets its own."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(side, path, sending))
    process.start()
    seconds, peak, late_days = receiving.recv()
    process.join()
    return Measured(name, seconds, peak, late_days)


def _run(side: Callable[[Path], float], path: Path, sending: multiprocessing.connection.Connection) -> None:
    start = time.perf_counter()
    late_days = side(path)
    sending.send((time.perf_counter() - start, _peak(), late_days))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # Linux counts in kilobytes


def bench_features(full: bool = False) -> None:
    """Prints both sides and their ratio; refuses a comparison of different results."""
    sql, pandas = measure(LARGER_CLIENTS, 44) if full else measure()
    assert sql.late_days == pandas.late_days, "both sides must make the same features"
    for side in (sql, pandas):
        print(f"instalments, {side.name:>10}: {side.seconds:6.2f} s, peak {side.peak_gigabytes:5.2f} GB")
    print(
        f"instalments, ratio pandas / SQL: time {pandas.seconds / sql.seconds:.1f}x, "
        f"memory {pandas.peak_gigabytes / sql.peak_gigabytes:.1f}x"
    )


if __name__ == "__main__":
    bench_features(full="--full" in sys.argv)
