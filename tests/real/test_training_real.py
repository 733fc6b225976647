"""The model on real applications: it ranks, its probabilities are true, and more income never raises them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core import __main__ as command_line
from core import settings
from core.model import registry
from core.model.artefact import Model, load
from core.portfolio import contract_file
from core.portfolio.application import check
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.feature_row import RowBuilder
from core.portfolio.tables import Tables
from core.settings import Settings

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1200)]

INCOME = "AMT_INCOME_TOTAL"
CLIENTS = 12
OUT_OF_FOLD_AUC, OUT_OF_FOLD_COST = 0.758, 0.528  # of all clients, as the README says and the proof below holds
RAISES = (1.0, 1.05, 1.2, 1.5, 2.0, 4.0)


@pytest.fixture(scope="module")
def desk(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The main table alone: 50,649 labelled applications."""
    folder = tmp_path_factory.mktemp("main_table")
    source = real_data / "home_credit" / "application_train.parquet"
    assert command_line.main(["--data", str(folder), "import", "--from", str(source)]) == 0
    return settings.read(data_dir=folder)


def trained(desk: Settings, *options: str) -> Mapping[str, object]:
    """What `train --json` prints."""
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("builtins.print", lambda *words, file=None, **_: printed.extend(words if file is None else ()))
        assert command_line.main(["--data", str(desk.data_dir), "train", "--json", *options]) == 0
    return dict(json.loads(printed[-1]))


@pytest.fixture(scope="module")
def contract(desk: Settings) -> Contract:
    return contract_file.read(desk.contract_file)


@pytest.fixture(scope="module")
def model(desk: Settings) -> Model:
    figures = trained(desk)
    made = load(registry.active(desk.models_dir))
    assert (made.version, figures["rows"]) == (figures["model_version"], 50_649)
    return made


def test_on_clients_it_never_saw_the_model_ranks_is_calibrated_and_costs_little(model: Model) -> None:
    """One split of five: the figures of all clients lie within its intervals."""
    held_out, cost = model.card.metrics, model.card.costs.at_optimal_cut
    assert held_out.auc.value >= 0.75
    assert held_out.auc.low <= OUT_OF_FOLD_AUC <= held_out.auc.high
    assert held_out.ece.value <= 0.015
    assert held_out.observed_rate.low <= held_out.mean_pd <= held_out.observed_rate.high
    assert cost.low <= OUT_OF_FOLD_COST <= cost.high


@pytest.mark.proof
def test_out_of_fold_the_model_ranks_is_calibrated_and_costs_little(desk: Settings) -> None:
    figures = trained(desk, "--folds", "5")
    pooled = figures["out_of_fold"]
    assert isinstance(pooled, dict)
    assert pooled["rows"] == figures["rows"] == 50_649
    assert pooled["auc"] == pytest.approx(OUT_OF_FOLD_AUC, abs=0.001)
    assert pooled["cost_per_client"] == pytest.approx(OUT_OF_FOLD_COST, abs=0.002)
    assert pooled["cut"] == pytest.approx(1 / 11)
    assert pooled["ece"] <= 0.01
    assert pooled["mean_pd"] == pytest.approx(pooled["observed_rate"], rel=0.03)


def test_protected_bases_are_left_out_and_missing_tables_said(model: Model, contract: Contract) -> None:
    assert not [name for name in model.features if feature_meaning(contract, name).protected]
    assert {feature_meaning(contract, name).protected for name in model.card.left_out_protected} >= {"gender", "age"}
    assert len(model.card.source.missing_tables) == 6
    assert {feature_meaning(contract, name).table for name in model.features} == {contract.main.name}


def test_trees_beat_the_plain_yardstick_on_the_same_rows(model: Model) -> None:
    assert model.card.metrics.auc.value > model.card.yardstick.auc.value


def test_more_income_at_equal_credit_never_raises_a_clients_pd(
    desk: Settings, model: Model, contract: Contract
) -> None:
    """Through the SQL and the model, as the what-if does it."""
    moved = 0
    with (
        closing(Tables.open(desk.tables_file, contract)) as tables,
        closing(RowBuilder(contract, desk.sql_dir, desk.tables_file)) as builder,
    ):
        columns = [builder.names.index(name) for name in model.features]
        for key in tables.keys(limit=CLIENTS):
            fields = tables.application(key)
            rows = [builder.row(check(contract, {**fields, INCOME: raised}), key) for raised in _raised(fields)]
            pd = model.default_probabilities(model.margins(np.stack(rows)[:, columns]))
            assert (np.diff(pd) <= 0).all(), key
            moved += int(pd[-1] < pd[0])
    assert moved > CLIENTS / 2  # the test would be worth nothing if income did nothing


def _raised(fields: Mapping[str, object]) -> list[float]:
    income = fields[INCOME]
    assert isinstance(income, float)
    return [income * factor for factor in RAISES]
