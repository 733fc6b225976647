"""The yardstick: a plain logistic regression on the same rows. Trees that do not beat it are not worth their name."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from core.model.booster import Rows, Sample
from core.model.calibration import FLOOR
from core.model.card import Yardstick
from core.model.intervals import Scores, delong
from core.model.metrics import brier, calibration_errors, log_loss

MOST_ROWS = 60_000  # more do not move its AUC and would take longer than the trees
MOST_STEPS = 300
SHRINKAGE = 0.02  # inverse strength of the L2 penalty: many standardised columns say nearly the same
DESCRIPTION = (
    "Logistic regression: numbers by median imputation, missing flags and standardisation; categories by level."
)


@dataclass(frozen=True)
class Design:
    """How a feature row becomes a row of the regression, learnt from its training rows."""

    numbers: tuple[int, ...]
    flagged: tuple[int, ...]  # numbers that are missing for somebody
    categories: tuple[tuple[int, int], ...]  # position, levels
    medians: NDArray[np.float32]
    means: NDArray[np.float32]
    spreads: NDArray[np.float32]

    def rows(self, features: Rows) -> NDArray[np.float32]:
        numbers = features[:, list(self.numbers)]
        filled = np.where(np.isnan(numbers), self.medians, numbers)
        standard = (filled - self.means) / self.spreads
        flags = np.isnan(features[:, list(self.flagged)]).astype(np.float32)
        levels = [features[:, [at]] == np.arange(count, dtype=np.float32) for at, count in self.categories]
        return np.hstack([standard, flags, *levels]).astype(np.float32, copy=False)


def design(features: Rows, levels: tuple[int, ...]) -> Design:
    """`levels`: of each feature, 0 for numbers."""
    numbers = tuple(position for position, count in enumerate(levels) if count == 0)
    chosen = features[:, list(numbers)]
    medians = np.nanmedian(chosen, axis=0).astype(np.float32)
    filled = np.where(np.isnan(chosen), medians, chosen)
    spreads = filled.std(axis=0, dtype=np.float64)
    return Design(
        numbers=numbers,
        flagged=tuple(position for position in numbers if bool(np.isnan(features[:, position]).any())),
        categories=tuple((position, count) for position, count in enumerate(levels) if count),
        medians=medians,
        means=filled.mean(axis=0, dtype=np.float64).astype(np.float32),
        spreads=np.where(spreads > 0, spreads, 1.0).astype(np.float32),
    )


def yardstick(training: Sample, test: Sample, levels: tuple[int, ...], seed: int) -> Yardstick:
    """What a plain logistic regression reaches on the test rows."""
    seen = _at_most(training, seed)
    learnt = design(seen.features, levels)
    regression = LogisticRegression(C=SHRINKAGE, max_iter=MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said on the card instead
        regression.fit(learnt.rows(seen.features), seen.target)
    raw = regression.predict_proba(learnt.rows(test.features))[:, 1].astype(np.float64)
    pd: Scores = np.clip(raw, FLOOR, 1 - FLOOR)
    return Yardstick(
        description=DESCRIPTION,
        rows=int(seen.target.size),
        converged=bool(regression.n_iter_[0] < MOST_STEPS),
        auc=delong(pd, test.target),
        brier=brier(pd, test.target),
        log_loss=log_loss(pd, test.target),
        ece=calibration_errors(pd, test.target)[0],
    )


def _at_most(training: Sample, seed: int) -> Sample:
    if training.target.size <= MOST_ROWS:
        return training
    return training.at(np.sort(np.random.default_rng(seed).choice(training.target.size, MOST_ROWS, replace=False)))
