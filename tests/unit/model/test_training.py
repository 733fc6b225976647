"""Training: repeatable, honest about what it left out, and never half done."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.commands.train_command import as_json, as_lines
from core.errors import TrainingRefused
from core.model import registry
from core.model.artefact import load
from core.model.card import Card
from core.model.leftovers import sweep
from core.model.training import TrainingOptions, train
from core.portfolio.contract import Contract
from core.portfolio.features import TrainingSet
from core.progress import silent
from core.settings import Settings
from tests.unit.model.known_lender import TRAINED_AT, Clients, KnownStore, Trained, settings_in, some_clients


def train_on(labelled: TrainingSet, lender: Contract, settings: Settings, options: TrainingOptions) -> Card:
    return train(KnownStore(labelled), lender, settings, options, silent, lambda: TRAINED_AT)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folded(
    tmp_path_factory: pytest.TempPathFactory, lender: Contract, clients: Clients, quick: TrainingOptions
) -> Card:
    return train_on(clients.set, lender, settings_in(tmp_path_factory.mktemp("folds")), replace(quick, folds=3))


def test_the_same_rows_and_seed_give_the_same_model_and_version_whatever_the_threads(
    tmp_path: Path, trained: Trained, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    again = train_on(clients.set, lender, settings_in(tmp_path, threads=2), quick)
    model = (tmp_path / "models" / again.version / "model.txt").read_bytes()
    assert model == (trained.model.folder / "model.txt").read_bytes()
    assert again == trained.card


def test_another_seed_gives_another_model(
    tmp_path: Path, trained: Trained, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    other = train_on(clients.set, lender, settings_in(tmp_path), replace(quick, seed=8))
    assert other.version != trained.card.version
    assert other.version.startswith("20261121-")


def test_protected_features_and_those_without_any_value_are_left_out_and_said(trained: Trained) -> None:
    card = trained.card
    assert [feature.name for feature in card.features] == ["income", "debt", "region", "noise"]
    assert card.left_out_protected == ("age",)
    assert card.left_out_missing == ("silent",)
    assert card.source.missing_tables == ("cards",)


def test_the_card_knows_levels_directions_and_gaps(trained: Trained) -> None:
    features = {feature.name: feature for feature in trained.card.features}
    assert features["region"].levels == ("north", "east", "south", "west", "centre")
    assert features["region"].direction == 0  # a category has no order
    assert (features["income"].direction, features["debt"].direction) == (-1, 1)
    assert features["debt"].missing_share == pytest.approx(0.1, abs=0.02)
    assert sum(feature.gain_share for feature in features.values()) == pytest.approx(1.0)
    assert features["noise"].gain_share < 0.1


def test_the_rows_of_the_card_are_all_labelled_rows(trained: Trained, clients: Clients) -> None:
    rows = trained.card.rows
    assert rows.all == clients.set.target.size
    assert (rows.training, rows.stopping, rows.validation, rows.test) == (4_080, 480, 720, 720)
    assert trained.card.metrics.clients == rows.test


def test_probabilities_follow_the_known_truth(trained: Trained) -> None:
    fresh = some_clients(20_000, seed=99)
    columns = [fresh.set.names.index(name) for name in trained.model.features]
    pd = trained.model.default_probabilities(trained.model.margins(fresh.set.features[:, columns]))
    assert pd.mean() == pytest.approx(fresh.true_pd.mean(), rel=0.1)
    assert np.corrcoef(np.log(pd / (1 - pd)), np.log(fresh.true_pd / (1 - fresh.true_pd)))[0, 1] > 0.85


def test_more_income_never_raises_and_more_debt_never_lowers_a_pd(trained: Trained) -> None:
    rows = np.repeat(trained.model.reference.features[:300], 21, axis=0)
    for position, sign in ((0, -1), (1, 1)):
        moved = rows.copy()
        moved[:, position] = np.tile(np.linspace(-4, 4, 21), 300)
        pd = trained.model.default_probabilities(trained.model.margins(moved)).reshape(300, 21)
        assert (sign * np.diff(pd, axis=1) >= 0).all()


def test_out_of_fold_every_client_is_scored_once_by_a_model_that_never_saw_them(folded: Card, clients: Clients) -> None:
    pooled = folded.out_of_fold
    assert pooled is not None
    assert (pooled.folds, pooled.clients) == (3, clients.set.target.size)
    assert pooled.observed_rate == pytest.approx(clients.set.target.mean())
    assert pooled.mean_pd == pytest.approx(pooled.observed_rate, rel=0.05)
    assert pooled.auc.low < folded.metrics.auc.value < pooled.auc.high + 0.05
    assert len(pooled.fold_auc) == len(pooled.fold_cuts) == 3
    assert pooled.optimal_cut == 1 / 11


def test_folds_in_processes_give_the_figures_of_folds_in_turn(
    tmp_path: Path, folded: Card, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    assert train_on(clients.set, lender, settings_in(tmp_path, threads=2), replace(quick, folds=3)) == folded


def test_the_json_of_a_training_is_one_flat_object_with_every_promised_figure(folded: Card) -> None:
    figures = json.loads(json.dumps(as_json(folded), allow_nan=False))
    promised = "auc auc_interval brier ece mean_pd observed_rate cut cost_per_client cost_interval features rows"
    assert set(promised.split()) | {"model_version", "out_of_fold"} <= set(figures)
    assert {"auc", "ece", "mean_pd", "observed_rate", "cost_per_client"} <= set(figures["out_of_fold"])
    assert figures["features"] == 4
    low, high = figures["auc_interval"]
    assert low < figures["auc"] < high
    assert math.isclose(figures["out_of_fold"]["cut"], 1 / 11)


def test_a_person_reads_the_cost_with_its_normalisation(folded: Card) -> None:
    shown = "\n".join(as_lines(folded))
    assert "(10 · defaults approved + 1 · good refused) / 720 clients" in shown
    assert "missing tables: cards" in shown
    assert "Out of fold, 3 folds" in shown


def test_without_folds_the_json_says_nothing_of_them(trained: Trained) -> None:
    assert "out_of_fold" not in as_json(trained.card)


@pytest.mark.parametrize(("rows", "refused"), [(199, True), (400, False)])
def test_a_small_portfolio_trains_and_a_tiny_one_is_refused(
    tmp_path: Path, lender: Contract, quick: TrainingOptions, rows: int, refused: bool
) -> None:
    labelled = some_clients(rows, seed=5).set
    if not refused:
        assert load(tmp_path / "models" / train_on(labelled, lender, settings_in(tmp_path), quick).version).features
        return
    with pytest.raises(TrainingRefused, match="at least 200 labelled"):
        train_on(labelled, lender, settings_in(tmp_path), quick)
    assert registry.versions(tmp_path / "models") == ()


def test_a_share_takes_the_applicants_with_the_lowest_numbers_and_the_card_says_so(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    first = replace(clients.set, keys=clients.set.keys[:2400], target=clients.set.target[:2400])
    first = replace(first, features=clients.set.features[:2400])
    card = train_on(clients.set, lender, settings_in(tmp_path), replace(quick, share=0.4))
    alone = train_on(first, lender, settings_in(tmp_path), quick)
    assert card.rows.all == 2400
    assert card.metrics == alone.metrics
    assert card.source.training_window == (
        "no dates in this portfolio; the 40% of the applicants with the lowest numbers"
    )
    assert alone.source.training_window == "no dates in this portfolio"


def test_a_feature_without_a_meaning_is_refused_by_name(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    strange = replace(clients.set, names=("income", "debt", "region", "age", "silent", "unheard_of"))
    with pytest.raises(TrainingRefused, match="'unheard_of'"):
        train_on(strange, lender, settings_in(tmp_path), quick)


@pytest.mark.parametrize(
    "wrong",
    [{"folds": 1}, {"folds": 21}, {"folds": -5}, {"seed": -1}, {"seed": 2**31}, {"share": 0}, {"share": 1.001}],
)
def test_options_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(TrainingRefused, match="got"):
        TrainingOptions(**wrong)


def test_an_interrupted_training_leaves_the_active_model_in_use(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = settings_in(tmp_path)
    first = train_on(clients.set, lender, desk, quick)

    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train_on(clients.set, lender, desk, replace(quick, seed=8))
    monkeypatch.undo()
    assert registry.versions(desk.models_dir) == (first.version,)
    assert load(registry.active(desk.models_dir)).card == first


def test_training_again_on_one_day_replaces_a_damaged_copy(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    desk = settings_in(tmp_path)
    card = train_on(clients.set, lender, desk, quick)
    (desk.models_dir / card.version / "model.txt").write_text("damaged")
    assert train_on(clients.set, lender, desk, quick) == card
    assert load(registry.active(desk.models_dir)).card == card
    assert sorted(file.name for file in desk.models_dir.iterdir()) == sorted([card.version, "active"])


def test_training_again_on_one_day_leaves_the_sound_copy_untouched(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    desk = settings_in(tmp_path)
    card = train_on(clients.set, lender, desk, quick)
    before = (desk.models_dir / card.version).stat()
    again = train(
        KnownStore(clients.set),  # type: ignore[arg-type]
        lender,
        desk,
        quick,
        silent,
        lambda: TRAINED_AT + timedelta(hours=2),
    )
    after = (desk.models_dir / card.version).stat()
    assert again == card
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(file.name for file in desk.models_dir.iterdir()) == sorted([card.version, "active"])


def test_what_killed_trainings_left_is_swept_and_what_is_being_written_stays(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [f".20261120-1a2b3c4d.{gone.pid}.part", f".20261120-1a2b3c4d.{gone.pid}.old"]
    left.append(f".20261120-1a2b3c4d.{os.getpid()}.part")
    kept = [f".20261120-1a2b3c4d.{os.getppid()}.part", ".notes.part", "20261120-1a2b3c4d"]
    for name in (*left, *kept):
        (tmp_path / name).mkdir()
    sweep(tmp_path)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == sorted(kept)
