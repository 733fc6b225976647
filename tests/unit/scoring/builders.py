"""Small scores, a small contract and a small model for the tests of scoring; nothing of any lender's columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from core.policy.points import Scale
from core.policy.policy import Policy
from core.portfolio.contract import (
    Choice,
    Column,
    Contract,
    Family,
    Feature,
    FirstPolicy,
    FormGroup,
    Kind,
    Pattern,
    Portfolio,
    Table,
)
from core.scoring.score import Contribution, FamilyContribution, Reason, Score

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SCALE = Scale.at(600, 50, 20)
POLICY = Policy(
    approve_below=1 / 11,
    decline_from=0.15,
    cost_default_approved=10,
    cost_good_refused=1,
    loss_given_default=0.45,
    exposure_column="LOAN",
    sign_above_amount=500_000,
    scale=SCALE,
    grade_cuts=(0.0025, 0.005, 0.0075, 0.025, 0.10, 0.20),
    grade_letters="ABCDEFG",
)


def a_score(
    contributions: Sequence[tuple[str, float]] = (("outside", 1.9), ("work", 0.35), ("home", -0.2)),
    base: float = -2.8,
    calibration: float = 0.0,
    policy: Policy = POLICY,
) -> Score:
    """A score whose every figure follows from (family, log-odds) pairs, base and calibration."""
    parts = tuple(
        Contribution(f"{family}_{i}", f"Fact {i}", family, float(i), str(i), share)
        for i, (family, share) in enumerate(contributions)
    )
    margin = base + math.fsum(part.contribution for part in parts)
    pd = min(1 - 1e-6, max(1e-6, float(expit(margin + calibration))))
    sums: dict[str, float] = {}
    for part in parts:
        sums[part.family] = sums.get(part.family, 0.0) + part.contribution
    families = sorted(
        (FamilyContribution(f, f.capitalize(), c) for f, c in sums.items()), key=lambda f: -abs(f.contribution)
    )
    raising = sorted((f for f in families if f.contribution > 0), key=lambda f: -f.contribution)
    return Score(
        applicant="1",
        margin=margin,
        base=base,
        contributions=parts,
        families=tuple(families),
        calibration=(math.log(pd) - math.log1p(-pd)) - margin,
        default_probability=pd,
        points=policy.points(pd),
        grade=policy.grade(pd),
        recommendation=policy.recommend(pd),
        cut=policy.approve_below,
        decline_from=policy.decline_from,
        reasons=tuple(
            Reason(f.family, f.label, f"weak {f.family}", f"{f.label} is weak.", f.contribution) for f in raising[:4]
        ),
        expected_loss=None,
        model_version="model-1",
        policy_version=policy.version,
        scored_at=NOW,
        latency_ms=1.0,
    )


def a_contract() -> Contract:
    """Two tables, five families; `born` is protected."""
    columns = {
        "KEY": Column(label={"en": "Number"}, kind=Kind.IDENTIFIER, nullable=False),
        "BAD": Column(label={"en": "Defaulted"}, kind=Kind.TARGET),
        "LOAN": Column(label={"en": "Loan"}, kind=Kind.MONEY, family="loan", minimum=0, maximum=1e9),
        "INCOME": Column(label={"en": "Income"}, kind=Kind.MONEY, family="income", direction=-1),
        "OUTSIDE": Column(label={"en": "Outside score"}, kind=Kind.SCORE, family="outside", direction=-1),
        "WORKING": Column(label={"en": "Employed"}, kind=Kind.DAYS, family="work", sentinels=(365243.0,)),
        "CHILDREN": Column(label={"en": "Children"}, kind=Kind.COUNT, family="home"),
        "TRADE": Column(
            label={"en": "Trade"},
            kind=Kind.CATEGORY,
            family="work",
            choices=tuple(Choice(value=v, label={"en": v.capitalize()}) for v in ("baker", "smith", "weaver")),
        ),
        "BORN": Column(label={"en": "Age"}, kind=Kind.DAYS, family="home", protected="age"),
    }
    return Contract(
        portfolio=Portfolio(
            name="small",
            title={"en": "Small"},
            currency={"en": ""},
            key="KEY",
            target="BAD",
            target_meaning={"en": "late"},
        ),
        tables=(
            Table(name="loans", files=("loans",), label={"en": "Loans"}, required=True, unique=("KEY",)),
            Table(name="past", files=("past",), label={"en": "Past"}),
        ),
        columns={"loans": columns, "past": {}},
        families={
            name: Family(
                label={"en": label}, raises={"en": f"weak {label.lower()}"}, reason={"en": f"{label} count against it."}
            )
            for name, label in (
                ("outside", "Outside scores"),
                ("work", "Employment"),
                ("income", "Income"),
                ("loan", "Loan terms"),
                ("home", "Household"),
                ("past", "Past loans"),
            )
        },
        patterns=(Pattern(match="past_*", family="past", table="past"), Pattern(match="*", family="")),
        features={
            "past_count": Feature(label={"en": "Past loans"}, kind=Kind.COUNT),
            "unsorted": Feature(label={"en": "Belongs nowhere"}, kind=Kind.RATIO),
        },
        form=(FormGroup(label={"en": "Loan"}, columns=("LOAN", "INCOME")),),
        facts=("LOAN", "INCOME", "WORKING", "OUTSIDE", "CHILDREN", "TRADE", "BORN"),
        decisions=(),
        overrides=(),
        policy=FirstPolicy(
            approve_below=1 / 11,
            decline_from=0.15,
            cost_default_approved=10,
            cost_good_refused=1,
            loss_given_default=0.45,
            exposure_column="LOAN",
            sign_above_amount=500_000,
        ),
    )


class LinearModel:
    """A model whose exact contributions are known: weight × value, a missing value counts as 0."""

    version = "model-1"

    def __init__(self, weights: dict[str, float], base: float = -2.5, shift: float = 0.1) -> None:
        self.features = tuple(weights)
        self._weights = np.array(list(weights.values()))
        self._base = base
        self._shift = shift  # what calibration adds to the log-odds

    def margin(self, row: NDArray[np.float32]) -> float:
        return self._base + math.fsum(self.contributions(row)[0])

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._base + np.nan_to_num(matrix.astype(np.float64)) @ self._weights

    def contributions(self, row: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
        return self._weights * np.nan_to_num(row.astype(np.float64)), self._base

    def default_probability(self, margin: float) -> float:
        return float(self.default_probabilities(np.array([margin]))[0])

    def default_probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(expit(margins + self._shift), 1e-6, 1 - 1e-6)
