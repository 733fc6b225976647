"""Figures agree with scikit-learn, with numbers worked out by hand and with a truth that is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn import metrics as sklearn_metrics

from core.model import metrics


@pytest.fixture(scope="module")
def tied() -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with many ties, outcomes drawn from them."""
    rng = np.random.default_rng(3)
    pd = np.round(expit(rng.normal(-2.0, 1.2, 4_000)), 2).clip(0.01, 0.99)
    return pd, (rng.random(pd.size) < pd).astype(np.int8)


def test_auc_counts_ties_half_as_scikit_learn_does(tied: tuple[np.ndarray, np.ndarray]) -> None:
    pd, target = tied
    assert metrics.auc(pd, target) == pytest.approx(sklearn_metrics.roc_auc_score(target, pd), abs=1e-12)


def test_ks_is_the_largest_gap_of_the_roc_curve(tied: tuple[np.ndarray, np.ndarray]) -> None:
    pd, target = tied
    alarms, hits, _ = sklearn_metrics.roc_curve(target, pd, drop_intermediate=False)
    assert metrics.ks_distance(pd, target) == pytest.approx(np.max(hits - alarms), abs=1e-12)


def test_pr_auc_is_average_precision(tied: tuple[np.ndarray, np.ndarray]) -> None:
    pd, target = tied
    assert metrics.pr_auc(pd, target) == pytest.approx(sklearn_metrics.average_precision_score(target, pd), abs=1e-12)


def test_brier_and_log_loss_agree_with_scikit_learn(tied: tuple[np.ndarray, np.ndarray]) -> None:
    pd, target = tied
    assert metrics.brier(pd, target) == pytest.approx(sklearn_metrics.brier_score_loss(target, pd), abs=1e-12)
    assert metrics.log_loss(pd, target) == pytest.approx(sklearn_metrics.log_loss(target, pd), abs=1e-12)


def test_ece_and_mce_are_the_mean_and_largest_gap_of_ten_equal_groups() -> None:
    pd = np.repeat(np.arange(1, 11) / 20, 10)  # ten groups of ten: 0.05, 0.10, … 0.50
    target = np.concatenate([np.repeat([1, 0], [1, 9]) for _ in range(10)]).astype(np.int8)  # each defaults at 0.1
    gaps = np.abs(np.arange(1, 11) / 20 - 0.1)
    ece, mce = metrics.calibration_errors(pd, target)
    assert ece == pytest.approx(gaps.mean(), abs=1e-12)
    assert mce == pytest.approx(0.4, abs=1e-12)


def test_reliability_covers_every_client_once(tied: tuple[np.ndarray, np.ndarray]) -> None:
    pd, target = tied
    table = metrics.reliability(pd, target)
    assert [group.clients for group in table] == [400] * 10
    assert sum(group.defaults for group in table) == int(target.sum())
    assert all(group.observed.low <= group.defaults / group.clients <= group.observed.high for group in table)
    assert [group.mean_pd for group in table] == sorted(group.mean_pd for group in table)


def test_true_probabilities_have_slope_one_and_intercept_zero() -> None:
    rng = np.random.default_rng(11)
    pd = expit(rng.normal(-2.4, 1.0, 60_000))
    figures = metrics.measure(pd, (rng.random(pd.size) < pd).astype(np.int8), seed=1, threads=1, resamples=20)
    assert figures.calibration_slope.low < 1 < figures.calibration_slope.high
    assert figures.calibration_intercept.low < 0 < figures.calibration_intercept.high
    assert figures.calibration_slope.high - figures.calibration_slope.low < 0.1
    assert figures.ece.value < 0.006
    assert figures.mean_pd == pytest.approx(figures.observed_rate.value, rel=0.03)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_calibration_error_of_true_probabilities_may_be_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pd = expit(rng.normal(-2.6, 1.0, 6_000))
    figures = metrics.measure(pd, (rng.random(pd.size) < pd).astype(np.int8), seed=1, threads=1)
    for error in (figures.ece, figures.mce):
        assert 0 <= error.low <= error.value <= error.high
        assert error.low < error.value / 4
    assert figures.ece.low < 0.002


def test_a_calibration_error_that_is_real_is_not_explained_away() -> None:
    rng = np.random.default_rng(6)
    log_odds = rng.normal(-2.4, 1.0, 6_000)
    target = (rng.random(log_odds.size) < expit(log_odds)).astype(np.int8)
    ece = metrics.measure(expit(log_odds + 0.5), target, seed=1, threads=1, resamples=100).ece
    truth = float(np.mean(expit(log_odds + 0.5) - expit(log_odds)))  # every PD is too high: the gaps add up
    assert 0.02 < ece.low < truth < ece.high


def test_probabilities_that_are_three_times_too_high_are_found_out() -> None:
    rng = np.random.default_rng(6)
    log_odds = rng.normal(-2.4, 1.0, 30_000)
    target = (rng.random(log_odds.size) < expit(log_odds)).astype(np.int8)
    line = metrics.calibration_line(expit(log_odds + np.log(3)), target)
    assert line.slope == pytest.approx(1.0, abs=0.06)
    assert line.intercept == pytest.approx(-np.log(3), abs=0.1)


def test_gini_is_twice_the_auc_less_one_with_its_interval(tied: tuple[np.ndarray, np.ndarray]) -> None:
    figures = metrics.measure(*tied, seed=1, threads=1, resamples=20)
    assert figures.gini.value == 2 * figures.auc.value - 1
    assert figures.gini.low == 2 * figures.auc.low - 1


def test_measuring_leaves_its_input_alone(tied: tuple[np.ndarray, np.ndarray]) -> None:
    pd, target = tied[0].copy(), tied[1].copy()
    metrics.measure(pd, target, seed=1, threads=1, resamples=5)
    assert np.array_equal(pd, tied[0])
    assert np.array_equal(target, tied[1])
