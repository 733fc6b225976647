"""One feature row in; score, explanation and reasons out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import ExplanationRefused
from core.policy.points import log_odds
from core.policy.policy import Policy
from core.portfolio.contract import Contract
from core.scoring.contributions import Contributions, meanings_of
from core.scoring.feature_gate import FeatureGate, FeatureMatrix, FeatureRow
from core.scoring.reasons import Families
from core.scoring.score import Score

ADDITIVITY = 1e-6  # log-odds by which base + contributions may miss the margin


class ScoringModel(Protocol):
    """What a score needs from a model."""

    @property
    def features(self) -> tuple[str, ...]: ...
    @property
    def version(self) -> str: ...
    def margin(self, row: FeatureRow) -> float: ...
    def margins(self, matrix: FeatureMatrix) -> NDArray[np.float64]: ...
    def contributions(self, row: FeatureRow) -> tuple[NDArray[np.float64], float]: ...
    def default_probability(self, margin: float) -> float: ...
    def default_probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float64]: ...


class Scorer:
    """Scores rows with one model under one policy; what the contract says is looked up once, here."""

    def __init__(
        self,
        model: ScoringModel,
        policy: Policy,
        contract: Contract,
        clock: Callable[[], datetime],
        language: str = "en",
    ) -> None:
        self.policy = policy
        self._model = model
        self._clock = clock
        self._meanings = meanings_of(contract, model.features, language)
        self._gate = FeatureGate(self._meanings)
        self._families = Families(contract, self._meanings, language)

    @property
    def features(self) -> tuple[str, ...]:
        return self._model.features

    def score(self, row: FeatureRow, names: Sequence[str], applicant: str, exposure: float | None) -> Score:
        """The explained score of one row whose columns are `names`; `exposure` is what a default would put at risk.

        Raises FeatureRowRefused for a row that does not fit the model, ExplanationRefused when the contributions
        do not add up to the margin, a principal reason has no wording or a protected feature contributes.
        """
        started = time.perf_counter()
        self._gate.check_row(row, names)
        margin = self._model.margin(row)
        shares, base = self._model.contributions(row)
        _check_additivity(base, shares, margin)
        pd = self._model.default_probability(margin)
        policy = self.policy
        return Score(
            applicant=applicant,
            margin=margin,
            base=base,
            contributions=Contributions(self._meanings, row, shares),
            families=self._families.sums(shares, row),
            calibration=log_odds(pd) - margin,
            default_probability=pd,
            points=policy.points(pd),
            grade=policy.grade(pd),
            recommendation=policy.recommend(pd),
            cut=policy.approve_below,
            decline_from=policy.decline_from,
            reasons=self._families.reasons(shares, row),
            expected_loss=None if exposure is None else policy.expected_loss(pd, exposure),
            model_version=self._model.version,
            policy_version=policy.version,
            scored_at=self._clock(),
            latency_ms=(time.perf_counter() - started) * 1000,
        )

    def score_many(self, matrix: FeatureMatrix, names: Sequence[str]) -> NDArray[np.float64]:
        """The default probabilities of many rows, by the same gate, margin and calibration as one score."""
        self._gate.check_matrix(matrix, names)
        return self._model.default_probabilities(self._model.margins(matrix))


def _check_additivity(base: float, shares: NDArray[np.float64], margin: float) -> None:
    total = base + math.fsum(shares)
    if not abs(total - margin) <= ADDITIVITY:
        raise ExplanationRefused(
            f"Explanation: base and contributions must add up to the margin within {ADDITIVITY:g}, "
            f"got {total!r} for {margin!r}; the score is not shown, load or train the model again."
        )
