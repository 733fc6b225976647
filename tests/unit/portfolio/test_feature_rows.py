"""The feature row: what the contract says of it, its way through the store, and one applicant alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from pathlib import Path
from threading import Thread

import duckdb
import numpy as np
import pytest

from core.errors import PortfolioMissing, UnknownApplicant
from core.portfolio import contract_file, features
from core.portfolio.application import Application
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.feature_row import RowBuilder
from core.portfolio.features import FeatureStore
from core.progress import silent
from core.settings import Settings

from .sql_portfolio import AN_APPLICATION, settings_in, write_tables
from .test_sql_features import HISTORY

TEXTS = {"NAME_CONTRACT_TYPE": "Revolving loans", "FLAG_OWN_CAR": "Y", "CODE_GENDER": "XNA"}
MOVES = {"AMT_INCOME_TOTAL": 1.2, "EXT_SOURCE_1": 1.1, "EXT_SOURCE_2": 1.1, "EXT_SOURCE_3": 1.1}


@pytest.fixture(scope="module")
def contract(project_root: Path) -> Contract:
    return contract_file.read(project_root / "data" / "home_credit" / "contract.toml")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Settings:
    """Five clients: one with a history, one with words, the last one unlabelled."""
    settings = replace(settings_in(tmp_path_factory.mktemp("desk")), threads=1)
    clients: list[dict[str, object]] = [
        {**AN_APPLICATION, "SK_ID_CURR": 5, "TARGET": None},
        *({**AN_APPLICATION, "SK_ID_CURR": key, "AMT_INCOME_TOTAL": 90_000.0 + key} for key in (4, 3)),
        {**AN_APPLICATION, **TEXTS, "SK_ID_CURR": 2, "TARGET": 1},
        dict(AN_APPLICATION),
    ]
    write_tables(settings, contract, {**HISTORY, "application": clients})
    features.build(settings, contract, silent)
    return settings


@pytest.fixture(scope="module")
def store(desk: Settings) -> Iterator[FeatureStore]:
    opened = FeatureStore.open(desk.features_file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def builder(desk: Settings, contract: Contract) -> Iterator[RowBuilder]:
    opened = RowBuilder(contract, desk.sql_dir, desk.tables_file)
    yield opened
    opened.close()


def an_application(contract: Contract, **changed: str | float | None) -> Application:
    return Application(fields={**dict.fromkeys(contract.main_columns), **AN_APPLICATION, **changed})  # type: ignore[dict-item]


def test_every_feature_has_a_meaning_in_the_contract(store: FeatureStore, contract: Contract) -> None:
    assert {feature_meaning(contract, name).family for name in store.names} <= set(contract.families) | {""}
    assert all(feature_meaning(contract, name).label for name in store.names)


def test_the_contract_describes_no_feature_that_the_sql_does_not_make(store: FeatureStore, contract: Contract) -> None:
    assert set(contract.features) - set(store.names) == set()


def test_no_two_features_have_the_same_label(store: FeatureStore, contract: Contract) -> None:
    labels = [feature_meaning(contract, name).label for name in store.names]
    assert {label for label in labels if labels.count(label) > 1} == set()


def test_a_model_may_use_at_least_420_features_without_the_protected_ones(
    store: FeatureStore, contract: Contract
) -> None:
    meanings = [feature_meaning(contract, name) for name in store.names]
    assert len([meaning for meaning in meanings if not meaning.protected]) >= 420


def test_everything_made_of_a_protected_column_is_protected(
    store: FeatureStore, builder: RowBuilder, contract: Contract
) -> None:
    given = {"DAYS_BIRTH": -9_000, "CODE_GENDER": "M", "NAME_FAMILY_STATUS": "Widow"}
    before = builder.row(an_application(contract, CODE_GENDER="F", NAME_FAMILY_STATUS="Married"), "1")
    moved = np.flatnonzero(before != builder.row(an_application(contract, **given), "1"))
    assert {store.names[place] for place in moved if not (np.isnan(before[place]))} >= set(map(str.lower, given))
    unprotected = {store.names[i] for i in moved if not np.isnan(before[i])}
    assert {name for name in unprotected if not feature_meaning(contract, name).protected} == set()


@pytest.mark.parametrize("column", MOVES)
@pytest.mark.parametrize("client", ["1", "4"])
def test_more_income_and_better_scores_move_no_feature_against_its_direction(
    column: str, client: str, builder: RowBuilder, contract: Contract
) -> None:
    value = float(str(AN_APPLICATION[column]))
    before = builder.row(an_application(contract), client)
    after = builder.row(an_application(contract, **{column: value * MOVES[column]}), client)
    moved = np.flatnonzero((before != after) & ~(np.isnan(before) & np.isnan(after)))
    against = {
        builder.names[place]
        for place in moved
        if not (after[place] - before[place]) * feature_meaning(contract, builder.names[place]).direction < 0
    }
    assert len(moved) > 3
    assert against == set()


def test_text_is_stored_by_its_place_in_the_choices_and_sentinels_are_missing(
    store: FeatureStore, contract: Contract
) -> None:
    row = dict(zip(store.names, store.row("2").tolist(), strict=True))
    choices = feature_meaning(contract, "name_contract_type").choices
    assert row["name_contract_type"] == choices.index("Revolving loans")
    assert isnan(row["code_gender"])


def test_the_training_set_holds_the_labelled_clients_by_key(store: FeatureStore) -> None:
    training = store.training_set()
    assert training.keys.tolist() == [1, 2, 3, 4]
    assert training.target.tolist() == [0, 1, 0, 0]
    assert training.features.dtype == np.float32
    assert training.features.tobytes() == np.stack([store.row(key) for key in "1234"]).tobytes()


def test_a_matrix_keeps_the_order_of_the_keys(store: FeatureStore) -> None:
    assert store.matrix(["5", "1", "5"]).tobytes() == np.stack([store.row(key) for key in "515"]).tobytes()


@pytest.mark.parametrize("key", ["6", "-1", "", "one", "1.0", "9" * 30])
def test_an_unknown_client_is_refused_by_number(
    key: str, store: FeatureStore, builder: RowBuilder, contract: Contract
) -> None:
    with pytest.raises(UnknownApplicant, match="not in this portfolio"):
        store.row(key)
    with pytest.raises(UnknownApplicant, match="not in this portfolio"):
        store.matrix(["1", key])
    with pytest.raises(UnknownApplicant, match="not in this portfolio"):
        builder.row(an_application(contract), key)


def test_one_client_alone_is_the_stored_row_bit_for_bit(
    store: FeatureStore, builder: RowBuilder, contract: Contract
) -> None:
    assert builder.names == store.names
    assert builder.row(an_application(contract), "1").tobytes() == store.row("1").tobytes()
    assert builder.row(an_application(contract, AMT_INCOME_TOTAL=90_004.0), "4").tobytes() == store.row("4").tobytes()


def test_changing_a_field_and_back_gives_the_same_row(builder: RowBuilder, contract: Contract) -> None:
    first = builder.row(an_application(contract), "1")
    changed = builder.row(an_application(contract, AMT_CREDIT=1.0), "1")
    assert changed.tobytes() != first.tobytes()
    assert builder.row(an_application(contract), "1").tobytes() == first.tobytes()


def test_an_application_without_history_is_a_client_whom_no_table_knows(
    store: FeatureStore, builder: RowBuilder, contract: Contract
) -> None:
    alone = builder.row(an_application(contract, AMT_INCOME_TOTAL=90_004.0), None)
    assert alone.tobytes() == store.row("4").tobytes()


def test_an_application_becomes_a_row_without_any_portfolio(desk: Settings, contract: Contract) -> None:
    builder = RowBuilder(contract, desk.sql_dir, None)
    row = dict(zip(builder.names, builder.row(an_application(contract), None).tolist(), strict=True))
    assert row["asked_term"] == 20
    with pytest.raises(UnknownApplicant):
        builder.row(an_application(contract), "1")
    builder.close()


def test_threads_get_their_own_answers(builder: RowBuilder, contract: Contract) -> None:
    incomes = [100_000.0 + number for number in range(8)]
    place = builder.names.index("amt_income_total")
    got: dict[float, float] = {}

    def ask(income: float) -> None:
        got[income] = float(builder.row(an_application(contract, AMT_INCOME_TOTAL=income), "1")[place])

    threads = [Thread(target=ask, args=(income,)) for income in incomes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {income: income for income in incomes}


def test_features_are_current_until_the_tables_change(tmp_path: Path, contract: Contract) -> None:
    settings = settings_in(tmp_path)
    write_tables(settings, contract, {"application": [dict(AN_APPLICATION)]})
    assert not features.is_current(settings, contract)
    features.build(settings, contract, silent)
    assert features.is_current(settings, contract)
    steps: list[str] = []
    features.build(settings, contract, lambda step, done=None: steps.append(step))
    assert steps == ["features are current"]
    write_tables(settings, contract, {"application": [{**AN_APPLICATION, "AMT_CREDIT": 1.0}]})
    assert not features.is_current(settings, contract)


def test_twice_built_rows_are_the_same_bytes(desk: Settings, contract: Contract, store: FeatureStore) -> None:
    first, fingerprint = store.training_set().features.tobytes(), store.fingerprint
    desk.features_file.unlink()
    features.build(desk, contract, silent)
    again = FeatureStore.open(desk.features_file)
    assert again.training_set().features.tobytes() == first
    assert again.fingerprint == fingerprint
    again.close()


def test_without_tables_or_features_the_remedy_is_said(tmp_path: Path, contract: Contract) -> None:
    settings = settings_in(tmp_path)
    with pytest.raises(PortfolioMissing, match="core import"):
        features.build(settings, contract, silent)
    with pytest.raises(PortfolioMissing, match="core train"):
        FeatureStore.open(settings.features_file)


@pytest.mark.parametrize(
    "statement",
    [
        "drop table about",
        "drop table feature_names",
        "drop table feature_rows",
        "delete from about where key = 'sql_fingerprint'",
        "update about set value = 'no JSON' where key = 'missing_tables'",
    ],
)
def test_a_database_that_is_no_feature_store_is_a_missing_portfolio_and_is_left_closed(
    statement: str, desk: Settings, tmp_path: Path
) -> None:
    file = Path(shutil.copy(desk.features_file, tmp_path / "features.duckdb"))
    with duckdb.connect(str(file)) as spoilt:
        spoilt.execute(statement)
    with pytest.raises(PortfolioMissing, match=r"features.duckdb.*build the features"):
        FeatureStore.open(file)
    with duckdb.connect(str(file)) as free:  # refused while another connection of this process has it attached
        free.execute("create table writable (x integer)")


def test_features_of_a_spoilt_file_are_built_again_and_those_of_spoilt_tables_are_refused(
    desk: Settings, contract: Contract, tmp_path: Path
) -> None:
    own = replace(desk, data_dir=tmp_path)
    for file in (desk.tables_file, desk.features_file):
        shutil.copy(file, tmp_path)
    for spoilt in (own.features_file, own.tables_file):
        with duckdb.connect(str(spoilt)) as connection:
            connection.execute("drop table about")
        if spoilt == own.features_file:
            assert not features.is_current(own, contract)
    with pytest.raises(PortfolioMissing, match=r"tables.duckdb.*import a portfolio"):
        features.build(own, contract, silent)
