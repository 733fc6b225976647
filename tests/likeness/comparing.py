"""Two samples of a portfolio's tables compared column by column, read through the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from core.portfolio.contract import Column, Contract, Kind, Table
from core.portfolio.database import literal, quoted
from core.portfolio.import_source import find
from tests.likeness.report import ColumnLikeness, FanOut, Likeness, Strength

FEWEST_VALUES = 200  # fewer known values on a side say nothing about a distribution
NOT_COMPARED = (Kind.IDENTIFIER, Kind.TARGET)

Values = NDArray[np.generic]  # (values,), numbers or texts


@dataclass(frozen=True)
class Sample:
    """The raw tables of one side, as SQL relations by the contract's table names; labelled applicants only."""

    relations: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path, contract: Contract) -> Sample:
        """The tables found in a folder; columns must be spelled as in the contract."""
        files = {name: [file.path for file in found] for name, found in find(folder, contract).files.items() if found}
        relations = {
            name: f"read_parquet([{', '.join(literal(str(p)) for p in paths)}], union_by_name = true)"
            for name, paths in files.items()
        }
        main, target = contract.main.name, quoted(contract.portfolio.target)
        labelled = f"(select * from {relations[main]} where {target} is not null)"
        return cls(relations | {main: labelled})


def _is_text(column: Column) -> bool:
    return column.kind is Kind.CATEGORY or (column.kind is Kind.FLAG and bool(column.choices))


def _known(con: duckdb.DuckDBPyConnection, relation: str, name: str, column: Column) -> tuple[Values, int]:
    """The known values of a column (sentinels apart) and the number of all rows."""
    kind = "varchar" if _is_text(column) else "double"
    known = [f"cast({literal(str(s)) if kind == 'varchar' else s} as {kind})" for s in column.sentinels]
    value = f"cast({quoted(name)} as {kind})"
    unless = f"and {value} not in ({', '.join(known)})" if known else ""
    total = con.execute(f"select count(*) from {relation}").fetchone()
    got = con.execute(f"select {value} as v from {relation} where {quoted(name)} is not null {unless}").fetchnumpy()
    return np.asarray(got["v"], dtype=str if kind == "varchar" else np.float64), int(total[0]) if total else 0


def _distance(measure: str, first: Values, second: Values) -> float:
    if measure == "shares":
        return total_variation(first, second)
    return float(ks_2samp(first, second, method="asymp").statistic)  # asymptotic: nobody reads its p-value


def total_variation(first: Values, second: Values) -> float:
    """Half the sum of the differences of all shares, 0..1."""
    shares = [dict(zip(*np.unique(side, return_counts=True), strict=True)) for side in (first, second)]
    return 0.5 * sum(
        abs(float(shares[0].get(key, 0)) / len(first) - float(shares[1].get(key, 0)) / len(second))
        for key in {**shares[0], **shares[1]}
    )


def _compare_column(
    con: duckdb.DuckDBPyConnection, table: str, name: str, column: Column, synthetic: str, real: str
) -> ColumnLikeness:
    ours, our_rows = _known(con, synthetic, name, column)
    theirs, their_rows = _known(con, real, name, column)
    enough = min(len(ours), len(theirs)) >= FEWEST_VALUES
    measure = "shares" if _is_text(column) else "quantiles"
    distance = _distance(measure, ours, theirs) if enough else None
    return ColumnLikeness(table, name, measure, 1 - len(ours) / our_rows, 1 - len(theirs) / their_rows, distance)


def _owned(table: Table, contract: Contract, sample: Sample) -> str:
    """SQL: the applicant key of each row of a child table."""
    key, rows = quoted(contract.portfolio.key), sample.relations[table.name]
    if table.via is None:
        return f"(select {key} as k from {rows})"
    link = quoted(table.via.column)
    return f"(select p.{key} as k from {rows} c join {sample.relations[table.via.table]} p on c.{link} = p.{link})"


def _fan_out(con: duckdb.DuckDBPyConnection, table: Table, contract: Contract, sample: Sample) -> tuple[float, float]:
    key, main = quoted(contract.portfolio.key), sample.relations[contract.main.name]
    row = con.execute(
        f"with owned as (select k, count(*) as n from {_owned(table, contract, sample)} "
        f"where k in (select {key} from {main}) group by k) "
        f"select coalesce(avg(n), 0), count(*) / (select count(*) from {main}) from owned"
    ).fetchone()
    return (float(row[0]), float(row[1])) if row else (0.0, 0.0)


def _strength(con: duckdb.DuckDBPyConnection, relation: str, name: str, column: Column, target: str) -> float:
    value = f"cast({quoted(name)} as {'varchar' if _is_text(column) else 'double'})"
    if _is_text(column):
        value = f"avg({target}) over (partition by {value})"
    numbers = [f"cast({s} as double)" for s in column.sentinels if not isinstance(s, str)]
    unless = f"and {quoted(name)} not in ({', '.join(numbers)})" if numbers else ""
    got = con.execute(
        f"select {value} as v, cast({target} as double) as y from {relation} where {quoted(name)} is not null {unless}"
    ).fetchnumpy()
    positives = int(np.sum(got["y"]))
    if positives < FEWEST_VALUES // 4 or positives == len(got["y"]):
        return 0.0
    return abs(float(roc_auc_score(got["y"], got["v"])) - 0.5)


def _strengths(con: duckdb.DuckDBPyConnection, contract: Contract, synthetic: str, real: str) -> tuple[Strength, ...]:
    target = quoted(contract.portfolio.target)
    columns = [(n, c) for n, c in contract.main_columns.items() if c.kind not in NOT_COMPARED]
    strengths = [
        Strength(n, _strength(con, synthetic, n, c, target), _strength(con, real, n, c, target)) for n, c in columns
    ]
    return tuple(sorted(strengths, key=lambda strength: -strength.real))


def compare(synthetic: Path, real: Path, contract: Contract, real_main: Path | None = None) -> Likeness:
    """Every column of every table both sides have, the fan-out of the children, the strength of the main columns.

    `synthetic` and `real` are folders of Parquet tables; `real_main` is a larger main table to be used for the main
    table's own columns. Unlabelled applications are left out.
    """
    ours, theirs = Sample.of(synthetic, contract), Sample.of(real, contract)
    main = contract.main.name
    large = Sample.of(real_main, contract).relations[main] if real_main else theirs.relations[main]
    compared = [table for table in contract.tables if table.name in ours.relations and table.name in theirs.relations]
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        columns = tuple(
            _compare_column(
                con, t.name, n, c, ours.relations[t.name], large if t.name == main else theirs.relations[t.name]
            )
            for t in compared
            for n, c in contract.columns[t.name].items()
            if c.kind not in NOT_COMPARED
        )
        children = [table for table in compared if not table.required]
        fan_outs = [(t, _fan_out(con, t, contract, ours), _fan_out(con, t, contract, theirs)) for t in children]
        strengths = _strengths(con, contract, ours.relations[main], large)
    return Likeness(
        columns=columns,
        fan_outs=tuple(FanOut(t.name, a[0], b[0], a[1], b[1]) for t, a, b in fan_outs),
        strengths=strengths,
    )
