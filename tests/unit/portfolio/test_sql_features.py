"""Given rows, expect rows: the main numbers of each file of features."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest

from core.portfolio import contract_file
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning

from .sql_portfolio import AN_APPLICATION, feature_rows

A, B = {"SK_ID_CURR": 1, "SK_ID_BUREAU": 11}, {"SK_ID_CURR": 1, "SK_ID_BUREAU": 12}
CARD_MONTH = {"SK_ID_CURR": 1, "SK_ID_PREV": 31, "NAME_CONTRACT_STATUS": "Active"}
POS_MONTH = {"SK_ID_CURR": 1, "SK_ID_PREV": 32, "NAME_CONTRACT_STATUS": "Active"}
PAYMENT = {"SK_ID_CURR": 1, "SK_ID_PREV": 32, "NUM_INSTALMENT_VERSION": 1}

HISTORY: dict[str, list[dict[str, object]]] = {
    "application": [dict(AN_APPLICATION), {**AN_APPLICATION, "SK_ID_CURR": 2}],
    "bureau": [
        {**A, "CREDIT_ACTIVE": "Active", "CREDIT_TYPE": "Credit card", "DAYS_CREDIT": -100, "DAYS_CREDIT_UPDATE": -10,
         "AMT_CREDIT_SUM": 1000.0, "AMT_CREDIT_SUM_DEBT": 250.0, "AMT_CREDIT_MAX_OVERDUE": 5.5,
         "CNT_CREDIT_PROLONG": 2},
        {**B, "CREDIT_ACTIVE": "Closed", "CREDIT_TYPE": "Consumer credit", "DAYS_CREDIT": -900,
         "DAYS_ENDDATE_FACT": -400,
         "DAYS_CREDIT_ENDDATE": -500, "AMT_CREDIT_SUM": 3000.0, "AMT_CREDIT_SUM_DEBT": -7.0, "CNT_CREDIT_PROLONG": 0},
    ],
    "bureau_balance": [
        {"SK_ID_BUREAU": 11, "MONTHS_BALANCE": 0, "STATUS": "0"},
        {"SK_ID_BUREAU": 11, "MONTHS_BALANCE": -1, "STATUS": "2"},
        {"SK_ID_BUREAU": 11, "MONTHS_BALANCE": -2, "STATUS": "X"},
        {"SK_ID_BUREAU": 12, "MONTHS_BALANCE": -14, "STATUS": "1"},
        {"SK_ID_BUREAU": 12, "MONTHS_BALANCE": -13, "STATUS": "C"},
    ],
    "previous_application": [
        {"SK_ID_CURR": 1, "SK_ID_PREV": 31, "NAME_CONTRACT_STATUS": "Refused", "DAYS_DECISION": -50,
         "NAME_CONTRACT_TYPE": "Cash loans", "CODE_REJECT_REASON": "LIMIT",
         "AMT_APPLICATION": 100.0, "AMT_CREDIT": 120.0},
        {"SK_ID_CURR": 1, "SK_ID_PREV": 32, "NAME_CONTRACT_STATUS": "Approved", "DAYS_DECISION": -700,
         "NAME_CONTRACT_TYPE": "Consumer loans", "CODE_REJECT_REASON": "XAP",
         "AMT_APPLICATION": 300.0, "AMT_CREDIT": 240.0,
         "AMT_ANNUITY": 30.0, "CNT_PAYMENT": 10, "DAYS_LAST_DUE": 365243, "NAME_YIELD_GROUP": "high"},
    ],
    "pos_cash_balance": [
        {**POS_MONTH, "MONTHS_BALANCE": -3, "CNT_INSTALMENT": 10, "CNT_INSTALMENT_FUTURE": 8, "SK_DPD": 4},
        {**POS_MONTH, "MONTHS_BALANCE": -2, "CNT_INSTALMENT": 10, "CNT_INSTALMENT_FUTURE": 7, "SK_DPD": 0},
    ],
    "installments_payments": [
        {**PAYMENT, "NUM_INSTALMENT_NUMBER": 1, "DAYS_INSTALMENT": -400, "DAYS_ENTRY_PAYMENT": -410,
         "AMT_INSTALMENT": 30.0, "AMT_PAYMENT": 30.0},
        {**PAYMENT, "NUM_INSTALMENT_NUMBER": 2, "DAYS_INSTALMENT": -60, "DAYS_ENTRY_PAYMENT": -54,
         "AMT_INSTALMENT": 30.0, "AMT_PAYMENT": 21.0},
    ],
    "credit_card_balance": [
        {**CARD_MONTH, "MONTHS_BALANCE": -1, "AMT_BALANCE": 600.0, "AMT_CREDIT_LIMIT_ACTUAL": 500.0, "SK_DPD": 0},
        {**CARD_MONTH, "MONTHS_BALANCE": -9, "AMT_BALANCE": 0.0, "AMT_CREDIT_LIMIT_ACTUAL": 500.0, "SK_DPD": 3},
    ],
}  # fmt: skip

EXPECTED = {
    "application": {
        "score_mean": 0.6,
        "score_lowest": 0.5,
        "score_product": 0.21,
        "score_weighted": (2 * 0.5 + 0.6 + 3 * 0.7) / 6,
        "score_missing_count": 0,
        "burden_annuity_to_income": 0.125,
        "burden_credit_to_income": 2.5,
        "asked_term": 20,
        "asked_down_payment_share": 0,
        "work_years": 4,
        "age_years": 40,
    },
    "bureau": {
        "bureau_loan_count": 2,
        "bureau_active_share": 0.5,
        "bureau_debt_sum": 250,  # a negative debt is none
        "bureau_debt_to_credit": 0.0625,
        "bureau_max_overdue_max": 5.5,
        "bureau_prolonged_count": 2,
        "bureau_latest_closed_day": -400,
        "bureau_closed_late_count": 1,
        "bureau_opened_365d_count": 1,
        "bureau_card_debt_to_credit": 0.25,
        "bureau_debt_to_income": 0.00125,
    },
    "bureau_balance": {
        "bureau_month_count": 5,
        "bureau_month_late_count": 2,
        "bureau_month_late_share": 2 / 3,
        "bureau_month_worst": 2,
        "bureau_month_late_12m_count": 1,
        "bureau_month_latest_late": -1,
        "bureau_month_active_late_share": 0.5,
    },
    "previous_application": {
        "previous_count": 2,
        "previous_refused_share": 0.5,
        "previous_last_refused": 1,
        "previous_reason_limit_count": 1,
        "previous_refused_365d_share": 1,
        "previous_granted_share": 0.9,
        "previous_cost_ratio": 1.25,
        "previous_running_count": 1,  # 365243 = no last due day yet
        "previous_yield_high_share": 1,
    },
    "pos_cash_balance": {
        "pos_loan_count": 1,
        "pos_late_share": 0.5,
        "pos_days_late_max": 4,
        "pos_remaining_sum": 7,
        "pos_remaining_share": 0.7,
        "pos_completed_count": 0,
    },
    "installments_payments": {
        "instalment_count": 2,
        "instalment_late_share": 0.5,
        "instalment_days_late_max": 6,
        "instalment_after_due_mean": -2,
        "instalment_short_sum": 9,
        "instalment_paid_ratio": 0.85,
        "instalment_3m_late_share": 1,
        "instalment_late_trend": 1,
        "instalment_short_trend": 1,
    },
    "credit_card_balance": {
        "card_month_count": 2,
        "card_balance_last": 600,
        "card_use": 0.6,
        "card_use_6m": 1.2,
        "card_use_max": 1.2,
        "card_use_trend": 1.2,
        "card_above_limit_count": 1,
        "card_late_share": 0.5,
    },
}


@pytest.fixture(scope="module")
def contract(project_root: Path) -> Contract:
    return contract_file.read(project_root / "data" / "home_credit" / "contract.toml")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> dict[str, dict[str, float]]:
    return feature_rows(tmp_path_factory.mktemp("history"), contract, HISTORY)


@pytest.mark.parametrize("table", EXPECTED)
def test_given_rows_make_the_expected_features(table: str, rows: dict[str, dict[str, float]]) -> None:
    got = {name: rows["1"][name] for name in EXPECTED[table]}
    assert got == pytest.approx(EXPECTED[table], rel=1e-6)


def test_a_client_without_history_has_no_loans_but_no_invented_amounts(rows: dict[str, dict[str, float]]) -> None:
    counts = [value for name, value in rows["2"].items() if name in ("bureau_loan_count", "pos_late_count")]
    assert counts == [0, 0]
    assert isnan(rows["2"]["bureau_debt_sum"])
    assert isnan(rows["2"]["instalment_late_share"])


@pytest.mark.parametrize("missing", ["bureau", "bureau_balance", "previous_application", "installments_payments"])
def test_all_features_of_a_table_that_was_not_imported_are_missing(
    missing: str, tmp_path: Path, contract: Contract
) -> None:
    given = {table: rows for table, rows in HISTORY.items() if table != missing}
    row = feature_rows(tmp_path, contract, given, missing=[missing])["1"]
    known = {
        name for name, value in row.items() if feature_meaning(contract, name).table == missing and not isnan(value)
    }
    assert known == set()


def test_without_the_bureau_its_monthly_reports_are_missing_too(tmp_path: Path, contract: Contract) -> None:
    row = feature_rows(tmp_path, contract, {"application": HISTORY["application"]}, missing=["bureau"])["1"]
    assert all(isnan(value) for name, value in row.items() if name.startswith("bureau_"))


def test_nothing_after_the_application_changes_a_feature(
    tmp_path: Path, contract: Contract, rows: dict[str, dict[str, float]]
) -> None:
    later: dict[str, list[dict[str, object]]] = {
        "bureau": [
            {**A, "SK_ID_BUREAU": 13, "DAYS_CREDIT": 1, "CREDIT_ACTIVE": "Active", "AMT_CREDIT_SUM": 9.0},
            {**A, "SK_ID_BUREAU": 14, "DAYS_CREDIT": -1, "DAYS_CREDIT_UPDATE": 1, "CREDIT_ACTIVE": "Active"},
        ],
        "bureau_balance": [
            {"SK_ID_BUREAU": 11, "MONTHS_BALANCE": 1, "STATUS": "5"},
            {"SK_ID_BUREAU": 13, "MONTHS_BALANCE": -1, "STATUS": "5"},
        ],
        "previous_application": [
            {"SK_ID_CURR": 1, "SK_ID_PREV": 39, "NAME_CONTRACT_STATUS": "Refused", "DAYS_DECISION": 1}
        ],
        "pos_cash_balance": [{**POS_MONTH, "MONTHS_BALANCE": 1, "CNT_INSTALMENT_FUTURE": 0, "SK_DPD": 99}],
        "installments_payments": [
            {
                **PAYMENT,
                "NUM_INSTALMENT_NUMBER": 3,
                "DAYS_INSTALMENT": 1,
                "DAYS_ENTRY_PAYMENT": -1,
                "AMT_INSTALMENT": 9.0,
                "AMT_PAYMENT": 9.0,
            },
        ],
        "credit_card_balance": [{**CARD_MONTH, "MONTHS_BALANCE": 1, "AMT_BALANCE": 9e6, "SK_DPD": 99}],
    }
    given = {table: [*rows_, *later.get(table, [])] for table, rows_ in HISTORY.items()}
    assert feature_rows(tmp_path, contract, given)["1"] == pytest.approx(rows["1"], rel=0, abs=0, nan_ok=True)


def test_no_feature_of_an_unusual_history_is_infinite(tmp_path: Path, contract: Contract) -> None:
    zero = {name: 0 for name in AN_APPLICATION if name != "SK_ID_CURR"}
    empty = {"SK_ID_CURR": 1, "SK_ID_PREV": 31, "MONTHS_BALANCE": -1}
    given = {
        "application": [{**zero, "SK_ID_CURR": 1}],
        "bureau": [{**A, "DAYS_CREDIT": 0, "AMT_CREDIT_SUM": 0.0, "AMT_CREDIT_SUM_DEBT": 5.0}],
        "previous_application": [{"SK_ID_CURR": 1, "SK_ID_PREV": 31, "DAYS_DECISION": 0, "AMT_CREDIT": 5.0}],
        "credit_card_balance": [{**empty, "AMT_BALANCE": 5.0, "AMT_CREDIT_LIMIT_ACTUAL": 0.0}],
        "pos_cash_balance": [empty],
        "installments_payments": [{**PAYMENT, "DAYS_INSTALMENT": 0, "AMT_INSTALMENT": 0.0}],
    }
    row = feature_rows(tmp_path, contract, given)["1"]
    assert max(abs(value) for value in row.values() if not isnan(value)) < 1e6
