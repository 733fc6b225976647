"""One model from one split: trees, then the calibrator on rows they never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.model.booster import Booster, Fitted, Growth, Sample, fit, grow
from core.model.calibration import Calibration, calibrate
from core.model.split import Positions

# Below this many rows
# - the stopping rows join the others for a second growth with the rounds found: out of fold on 50,649 real
#   applications that is worth 0.0008 AUC and 0.002 of cost; above, it costs minutes and brings nothing;
# - one thread grows the trees (the same ones): two wait for each other more than they help, and on a busy
#   machine they took 20 times as long.
FEW_ROWS = 100_000


@dataclass(frozen=True)
class Learnt:
    fitted: Fitted
    booster: Booster
    calibration: Calibration
    growth: Growth  # with the parameters that were used


def learn(
    sample: Sample,
    training: Positions,
    stopping: Positions,
    validation: Positions,
    growth: Growth,
    each: Callable[[float], None] | None = None,
) -> Learnt:
    """Trees from the training rows as far as the stopping rows allow, calibrated on the validation rows."""
    few = sample.target.size < FEW_ROWS
    grown = replace(growth, parameters=growth.parameters.for_rows(training.size), threads=1 if few else growth.threads)
    fitted = fit(sample.at(training), sample.at(stopping), grown, each)
    if few:
        fitted = grow(sample.at(np.sort(np.concatenate([training, stopping]))), fitted.rounds, grown)
    booster = Booster(fitted.text)
    margins = booster.margins(sample.features[validation], growth.threads)
    used = replace(grown, threads=growth.threads)
    return Learnt(fitted, booster, calibrate(margins, sample.target[validation]), used)
