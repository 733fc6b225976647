"""What an artefact keeps about the rows a model has seen, those it has not, and where its answer can change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from core.errors import ModelRefused
from core.model import registry
from core.model.artefact import load
from core.model.split import split
from core.model.split_points import split_points
from core.model.training import TrainingOptions, train
from core.portfolio.contract import Contract
from core.progress import silent
from tests.unit.model.known_lender import Clients, KnownStore, Trained, settings_in


def _known(trained: Trained, clients: Clients) -> np.ndarray:
    """All rows in the model's columns."""
    return clients.set.features[:, [clients.set.names.index(name) for name in trained.model.features]]


def test_the_held_out_sample_is_all_validation_and_test_rows_and_no_other(trained: Trained, clients: Clients) -> None:
    parts = split(clients.set.target, seed=7)
    rows = np.sort(np.concatenate([parts.validation, parts.test]))
    held_out = trained.model.held_out
    assert np.array_equal(held_out.features, _known(trained, clients)[rows], equal_nan=True)
    assert np.array_equal(held_out.target, clients.set.target[rows])
    assert np.array_equal(held_out.margins, trained.model.margins(held_out.features))
    assert np.array_equal(held_out.default_probabilities, trained.model.default_probabilities(held_out.margins))


def test_the_card_keeps_the_lowest_and_highest_value_the_trees_have_seen(trained: Trained, clients: Clients) -> None:
    parts = split(clients.set.target, seed=7)
    seen = _known(trained, clients)[np.concatenate([parts.training, parts.stopping])]
    for position, feature in enumerate(trained.card.features):
        if feature.kind == "number":
            assert feature.lowest == np.nanmin(seen[:, position])
            assert feature.highest == np.nanmax(seen[:, position])
        else:
            assert (feature.lowest, feature.highest, feature.unseen_levels) == (None, None, ())


def test_a_level_that_no_training_row_has_is_on_the_card(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    features = clients.set.features.copy()
    region = clients.set.names.index("region")
    features[features[:, region] == 1, region] = 0
    quickest = replace(quick, parameters=replace(quick.parameters, rounds=5))
    store = KnownStore(replace(clients.set, features=features))
    card = train(store, lender, settings_in(tmp_path), quickest, silent)  # type: ignore[arg-type]
    assert next(f.unseen_levels for f in card.features if f.name == "region") == ("east",)


def test_split_points_are_those_that_lightgbm_itself_names(trained: Trained) -> None:
    text = (registry.active(trained.settings.models_dir) / "model.txt").read_text()
    named: list[set[float]] = [set() for _ in trained.model.features]
    nodes = [tree["tree_structure"] for tree in lightgbm.Booster(model_str=text).dump_model()["tree_info"]]
    while nodes:
        node = nodes.pop()
        if "split_feature" in node:
            if node["decision_type"] == "<=":
                named[node["split_feature"]].add(node["threshold"])
            nodes += [node["left_child"], node["right_child"]]
    found = [{np.inf if p == 1e300 else p for p in points.tolist()} for points in trained.model.split_points]
    assert found == named  # the text writes infinity, a split between known and missing, as 1e300
    assert sum(map(len, named)) > 20
    assert all(np.array_equal(points, np.unique(points)) for points in trained.model.split_points)


def test_categories_have_no_split_points(trained: Trained) -> None:
    assert trained.model.split_points[trained.model.features.index("region")].size == 0


def test_a_model_that_takes_zeros_for_missing_is_refused() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 1)) * (rng.random((200, 1)) < 0.7)
    options = {"verbosity": -1, "zero_as_missing": True, "objective": "binary"}
    grown = lightgbm.train(options, lightgbm.Dataset(rows, label=(rows[:, 0] > 0).astype(int)), 3)
    with pytest.raises(ModelRefused, match="zeros must not count as missing"):
        split_points(grown.model_to_string(), 1)


def test_a_tree_without_splits_has_no_split_points() -> None:
    rows = np.zeros((100, 1))
    grown = lightgbm.train({"verbosity": -1}, lightgbm.Dataset(rows, label=np.arange(100) % 2), 2)
    assert [points.size for points in split_points(grown.model_to_string(), 1)] == [0]


def test_a_model_text_changed_after_loading_gives_no_split_points(
    tmp_path: Path, lender: Contract, clients: Clients, quick: TrainingOptions
) -> None:
    desk = settings_in(tmp_path)
    quickest = replace(quick, parameters=replace(quick.parameters, rounds=5))
    train(KnownStore(clients.set), lender, desk, quickest, silent)  # type: ignore[arg-type]
    folder = registry.active(desk.models_dir)
    model = load(folder)
    (folder / "model.txt").write_text("tree")
    with pytest.raises(ModelRefused, match="SHA-256"):
        _ = model.split_points
