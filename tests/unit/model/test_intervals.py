"""Intervals hold what they promise: published values, scipy, the definition itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from core.model.intervals import Resampled, Z, bootstrap, delong, wilson


def test_delong_repeats_a_published_example() -> None:
    """AUC 0.8, variance 0.02875, interval from 0.46767194 to 1: https://stackoverflow.com/questions/19124239"""
    scores = np.array([0.21, 0.32, 0.63, 0.35, 0.92, 0.79, 0.82, 0.99, 0.04])
    estimate = delong(scores, np.array([0, 1, 0, 0, 1, 1, 0, 1, 0], dtype=np.int8))
    assert estimate.value == pytest.approx(0.8, abs=1e-12)
    assert ((estimate.value - estimate.low) / Z) ** 2 == pytest.approx(0.02875, abs=1e-12)
    assert estimate.low == pytest.approx(0.46767194, abs=1e-8)
    assert estimate.high == 1.0


def test_delong_by_ranks_is_delong_by_pairs() -> None:
    """Each pair of a default and a non-default: 1, ½ or 0 (DeLong, DeLong & Clarke-Pearson 1988)."""
    rng = np.random.default_rng(2)
    target = (rng.random(300) < 0.2).astype(np.int8)
    scores = np.round(rng.normal(size=300) + target, 1)  # with ties
    good, bad = scores[target == 0], scores[target == 1]
    pairs = (bad[:, None] > good) + 0.5 * (bad[:, None] == good)
    variance = pairs.mean(axis=1).var(ddof=1) / bad.size + pairs.mean(axis=0).var(ddof=1) / good.size
    estimate = delong(scores, target)
    assert estimate.value == pytest.approx(pairs.mean(), abs=1e-12)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(Z * np.sqrt(variance), abs=1e-12)


@pytest.mark.parametrize(("hits", "trials"), [(0, 40), (1, 40), (8, 100), (40, 40), (404, 5_000)])
def test_wilson_agrees_with_scipy(hits: int, trials: int) -> None:
    published = binomtest(hits, trials).proportion_ci(0.95, method="wilson")
    estimate = wilson(hits, trials)
    assert (estimate.low, estimate.high) == pytest.approx((published.low, published.high), abs=1e-12)
    assert estimate.value == hits / trials


def test_the_bootstrap_of_a_mean_has_the_width_of_its_standard_error() -> None:
    values = np.random.default_rng(4).normal(10, 3, 2_000)
    (estimate,) = bootstrap(lambda rows: np.array([values[rows].mean()]), values.size, 1_000, seed=1, threads=1)
    assert estimate.value == values.mean()
    assert (estimate.high - estimate.low) / 2 == pytest.approx(Z * 3 / np.sqrt(2_000), rel=0.1)


def test_the_basic_interval_mirrors_the_percentiles_at_the_value_and_stops_at_the_lowest() -> None:
    drawn = np.array([np.linspace(0.0, 1.0, 1001), np.linspace(0.5, 1.0, 1001)]).T
    free, stopped = Resampled(np.array([0.6, 0.5]), drawn).basic(lowest=0.1)
    assert (free.low, free.high) == pytest.approx((1.2 - 0.975, 1.2 - 0.025))
    assert (stopped.low, stopped.high) == pytest.approx((0.1, 0.5))  # 1 − 0.9875 and 1 − 0.5125


def test_the_bootstrap_hangs_on_the_seed_and_not_on_the_threads() -> None:
    values = np.random.default_rng(4).normal(size=500)

    def mean(rows: np.ndarray) -> np.ndarray:
        return np.array([values[rows].mean()])

    one, two = (bootstrap(mean, 500, 60, seed=9, threads=threads) for threads in (1, 2))
    assert one == two
    assert bootstrap(mean, 500, 60, seed=10, threads=1) != one
