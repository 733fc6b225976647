"""Scorecard points: a straight line in the log-odds of default, where fewer points mean more risk."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import ContractError, ModelRefused


def log_odds(default_probability: float) -> float:
    """ln(p / (1 − p)) of a PD strictly inside (0, 1); positive when default is likelier than not.

    >>> round(log_odds(1 / 11), 6)
    -2.302585
    """
    checked = checked_probability(default_probability)
    return math.log(checked) - math.log1p(-checked)


def checked_probability(default_probability: float) -> float:
    """The same PD, or ModelRefused when it is not a number strictly inside (0, 1)."""
    if not 0.0 < default_probability < 1.0:
        raise ModelRefused(
            f"Default probability: must lie strictly between 0 and 1, got {default_probability!r}; "
            "check the model's calibration and train again."
        )
    return float(default_probability)


@dataclass(frozen=True)
class Scale:
    """points = offset − factor × log-odds of default."""

    factor: float  # points per unit of log-odds, > 0
    offset: float  # points at even odds

    @classmethod
    def at(cls, points: float, odds: float, points_to_double: float) -> Scale:
        """The scale that gives `points` at `odds` good to bad, and `points_to_double` more for double the odds.

        >>> scale = Scale.at(600, 50, 20)
        >>> round(scale.factor, 4), round(scale.offset, 3)
        (28.8539, 487.123)
        """
        if not (math.isfinite(points) and 0 < odds < math.inf and 0 < points_to_double < math.inf):
            raise ContractError(
                "Policy scale: points must be finite, odds and points_to_double above 0, "
                f"got {points!r}, {odds!r} and {points_to_double!r}; correct them in the contract's policy."
            )
        factor = points_to_double / math.log(2)
        return cls(factor=factor, offset=points - factor * math.log(odds))

    def points(self, default_probability: float) -> float:
        return self.from_log_odds(log_odds(default_probability))

    def from_log_odds(self, log_odds_of_default: float) -> float:
        return self.offset - self.factor * log_odds_of_default

    def step(self, contribution: float) -> float:
        """A contribution in log-odds as points: exact, and of the opposite sign."""
        return -self.factor * contribution
