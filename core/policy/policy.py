"""The policy: from a calibrated default probability to grade, recommendation and expected loss."""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise

from core.errors import ContractError
from core.policy.points import Scale, checked_probability
from core.policy.recommendation import Recommendation
from core.portfolio.contract import Contract


@dataclass(frozen=True)
class Policy:
    """Cut-offs, costs, grades and scale; a change is a new policy with a version of its own."""

    approve_below: float  # PD
    decline_from: float  # PD
    cost_default_approved: float
    cost_good_refused: float
    loss_given_default: float  # share of the exposure that a default loses
    exposure_column: str
    sign_above_amount: float  # second signature from this amount on
    scale: Scale
    grade_cuts: tuple[float, ...]  # PD; a PD on a cut belongs to the worse grade
    grade_letters: str  # best first, one more than the cuts

    def __post_init__(self) -> None:
        for refused, rule, got in self._broken_rules():
            if refused:
                raise ContractError(f"Policy: {rule}, got {got}; correct it in the contract's policy.")

    def _broken_rules(self) -> tuple[tuple[bool, str, object], ...]:
        cuts = self.grade_cuts
        ordered = all(low < high for low, high in pairwise(cuts))
        return (
            (not 0 < self.approve_below < 1, "approve_below must lie between 0 and 1", self.approve_below),
            (not 0 < self.decline_from < 1, "decline_from must lie between 0 and 1", self.decline_from),
            (
                not self.approve_below <= self.decline_from,
                "decline_from must not lie below approve_below",
                f"{self.decline_from} and {self.approve_below}",
            ),
            (
                not 0 <= self.loss_given_default <= 1,
                "loss_given_default must lie from 0 to 1",
                self.loss_given_default,
            ),
            (not 0 < self.cost_default_approved < math.inf, "costs must be above 0", self.cost_default_approved),
            (not 0 < self.cost_good_refused < math.inf, "costs must be above 0", self.cost_good_refused),
            (not 0 <= self.sign_above_amount < math.inf, "amounts must be 0 or more", self.sign_above_amount),
            (not all(0 < cut < 1 for cut in cuts) or not ordered, "grade_cuts must rise between 0 and 1", cuts),
            (
                len(self.grade_letters) != len(cuts) + 1 or len(set(self.grade_letters)) != len(self.grade_letters),
                f"grade_letters must be {len(cuts) + 1} different letters",
                self.grade_letters,
            ),
        )

    @cached_property
    def version(self) -> str:
        """A name made from the content: equal policies have equal versions on every machine."""
        content = json.dumps(asdict(self), sort_keys=True, allow_nan=False)
        return "policy-" + hashlib.sha256(content.encode()).hexdigest()[:8]

    def recommend(self, default_probability: float) -> Recommendation:
        """Approve below `approve_below`, decline from `decline_from` on, refer in between."""
        pd = checked_probability(default_probability)
        if pd < self.approve_below:
            return Recommendation.APPROVE
        return Recommendation.DECLINE if pd >= self.decline_from else Recommendation.REFER

    def grade(self, default_probability: float) -> str:
        return self.grade_letters[bisect_right(self.grade_cuts, checked_probability(default_probability))]

    def grade_range(self, grade: str) -> tuple[float, float]:
        """The PDs of this grade: from the first on, below the second; 0 and 1 where it has no cut."""
        bounds = (0.0, *self.grade_cuts, 1.0)
        at = self.grade_letters.index(grade)
        return bounds[at], bounds[at + 1]

    def points(self, default_probability: float) -> float:
        return self.scale.points(default_probability)

    def expected_loss(self, default_probability: float, exposure: float) -> float:
        """PD × LGD × exposure, in the portfolio's currency; LGD and exposure are assumptions."""
        if not 0 <= exposure < math.inf:
            raise ValueError(f"exposure: must be a finite amount of 0 or more, got {exposure!r}")
        return checked_probability(default_probability) * self.loss_given_default * exposure


def from_contract(contract: Contract) -> Policy:
    """The policy a new desk starts with."""
    first = contract.policy
    return Policy(
        approve_below=first.approve_below,
        decline_from=first.decline_from,
        cost_default_approved=first.cost_default_approved,
        cost_good_refused=first.cost_good_refused,
        loss_given_default=first.loss_given_default,
        exposure_column=first.exposure_column,
        sign_above_amount=first.sign_above_amount,
        scale=Scale.at(first.points_at_odds, first.odds, first.points_to_double),
        grade_cuts=first.grade_cuts,
        grade_letters=first.grade_letters,
    )
