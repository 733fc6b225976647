"""A PD is true, strictly inside (0, 1), keeps the order, and can be repeated by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit

from core.errors import TrainingRefused
from core.model.calibration import Calibration, calibrate, smoothed
from core.model.logistic import fit_line, probability

MARGINS = np.random.default_rng(1).normal(-2.5, 1.0, 40_000)


def outcomes(log_odds: np.ndarray, seed: int = 2) -> np.ndarray:
    return (np.random.default_rng(seed).random(log_odds.size) < expit(log_odds)).astype(np.int8)


def test_platt_finds_the_line_that_made_the_outcomes() -> None:
    calibration = calibrate(MARGINS, outcomes(0.8 * MARGINS - 0.3))
    assert calibration.slope == pytest.approx(0.8, abs=0.05)
    assert calibration.intercept == pytest.approx(-0.3, abs=0.12)


def test_the_mean_pd_is_the_observed_rate_where_it_was_fitted() -> None:
    target = outcomes(1.4 * MARGINS + 1.0)
    assert calibrate(MARGINS, target).default_probabilities(MARGINS).mean() == pytest.approx(target.mean(), rel=1e-3)


def test_the_line_is_the_maximum_of_the_likelihood() -> None:
    share = smoothed(outcomes(MARGINS))
    line = fit_line(MARGINS, share)

    def loss(slope: float, intercept: float) -> float:
        log_odds = slope * MARGINS + intercept
        return float(np.sum(np.logaddexp(0, log_odds) - share * log_odds))

    best = loss(line.slope, line.intercept)
    assert all(best < loss(line.slope + a, line.intercept + b) for a in (-1e-3, 0, 1e-3) for b in (-1e-3, 1e-3))


def test_a_probability_can_be_repeated_with_plain_python_to_the_last_bit() -> None:
    """Measured on Linux with glibc; numpy's exp would differ for 3 % of these."""
    calibration = Calibration(slope=0.93, intercept=-0.11)
    for margin in MARGINS[:5_000].tolist():
        by_hand = 1 / (1 + math.exp(-(0.93 * margin + -0.11)))
        assert calibration.default_probability(margin) == by_hand


def test_one_margin_and_many_give_the_same_bits() -> None:
    calibration = Calibration(slope=0.93, intercept=-0.11)
    singly = [calibration.default_probability(margin) for margin in MARGINS[:5_000].tolist()]
    assert calibration.default_probabilities(MARGINS[:5_000]).tolist() == singly


@pytest.mark.parametrize(("margin", "pd"), [(-800.0, 1e-6), (800.0, 1 - 1e-6), (-14.0, 1e-6), (14.0, 1 - 1e-6)])
def test_nobody_is_certain(margin: float, pd: float) -> None:
    assert Calibration(slope=1.0, intercept=0.0).default_probability(margin) == pd


@pytest.mark.parametrize("margin", [-800.0, -13.9, -13.7, 0.0, 1.5, 13.9, 800.0])
def test_calibrated_log_odds_are_those_of_the_pd(margin: float) -> None:
    calibration = Calibration(slope=1.0, intercept=0.0)
    assert probability(calibration.log_odds(margin)) == pytest.approx(calibration.default_probability(margin), rel=1e-9)


def test_a_margin_that_falls_with_the_risk_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="slope of -"):
        calibrate(MARGINS, outcomes(-MARGINS - 5))


def test_a_margin_that_says_nothing_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="slope of nan"):
        calibrate(np.full(500, -2.0), outcomes(np.full(500, -2.0)))


def test_perfectly_separated_clients_still_give_a_finite_line() -> None:
    margins = np.concatenate([np.linspace(-3, -2, 90), np.linspace(1, 2, 10)])
    calibration = calibrate(margins, (margins > 0).astype(np.int8))
    assert 0 < calibration.slope < 100
