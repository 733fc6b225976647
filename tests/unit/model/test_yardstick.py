"""The yardstick is a fair one: on a truth that is linear it comes as near as can be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from core.model.booster import Sample
from core.model.intervals import delong
from core.model.yardstick import design, yardstick


def linear(rows: int, seed: int) -> tuple[Sample, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = rng.normal(3.0, 2.0, size=(rows, 3)).astype(np.float32)
    features[:, 2] = rng.integers(0, 3, rows)
    truth = expit(-2 + 0.5 * (features[:, 0] - 3) + (features[:, 2] == 1))
    return Sample(features, (rng.random(rows) < truth).astype(np.int8)), truth


def test_on_a_linear_truth_it_ranks_like_the_truth() -> None:
    (training, _), (test, truth) = linear(8_000, 1), linear(8_000, 2)
    figures = yardstick(training, test, (0, 0, 3), seed=1)
    assert figures.auc.value == pytest.approx(delong(truth, test.target).value, abs=0.005)
    assert figures.converged
    assert figures.rows == 8_000
    assert figures.ece < 0.02


def test_missing_numbers_become_the_median_and_a_flag() -> None:
    features = np.array([[1, 0], [2, 1], [3, 0], [np.nan, np.nan]], dtype=np.float32)
    learnt = design(features, (0, 2))
    rows = learnt.rows(features)
    assert rows.shape == (4, 1 + 1 + 2)  # a number, its flag, two levels
    assert rows[3, 0] == rows[1, 0] == 0.0  # the median, which is the mean here
    assert rows[:, 1].tolist() == [0, 0, 0, 1]
    assert rows[:, 2:].tolist() == [[1, 0], [0, 1], [1, 0], [0, 0]]


def test_a_constant_column_does_no_harm() -> None:
    learnt = design(np.ones((5, 1), dtype=np.float32), (0,))
    assert learnt.rows(np.ones((2, 1), dtype=np.float32)).tolist() == [[0.0], [0.0]]
