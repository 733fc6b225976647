"""From margin to calibrated default probability (PD): one function everywhere, so that every PD is repeatable."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingRefused
from core.model.logistic import Line, fit_line, probability

FLOOR = 1e-6  # a PD lies strictly inside (0, 1): nobody is certain


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Platt's line on the margin, then a clip: PD = probability(slope · margin + intercept), floor ≤ PD ≤ 1 − floor."""

    slope: float  # > 0, so that the order of clients stays
    intercept: float  # log-odds
    floor: float = FLOOR
    format: int = 1
    method: str = "platt"

    def log_odds(self, margin: float) -> float:
        """Calibrated log-odds of one margin, after the clip."""
        limit = math.log((1 - self.floor) / self.floor)
        return min(max(self.slope * margin + self.intercept, -limit), limit)

    def default_probability(self, margin: float) -> float:
        return min(max(probability(self.slope * margin + self.intercept), self.floor), 1 - self.floor)

    def default_probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for many margins, equal to the last bit."""
        return np.clip(probability(self.slope * margins + self.intercept), self.floor, 1 - self.floor)


def calibrate(margins: NDArray[np.float64], target: NDArray[np.int8]) -> Calibration:
    """Platt's line through rows used neither for growing the trees nor for stopping them.

    Refuses margins that do not rank: a falling line would turn the order of clients round.
    """
    line: Line = fit_line(margins, smoothed(target))
    if not (math.isfinite(line.slope) and line.slope > 0):
        raise TrainingRefused(
            "Calibration: the model's margin must rise with the risk on the validation rows, "
            f"got a slope of {line.slope:.3g}; the features do not tell who defaults: train on more labelled rows."
        )
    return Calibration(slope=line.slope, intercept=line.intercept)


def smoothed(target: NDArray[np.int8]) -> NDArray[np.float64]:
    """Platt's targets: a little inside 0 and 1, so that few, perfectly separated rows give a finite line.

    Source: Platt 1999, "Probabilistic outputs for support vector machines", section 2.2.
    """
    positives = int(np.count_nonzero(target))
    negatives = target.size - positives
    return np.where(target == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
