"""Given payments, expect features: an instalment counts once, in the state known at the application."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, nan
from pathlib import Path

import duckdb
import pytest

from core.portfolio import contract_file, feature_sql
from core.portfolio.application import Application
from core.portfolio.contract import Contract
from core.portfolio.feature_row import RowBuilder
from core.portfolio.features import FeatureStore

from .sql_portfolio import AN_APPLICATION, feature_rows, settings_in

Row = dict[str, object]
Made = Callable[..., dict[str, float]]


def payment(
    due: int,
    paid: int | None,
    amount: float | None,
    number: int = 1,
    plan: int = 1,
    loan: int = 32,
    asked: float = 30.0,
) -> Row:
    return {
        "SK_ID_CURR": 1,
        "SK_ID_PREV": loan,
        "NUM_INSTALMENT_VERSION": plan,
        "NUM_INSTALMENT_NUMBER": number,
        "DAYS_INSTALMENT": due,
        "DAYS_ENTRY_PAYMENT": paid,
        "AMT_INSTALMENT": asked,
        "AMT_PAYMENT": amount,
    }


@pytest.fixture(scope="module")
def contract(project_root: Path) -> Contract:
    return contract_file.read(project_root / "data" / "home_credit" / "contract.toml")


@pytest.fixture
def made(contract: Contract, project_root: Path) -> Made:
    """The features of a client with these payments, NaN = missing: the two files of SQL and nothing else."""
    sql = project_root / "data" / "home_credit" / "sql"

    def make(*payments: Row) -> dict[str, float]:
        with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
            connection.execute(feature_sql.make_raw_table(contract, "installments_payments"))
            for row in payments:
                connection.execute(
                    f"insert into raw_installments_payments ({', '.join(row)}) values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
            for file in ("staging/stg_installments_payments.sql", "features/instalments.sql"):
                step = feature_sql.Step(Path(file).stem, (sql / file).read_text("utf-8"))
                connection.execute(feature_sql.make_view(step))
            found = connection.execute("select * from instalments")
            names = [str(column[0]).removeprefix("instalment_") for column in found.description or ()]
            rows = found.fetchall()
        assert len(rows) <= 1
        values = rows[0] if rows else [0] * len(names)
        return {name: nan if value is None else float(value) for name, value in zip(names, values, strict=True)}

    return make


def some(row: dict[str, float], *names: str) -> list[float]:
    return [row[name] for name in names]


def test_an_instalment_paid_in_two_parts_is_one_instalment_paid_in_full(made: Made) -> None:
    row = made(payment(-60, -65, 10.5), payment(-60, -61, 19.5))
    assert some(row, "count", "due_sum", "paid_sum", "paid_min", "paid_ratio") == [1, 30, 30, 30, 1]
    assert some(row, "short_count", "short_share", "short_sum", "short_max", "3m_short_share") == [0, 0, 0, 0, 0]
    assert some(row, "late_count", "after_due_mean") == [0, -1]


def test_an_instalment_is_as_late_as_its_last_part(made: Made) -> None:
    row = made(payment(-60, -61, 10.0), payment(-60, -53, 20.0))
    assert some(row, "late_count", "late_share", "days_late_sum", "days_late_max") == [1, 1, 7, 7]


def test_parts_that_do_not_add_up_are_short_by_what_is_missing(made: Made) -> None:
    row = made(payment(-60, -61, 10.0), payment(-60, -61, 19.875))
    assert some(row, "short_count", "short_sum", "short_max") == [1, 0.125, 0.125]


@pytest.mark.parametrize("other", [{"number": 2}, {"plan": 2}, {"loan": 33}])
def test_another_number_plan_or_loan_is_another_instalment(other: dict[str, int], made: Made) -> None:
    row = made(payment(-60, -61, 30.0), payment(-60, -61, 12.0, **other))
    assert some(row, "count", "due_sum", "short_count", "short_sum") == [2, 60, 1, 18]


def test_an_unpaid_overdue_instalment_is_late_since_its_due_day_and_short_by_all_of_it(made: Made) -> None:
    row = made(payment(-40, None, None))
    assert some(row, "unpaid_count", "late_count", "late_30d_count", "days_late_max") == [1, 1, 1, 40]
    assert some(row, "short_count", "short_sum", "short_ratio", "latest_late_day") == [1, 30, 1, -40]
    assert isnan(row["after_due_mean"])


def test_a_payment_after_the_application_counts_as_not_yet_paid(made: Made) -> None:
    unpaid = made(payment(-40, None, None))
    assert made(payment(-40, 1, 30.0)) == pytest.approx(unpaid, rel=0, abs=0, nan_ok=True)


def test_an_instalment_completed_after_the_application_is_short_by_the_later_part(made: Made) -> None:
    row = made(payment(-40, -41, 10.0), payment(-40, 5, 20.0))
    assert some(row, "paid_sum", "short_sum", "unpaid_count", "days_late_max") == [10, 20, 1, 40]


@pytest.mark.parametrize(("paid", "short", "unpaid"), [(-1, 0, 0), (0, 0, 0), (1, 30, 1)])
def test_a_payment_counts_up_to_the_day_of_the_application(paid: int, short: int, unpaid: int, made: Made) -> None:
    row = made(payment(-3, paid, 30.0))
    assert some(row, "short_sum", "unpaid_count") == [short, unpaid]
    assert row["days_late_max"] == min(paid, 0) + 3


@pytest.mark.parametrize(("due", "count"), [(-1, 1), (0, 1), (1, 0)])
def test_an_instalment_counts_when_due_up_to_the_day_of_the_application(due: int, count: int, made: Made) -> None:
    assert made(payment(due, -5, 30.0))["count"] == count


@pytest.mark.parametrize(("due", "late"), [(-1, 1), (0, 0)])
def test_what_is_due_on_the_day_of_the_application_is_not_yet_late(due: int, late: int, made: Made) -> None:
    assert made(payment(due, None, None))["late_count"] == late


@pytest.mark.parametrize(("days", "over_5", "over_30"), [(5, 0, 0), (6, 1, 0), (30, 1, 0), (31, 1, 1)])
def test_delays_count_above_5_and_above_30_days(days: int, over_5: int, over_30: int, made: Made) -> None:
    row = made(payment(-100, -100 + days, 30.0))
    assert some(row, "late_5d_share", "late_30d_share") == [over_5, over_30]


@pytest.mark.parametrize(("months", "days"), [(3, 90), (6, 180), (12, 365), (24, 730)])
def test_a_window_holds_the_instalments_due_within_its_days(months: int, days: int, made: Made) -> None:
    inside, outside = payment(-days, None, None), payment(-days - 1, -days - 1, 30.0, number=2)
    row = made(inside, outside)
    names = ("count", "late_count", "late_share", "days_late_mean", "short_share", "short_ratio")
    assert some(row, *(f"{months}m_{name}" for name in names)) == [1, 1, 1, days, 1, 1]


def test_parts_give_one_applicant_alone_the_same_bits_as_the_training_table(tmp_path: Path, contract: Contract) -> None:
    amounts = [0.1, 0.2, 7.333, 1e7 + 0.001, 3.3]
    payments = [
        payment(-9 * n, -9 * n + part, amount / part, n) for n, amount in enumerate(amounts, 1) for part in (3, 7)
    ]
    feature_rows(tmp_path, contract, {"application": [AN_APPLICATION], "installments_payments": payments})
    settings = settings_in(tmp_path)
    store = FeatureStore.open(settings.features_file)
    builder = RowBuilder(contract, settings.sql_dir, settings.tables_file)
    application = Application(fields={**dict.fromkeys(contract.main_columns), **AN_APPLICATION})  # type: ignore[dict-item]
    assert builder.row(application, "1").tobytes() == store.row("1").tobytes()
    builder.close()
    store.close()
