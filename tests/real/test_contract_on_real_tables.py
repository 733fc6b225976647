"""The contract against the real tables: same columns, and real values are not called bad."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.portfolio import contract_file, cross_checks
from core.portfolio.application import problems
from core.portfolio.contract import Column, Contract

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[2]
CONTRACT: Contract = contract_file.read(ROOT / "data" / "home_credit" / "contract.toml")
LARGEST_BAD_SHARE = 0.001  # of a column's values
FILES = [
    ("application", "application_train.parquet"),
    ("application", "subset10k/application_test.parquet"),
    ("bureau", "subset10k/bureau.parquet"),
    ("bureau_balance", "subset10k/bureau_balance.parquet"),
    ("previous_application", "subset10k/previous_application.parquet"),
    ("pos_cash_balance", "subset10k/POS_CASH_balance.parquet"),
    ("installments_payments", "subset10k/installments_payments_PARTIAL.parquet"),
    ("credit_card_balance", "subset10k/credit_card_balance.parquet"),
]


def is_bad(name: str, column: Column) -> tuple[str, list[object]]:
    """Condition and its parameters: the value breaks the contract."""
    sentinels: list[object] = list(column.sentinels)
    if column.is_text:
        allowed = [*column.choice_labels, *sentinels]
        broken, given = f'"{name}" not in ({_marks(allowed)})', allowed
    else:
        lowest, highest = column.limits
        known = [(f'"{name}" < ?', lowest), (f'"{name}" > ?', highest)]
        bounds = [(condition, limit) for condition, limit in known if limit is not None]
        broken, given = " or ".join(c for c, _ in bounds) or "false", [limit for _, limit in bounds]
        if sentinels:
            broken, given = f'({broken}) and "{name}" not in ({_marks(sentinels)})', [*given, *sentinels]
    return (broken if column.nullable else f'({broken}) or "{name}" is null'), given


def _marks(values: list[object]) -> str:
    return ", ".join("?" * len(values))


@pytest.mark.parametrize(("table", "file"), FILES, ids=[file for _, file in FILES])
def test_real_values_lie_inside_the_contract(real_data: Path, table: str, file: str) -> None:
    con = duckdb.connect(config={"threads": 2})
    source = str(real_data / "home_credit" / file)
    columns = [row[0] for row in con.execute("describe select * from read_parquet(?)", [source]).fetchall()]
    unlabelled = {CONTRACT.portfolio.target} if "test" in file else set()
    assert set(columns) == CONTRACT.columns[table].keys() - unlabelled
    judged = {name: is_bad(name, CONTRACT.columns[table][name]) for name in columns}
    shares = ", ".join(f"avg(coalesce({broken}, false)::double)" for broken, _ in judged.values())
    given = [value for _, values in judged.values() for value in values]
    (measured,) = con.execute(f"select {shares} from read_parquet(?)", [*given, source]).fetchall()
    bad = {name: share for name, share in zip(columns, measured, strict=True) if share >= LARGEST_BAD_SHARE}
    con.close()
    assert bad == {}


def test_real_applications_are_accepted_by_the_form(real_data: Path) -> None:
    con = duckdb.connect(config={"threads": 2})
    source = str(real_data / "home_credit" / "application_train.parquet")
    cursor = con.execute("select * from read_parquet(?) using sample 500 rows (reservoir, 7)", [source])
    names = [column[0] for column in cursor.description]
    refused = [found for row in cursor.fetchall() if (found := problems(CONTRACT, dict(zip(names, row, strict=True))))]
    con.close()
    assert refused == []


@pytest.mark.parametrize("file", ["application_train.parquet", "subset10k/application_test.parquet"])
def test_no_real_application_breaks_a_cross_check(real_data: Path, file: str) -> None:
    names = sorted({name for check in CONTRACT.cross_checks for name in (check.column, check.other)})
    columns = ", ".join(f'"{name}"' for name in names)
    con = duckdb.connect(config={"threads": 2})
    rows = con.execute(f"select {columns} from read_parquet(?)", [str(real_data / "home_credit" / file)]).fetchall()
    con.close()
    refused = sum(bool(cross_checks.broken(CONTRACT, dict(zip(names, row, strict=True)))) for row in rows)
    assert (refused, len(rows) > 1_000) == (0, True)
