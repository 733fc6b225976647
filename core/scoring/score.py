"""What a score is made of: frozen values, nothing computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.policy.recommendation import Recommendation


@dataclass(frozen=True)
class Contribution:
    """One feature's share of the margin."""

    feature: str
    label: str
    family: str  # id of the family in the contract
    value: float | None  # as the model saw it; None = missing
    shown: str  # the same in the contract's words and units
    contribution: float  # log-odds; positive raises risk


@dataclass(frozen=True)
class FamilyContribution:
    family: str
    label: str
    contribution: float  # log-odds, sum over the family's features
    unknown: bool = False  # most of it comes from values that are missing
    nothing_known: bool = field(default=False, compare=False)  # every fact of it is missing; records keep its words


@dataclass(frozen=True)
class Reason:
    """A principal factor against this applicant, in the contract's wording."""

    family: str
    label: str
    raises: str  # fragment: "low external scores"
    text: str  # full sentence
    contribution: float  # log-odds, > 0


@dataclass(frozen=True)
class Score:
    """One scored application: base + sum(contributions) = margin; margin + calibration = logit(PD)."""

    applicant: str
    margin: float  # raw log-odds
    base: float  # log-odds of the model before any feature
    contributions: Sequence[Contribution]  # every feature of the model, in the model's order
    families: tuple[FamilyContribution, ...]  # by size, largest first
    calibration: float  # log-odds added by the calibrator (and the clip), its own step
    default_probability: float  # calibrated, strictly inside (0, 1)
    points: float
    grade: str
    recommendation: Recommendation
    cut: float  # approve below this PD
    decline_from: float  # decline from this PD on
    reasons: tuple[Reason, ...]  # at most four, largest harm first; empty: no single principal factor
    expected_loss: float | None  # in the portfolio's currency; None without exposure
    model_version: str
    policy_version: str
    scored_at: datetime  # UTC
    latency_ms: float

    @property
    def calibrated_log_odds(self) -> float:
        """ln(PD / (1 − PD)), up to rounding: what points are a straight line in."""
        return self.margin + self.calibration
