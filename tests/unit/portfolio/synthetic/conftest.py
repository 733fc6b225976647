"""One small synthetic portfolio for all tests of the generator."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.portfolio.synthetic.generator import generate

APPLICANTS, NEW_APPLICATIONS = 4_000, 100


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("synthetic") / "raw"
    generate(into, applicants=APPLICANTS, new_applications=NEW_APPLICATIONS, seed=7)
    return into


def _read(portfolio: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(portfolio / f"{name}.parquet")


@pytest.fixture(scope="session")
def people(portfolio: Path) -> pd.DataFrame:
    both = pd.concat([_read(portfolio, "application_train"), _read(portfolio, "application_test")])
    return both.assign(years=-both["DAYS_BIRTH"] / 365.25).set_index("SK_ID_CURR")


@pytest.fixture(scope="session")
def bureau(portfolio: Path) -> pd.DataFrame:
    return _read(portfolio, "bureau")


@pytest.fixture(scope="session")
def bureau_months(portfolio: Path) -> pd.DataFrame:
    return _read(portfolio, "bureau_balance")


@pytest.fixture(scope="session")
def previous(portfolio: Path) -> pd.DataFrame:
    return _read(portfolio, "previous_application").set_index("SK_ID_PREV")


@pytest.fixture(scope="session")
def statements(portfolio: Path) -> pd.DataFrame:
    return _read(portfolio, "POS_CASH_balance")


@pytest.fixture(scope="session")
def instalments(portfolio: Path) -> pd.DataFrame:
    return _read(portfolio, "installments_payments")


@pytest.fixture(scope="session")
def cards(portfolio: Path) -> pd.DataFrame:
    return _read(portfolio, "credit_card_balance")
