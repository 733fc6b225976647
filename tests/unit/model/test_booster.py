"""The ensemble: exact contributions, the same bits singly and together, the directions it was given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest
import shap

from core.errors import ModelRefused
from core.model.booster import Booster, Columns, Growth, Parameters, Sample, fit, grow

SMALL = Parameters(rounds=60, patience=15, learning_rate=0.1, feature_share=0.7, leaf_rows=30)


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Three numbers, one with gaps, and a category; the first lowers, the second raises the risk."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(4_000, 4)).astype(np.float32)
    features[:, 3] = rng.integers(0, 6, 4_000)
    log_odds = -2 - features[:, 0] + features[:, 1] + (features[:, 3] == 2)
    features[rng.random(4_000) < 0.2, 2] = np.nan
    return Sample(features, (rng.random(4_000) < 1 / (1 + np.exp(-log_odds))).astype(np.int8))


def growth(seed: int = 1, threads: int = 1) -> Growth:
    return Growth(Columns(("down", "up", "gaps", "kind"), (-1, 1, 0, 0), (3,)), SMALL, seed, threads)


def grown(sample: Sample, **how: int) -> str:
    rows = np.arange(4_000)
    return fit(sample.at(rows[:3_000]), sample.at(rows[3_000:]), growth(**how)).text


@pytest.fixture(scope="module")
def booster(sample: Sample) -> Booster:
    return Booster(grown(sample))


def test_the_same_inputs_give_the_same_text_whatever_the_threads(sample: Sample) -> None:
    assert grown(sample) == grown(sample) == grown(sample, threads=2)
    assert grown(sample) != grown(sample, seed=2)


def test_growing_again_repeats_the_text(sample: Sample) -> None:
    assert grow(sample, 20, growth()).text == grow(sample, 20, growth(threads=2)).text


def test_only_the_rounds_up_to_the_best_one_are_kept(sample: Sample) -> None:
    rows = np.arange(4_000)
    heard: list[float] = []
    fitted = fit(sample.at(rows[:3_000]), sample.at(rows[3_000:]), growth(), heard.append)
    assert Booster(fitted.text).rounds == fitted.rounds <= SMALL.rounds
    assert heard[0] == 0.0
    assert heard == sorted(heard)


def test_a_row_alone_and_among_others_has_the_same_margin_to_the_last_bit(booster: Booster, sample: Sample) -> None:
    together = booster.margins(sample.features)
    assert [booster.margin(row) for row in sample.features[:300]] == together[:300].tolist()
    assert np.array_equal(booster.margins(sample.features, threads=1), together)


def test_a_slice_of_a_wider_matrix_is_read_as_it_stands(booster: Booster, sample: Sample) -> None:
    wide = np.full((4_000, 9), 7.0, dtype=np.float32)
    wide[:, ::2][:, :4] = sample.features
    assert np.array_equal(booster.margins(wide[:, ::2][:, :4]), booster.margins(sample.features))
    assert booster.margin(wide[5, ::2][:4]) == booster.margin(sample.features[5])


def test_contributions_and_base_add_up_to_the_margin(booster: Booster, sample: Sample) -> None:
    for row in sample.features[:200]:
        contributions, base = booster.contributions(row)
        assert contributions.shape == (4,)
        assert base + contributions.sum() == pytest.approx(booster.margin(row), abs=1e-9)


def test_contributions_are_those_of_shap(booster: Booster, sample: Sample) -> None:
    explainer = shap.TreeExplainer(lightgbm.Booster(model_str=_text(booster)))
    published = explainer.shap_values(sample.features[:50])
    ours = np.stack([booster.contributions(row)[0] for row in sample.features[:50]])
    assert np.array_equal(ours, published)


def _text(booster: Booster) -> str:
    return booster._booster.model_to_string()


def test_more_of_a_directed_feature_never_turns_the_risk_the_other_way(booster: Booster, sample: Sample) -> None:
    for position, sign in ((0, -1), (1, 1)):
        rows = np.repeat(sample.features[:200], 25, axis=0)
        rows[:, position] = np.tile(np.linspace(-4, 4, 25), 200)
        steps = np.diff(booster.margins(rows).reshape(200, 25), axis=1)
        assert (sign * steps >= 0).all()
        assert (sign * steps > 0).any()


def test_threads_share_a_booster(booster: Booster, sample: Sample) -> None:
    expected = booster.margins(sample.features[:400]).tolist()
    explained = [booster.contributions(row)[0].tolist() for row in sample.features[:400]]
    with ThreadPoolExecutor(4) as pool:
        margins = pool.map(booster.margin, sample.features[:400])
        contributions = pool.map(lambda row: booster.contributions(row)[0].tolist(), sample.features[:400])
        assert list(margins) == expected
        assert list(contributions) == explained


def test_a_text_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelRefused, match=r"model\.txt"):
        Booster("tree\nnothing of the kind\n")


@pytest.mark.parametrize(
    ("rows", "leaf"), [(200, 20), (1_000, 20), (1_001, 20), (5_000, 100), (7_500, 150), (10**6, 150)]
)
def test_leaves_shrink_with_the_training_set(rows: int, leaf: int) -> None:
    assert Parameters().for_rows(rows).leaf_rows == leaf
