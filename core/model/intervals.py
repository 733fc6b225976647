"""95 % intervals: DeLong for the AUC, Wilson for shares, the bootstrap for everything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from core.model.card import Estimate

Scores = NDArray[np.float64]  # (rows,): higher = riskier
Outcomes = NDArray[np.int8]  # (rows,): 1 = default
Statistic = Callable[[NDArray[np.intp]], NDArray[np.float64]]  # of row positions

LEVEL = 0.95
Z = float(norm.ppf(0.5 + LEVEL / 2))
RESAMPLES_PER_TASK = 25


def delong(scores: Scores, target: Outcomes) -> Estimate:
    """ROC-AUC with its interval from placement values, by ranks.

    Source: DeLong et al. 1988; Sun & Xu 2014, "Fast implementation of DeLong's algorithm".
    """
    positives, negatives = scores[target == 1], scores[target == 0]
    m, n = positives.size, negatives.size
    ranks = rankdata(np.concatenate([positives, negatives]))
    placed_positives = (ranks[:m] - rankdata(positives)) / n
    placed_negatives = 1 - (ranks[m:] - rankdata(negatives)) / m
    auc = float(placed_positives.mean())
    variance = _variance(placed_positives) / m + _variance(placed_negatives) / n
    return around(auc, math.sqrt(variance), 0.0, 1.0)


def wilson(hits: int, trials: int) -> Estimate:
    """A share with Wilson's interval, which stays inside 0..1 even for no hits at all."""
    share = hits / trials
    weight = Z**2 / trials
    centre = (share + weight / 2) / (1 + weight)
    half = Z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    return Estimate(value=share, low=max(0.0, min(centre - half, share)), high=min(1.0, max(centre + half, share)))


def around(value: float, error: float, lowest: float = -math.inf, highest: float = math.inf) -> Estimate:
    """A normal interval from a standard error."""
    return Estimate(value=value, low=max(lowest, value - Z * error), high=min(highest, value + Z * error))


@dataclass(frozen=True)
class Resampled:
    """What statistics make of all rows, and of each resample drawn from them with replacement."""

    values: NDArray[np.float64]  # (statistics,)
    drawn: NDArray[np.float64]  # (resamples, statistics)

    def percentile(self) -> tuple[Estimate, ...]:
        """The middle of the resamples: for statistics that a resample does not shift (Efron & Tibshirani 1993, 13)."""
        low, high = self._quantiles()
        return _estimates(self.values, low, high)

    def basic(self, lowest: float) -> tuple[Estimate, ...]:
        """Reverse percentiles: what lies as far below the value as the resamples lie above it, and the other way round.

        For distances such as ECE and MCE: noise only adds to them, so a resample lies too high once more,
        as the value itself does, and percentile intervals exclude the truth; `lowest` is the least it can be.
        The correction is of first order: on 40 perfectly calibrated samples of 6,000 the interval of the ECE reached
        0 in 70 % and that of the MCE in 92 %. Source: Davison & Hinkley 1997, "Bootstrap Methods and their
        Application", 5.2; Efron & Tibshirani 1993, "An Introduction to the Bootstrap", 10 (bias).
        """
        low, high = self._quantiles()
        return _estimates(self.values, np.maximum(lowest, 2 * self.values - high), 2 * self.values - low)

    def _quantiles(self) -> NDArray[np.float64]:
        quantiles: NDArray[np.float64] = np.nanquantile(self.drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        return quantiles


def bootstrap(statistic: Statistic, rows: int, resamples: int, seed: int, threads: int) -> tuple[Estimate, ...]:
    """Percentile intervals of what `statistic` makes of row positions drawn with replacement."""
    return resample(statistic, rows, resamples, seed, threads).percentile()


def resample(statistic: Statistic, rows: int, resamples: int, seed: int, threads: int) -> Resampled:
    """The draws hang on the seed alone, not on the number of threads."""
    sizes = [min(RESAMPLES_PER_TASK, resamples - start) for start in range(0, resamples, RESAMPLES_PER_TASK)]
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    tasks = (delayed(_resampled)(statistic, rows, size, own) for size, own in zip(sizes, seeds, strict=True))
    drawn = np.vstack(Parallel(n_jobs=threads, prefer="threads")(tasks))
    return Resampled(statistic(np.arange(rows)), drawn)


def _estimates(
    values: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[Estimate, ...]:
    """No interval leaves out its own value."""
    return tuple(
        Estimate(value=float(v), low=float(min(a, v)), high=float(max(b, v)))
        for v, a, b in zip(values, low, high, strict=True)
    )


def _resampled(statistic: Statistic, rows: int, size: int, seed: np.random.SeedSequence) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.stack([statistic(rng.integers(0, rows, rows)) for _ in range(size)])


def _variance(values: Scores) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else 0.0
