"""How well default probabilities rank and how true they are (domain: higher = riskier, 1 = default)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from core.model.card import Estimate, Metrics, ReliabilityBin
from core.model.intervals import Outcomes, Scores, around, delong, resample, wilson
from core.model.logistic import Line, fit_line

BINS = 10
RESAMPLES = 200


def auc(scores: Scores, target: Outcomes) -> float:
    """The chance that a client who defaults scores higher than one who does not; ties count half."""
    positives = int(np.count_nonzero(target))
    negatives = target.size - positives
    ranks = rankdata(scores)[target == 1].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def ks_distance(scores: Scores, target: Outcomes) -> float:
    """The largest gap between the cumulated scores of those who default and those who do not, 0..1."""
    curve = _curve(scores, target)
    return float(np.max(np.abs(curve.hits / curve.hits[-1] - curve.alarms / curve.alarms[-1])))


def pr_auc(scores: Scores, target: Outcomes) -> float:
    """Average precision: the mean of precision over recall, without interpolation."""
    curve = _curve(scores, target)
    precision = curve.hits / (curve.hits + curve.alarms)
    return float(np.sum(np.diff(curve.hits / curve.hits[-1], prepend=0.0) * precision))


def brier(pd: Scores, target: Outcomes) -> float:
    """Mean squared distance of probability and outcome."""
    return float(np.mean((pd - target) ** 2))


def log_loss(pd: Scores, target: Outcomes) -> float:
    """Mean negative log likelihood; finite because a PD lies strictly inside (0, 1)."""
    return float(-np.mean(np.where(target == 1, np.log(pd), np.log1p(-pd))))


def reliability(pd: Scores, target: Outcomes) -> tuple[ReliabilityBin, ...]:
    """Ten equally large groups by PD: what was expected, what happened and how sure that is."""
    groups = [group for group in _groups(pd) if group.size]
    return tuple(
        ReliabilityBin(
            clients=int(group.size),
            defaults=int(target[group].sum()),
            mean_pd=float(pd[group].mean()),
            observed=wilson(int(target[group].sum()), int(group.size)),
        )
        for group in groups
    )


def calibration_errors(pd: Scores, target: Outcomes) -> tuple[float, float]:
    """ECE and MCE: mean and largest gap of expected and observed rate over ten equally large groups."""
    groups = [group for group in _groups(pd) if group.size]
    gaps = np.array([abs(float(pd[group].mean()) - float(target[group].mean())) for group in groups])
    sizes = np.array([group.size for group in groups])
    return float(np.average(gaps, weights=sizes)), float(gaps.max())


def calibration_line(pd: Scores, target: Outcomes) -> Line:
    """How outcomes follow the log-odds of the PD: slope 1 and intercept 0 where every PD is true."""
    return fit_line(np.log(pd) - np.log1p(-pd), target.astype(np.float64))


def measure(pd: Scores, target: Outcomes, seed: int, threads: int, resamples: int = RESAMPLES) -> Metrics:
    """All figures with 95 % intervals: percentile bootstrap, for ECE and MCE the basic one (see Resampled)."""
    area = delong(pd, target)
    line = calibration_line(pd, target)

    def statistic(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return _figures(pd[rows], target[rows])

    resampled = resample(statistic, pd.size, resamples, seed, threads)
    ks, precision, squared, loss = resampled.percentile()[:-2]
    ece, mce = resampled.basic(lowest=0.0)[-2:]
    return Metrics(
        clients=int(pd.size),
        defaults=int(target.sum()),
        auc=area,
        gini=Estimate(value=2 * area.value - 1, low=2 * area.low - 1, high=2 * area.high - 1),
        ks=ks,
        pr_auc=precision,
        brier=squared,
        log_loss=loss,
        ece=ece,
        mce=mce,
        mean_pd=float(pd.mean()),
        observed_rate=wilson(int(target.sum()), int(target.size)),
        calibration_slope=around(line.slope, line.slope_error),
        calibration_intercept=around(line.intercept, line.intercept_error),
        reliability=reliability(pd, target),
    )


def _figures(pd: Scores, target: Outcomes) -> NDArray[np.float64]:
    """KS, PR-AUC, Brier, log loss, ECE, MCE; NaN for ranks where a resample has one class only."""
    errors = calibration_errors(pd, target)
    both = 0 < int(target.sum()) < target.size
    ranks = (ks_distance(pd, target), pr_auc(pd, target)) if both else (np.nan, np.nan)
    return np.array([*ranks, brier(pd, target), log_loss(pd, target), *errors])


@dataclass(frozen=True)
class _Curve:
    """Cumulated defaults and non-defaults from the riskiest distinct score down."""

    hits: NDArray[np.float64]
    alarms: NDArray[np.float64]


def _curve(scores: Scores, target: Outcomes) -> _Curve:
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), scores.size - 1)
    hits = np.cumsum(target[order], dtype=np.float64)[ends]
    return _Curve(hits=hits, alarms=ends + 1 - hits)


def _groups(pd: Scores) -> list[NDArray[np.intp]]:
    return np.array_split(np.argsort(pd, kind="stable"), BINS)
