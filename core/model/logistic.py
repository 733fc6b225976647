"""From log-odds to probability, and a logistic line through one variable with its standard errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

MOST_STEPS = 100
SMALL_STEP = 1e-10


@overload
def probability(log_odds: float) -> float: ...
@overload
def probability(log_odds: NDArray[np.float64]) -> NDArray[np.float64]: ...
def probability(log_odds: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """The probability of these log-odds.

    By expit, which repeats plain Python's 1 / (1 + exp(-x)) to the last bit; numpy's exp does not.
    """
    return expit(log_odds) if isinstance(log_odds, np.ndarray) else float(expit(log_odds))


@dataclass(frozen=True)
class Line:
    """log-odds = slope · x + intercept."""

    slope: float
    intercept: float
    slope_error: float  # standard error
    intercept_error: float


def fit_line(x: NDArray[np.float64], share: NDArray[np.float64]) -> Line:
    """The line of highest likelihood by damped Newton steps; NaN where x does not vary.

    `share`: what is expected at each x, 0..1 (an outcome, or a smoothed one).
    """
    centre, spread = float(x.mean()), float(x.std())
    if not spread > 0:
        return Line(math.nan, math.nan, math.nan, math.nan)
    design = np.column_stack([np.ones_like(x), (x - centre) / spread])
    start = float(np.clip(share.mean(), 1e-9, 1 - 1e-9))
    weights = np.array([math.log(start / (1 - start)), 0.0])
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(_information(design, weights), design.T @ (share - probability(design @ weights)))
        weights = weights + _damped(design, share, weights, step)
        if float(np.abs(step).max()) < SMALL_STEP:
            break
    covariance = np.asarray(np.linalg.inv(_information(design, weights)), dtype=np.float64)
    return _in_units_of_x(weights, covariance, centre, spread)


def _information(design: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    share = probability(design @ weights)
    return (design * (share * (1 - share))[:, None]).T @ design + 1e-12 * np.eye(2)


def _loss(design: NDArray[np.float64], share: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    log_odds = design @ weights
    return float(np.sum(np.logaddexp(0, log_odds) - share * log_odds))


def _damped(
    design: NDArray[np.float64], share: NDArray[np.float64], weights: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The step, halved until it does not lose likelihood."""
    before = _loss(design, share, weights)
    for _ in range(30):
        if _loss(design, share, weights + step) <= before + 1e-12 * abs(before):
            return step
        step = step / 2
    return np.zeros_like(step)


def _in_units_of_x(weights: NDArray[np.float64], covariance: NDArray[np.float64], centre: float, spread: float) -> Line:
    shift = centre / spread
    variance = covariance[0, 0] - 2 * shift * covariance[0, 1] + shift**2 * covariance[1, 1]
    return Line(
        slope=float(weights[1] / spread),
        intercept=float(weights[0] - weights[1] * shift),
        slope_error=math.sqrt(float(covariance[1, 1])) / spread,
        intercept_error=math.sqrt(float(variance)),
    )
