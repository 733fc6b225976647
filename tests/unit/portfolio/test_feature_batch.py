"""Many applications at once give the rows that each gives alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.portfolio import contract_file, features
from core.portfolio.application import Application
from core.portfolio.contract import Contract
from core.portfolio.feature_batch import Row, RowBatch, RowRequest
from core.portfolio.feature_row import RowBuilder
from core.portfolio.features import FeatureStore
from core.progress import silent
from core.settings import Settings

from .sql_portfolio import AN_APPLICATION, settings_in, write_tables
from .test_sql_features import HISTORY

KEYS = ("1", "2", "3")
TEXTS = {"NAME_CONTRACT_TYPE": "Revolving loans", "FLAG_OWN_CAR": "Y", "CODE_GENDER": "XNA"}


@pytest.fixture(scope="module")
def contract(project_root: Path) -> Contract:
    return contract_file.read(project_root / "data" / "home_credit" / "contract.toml")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Settings:
    """Three clients, the first with a history; one of its tables was not imported."""
    settings = replace(settings_in(tmp_path_factory.mktemp("batch")), threads=1)
    clients = [
        dict(AN_APPLICATION),
        {**AN_APPLICATION, **TEXTS, "SK_ID_CURR": 2, "TARGET": 1},
        {**AN_APPLICATION, "SK_ID_CURR": 3, "AMT_INCOME_TOTAL": 90_003.0, "TARGET": None},
    ]
    write_tables(settings, contract, {**HISTORY, "application": clients}, missing=("credit_card_balance",))
    features.build(settings, contract, silent)
    return settings


@pytest.fixture(scope="module")
def batch(desk: Settings, contract: Contract) -> Iterator[RowBatch]:
    opened = RowBatch(contract, desk.sql_dir, desk.tables_file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def applications(desk: Settings, contract: Contract) -> dict[str, Application]:
    fields = [dict.fromkeys(contract.main_columns) | dict(AN_APPLICATION)]
    fields += [{**fields[0], **TEXTS, "SK_ID_CURR": 2}, {**fields[0], "SK_ID_CURR": 3, "AMT_INCOME_TOTAL": 90_003.0}]
    return {key: Application(own) for key, own in zip(KEYS, fields, strict=True)}  # type: ignore[arg-type]


def bits(row: Row | None) -> bytes:
    assert row is not None
    return row.tobytes()


def test_stored_clients_get_the_rows_of_the_training_table(
    desk: Settings, batch: RowBatch, applications: dict[str, Application]
) -> None:
    rows = batch.rows([RowRequest(applications[key], key) for key in reversed(KEYS)])
    store = FeatureStore.open(desk.features_file)
    try:
        assert [bits(row) for row in rows] == [bits(store.row(key)) for key in reversed(KEYS)]
        assert batch.names == store.names
    finally:
        store.close()


def test_applications_without_a_past_and_with_anothers_get_the_rows_they_get_alone(
    desk: Settings, contract: Contract, batch: RowBatch, applications: dict[str, Application]
) -> None:
    requests = [
        RowRequest(applications["1"], None),
        RowRequest(applications["2"], "1"),
        RowRequest(applications["3"], None),
        RowRequest(applications["3"], "1"),  # the same past twice
    ]
    builder = RowBuilder(contract, desk.sql_dir, desk.tables_file)
    try:
        alone = [builder.row(request.application, request.history_of) for request in requests]
    finally:
        builder.close()
    assert [bits(row) for row in batch.rows(requests)] == [bits(row) for row in alone]
    assert not np.array_equal(alone[2], alone[3], equal_nan=True)  # the past matters


@pytest.mark.parametrize("client", ["4", "0", "x", "", "9" * 40])
def test_a_client_that_is_not_in_the_portfolio_gets_no_row(
    batch: RowBatch, applications: dict[str, Application], client: str
) -> None:
    unknown, known = batch.rows([RowRequest(applications["1"], client), RowRequest(applications["1"], "1")])
    assert unknown is None
    assert known is not None
    assert batch.rows([RowRequest(applications["1"], client)]) == [None]


def test_no_application_gives_no_row(batch: RowBatch) -> None:
    assert batch.rows([]) == []
