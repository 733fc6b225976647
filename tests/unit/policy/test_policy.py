from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.errors import ContractError, ModelRefused
from core.policy.points import Scale
from core.policy.policy import Policy
from core.policy.recommendation import Recommendation

POLICY = Policy(
    approve_below=1 / 11,
    decline_from=0.15,
    cost_default_approved=10,
    cost_good_refused=1,
    loss_given_default=0.45,
    exposure_column="LOAN",
    sign_above_amount=500_000,
    scale=Scale.at(600, 50, 20),
    grade_cuts=(0.0025, 0.005, 0.0075, 0.025, 0.10, 0.20),
    grade_letters="ABCDEFG",
)


@pytest.mark.parametrize(
    ("pd", "recommendation"),
    [
        (math.nextafter(1 / 11, 0), Recommendation.APPROVE),
        (1 / 11, Recommendation.REFER),
        (math.nextafter(0.15, 0), Recommendation.REFER),
        (0.15, Recommendation.DECLINE),
        (math.nextafter(0, 1), Recommendation.APPROVE),
        (math.nextafter(1, 0), Recommendation.DECLINE),
    ],
)
def test_the_recommendation_changes_exactly_at_the_limits(pd: float, recommendation: Recommendation) -> None:
    assert POLICY.recommend(pd) is recommendation


def test_equal_limits_leave_no_room_for_a_referral() -> None:
    policy = replace(POLICY, decline_from=1 / 11)
    assert policy.recommend(math.nextafter(1 / 11, 0)) is Recommendation.APPROVE
    assert policy.recommend(1 / 11) is Recommendation.DECLINE


@pytest.mark.parametrize(("cut", "better", "worse"), list(zip(POLICY.grade_cuts, "ABCDEF", "BCDEFG", strict=True)))
def test_a_probability_on_a_cut_has_the_worse_grade(cut: float, better: str, worse: str) -> None:
    assert POLICY.grade(math.nextafter(cut, 0)) == better
    assert POLICY.grade(cut) == worse


@pytest.mark.parametrize("pd", [0.0, 1.0, -1.0, math.nan, math.inf])
def test_no_recommendation_grade_or_loss_without_a_probability(pd: float) -> None:
    for asked in (POLICY.recommend, POLICY.grade, POLICY.points, lambda p: POLICY.expected_loss(p, 1.0)):
        with pytest.raises(ModelRefused):
            asked(pd)


def test_expected_loss_is_pd_times_lgd_times_exposure() -> None:
    assert POLICY.expected_loss(0.318, 540_000) == pytest.approx(77_274)


@pytest.mark.parametrize("exposure", [-1.0, math.nan, math.inf])
def test_an_exposure_that_is_no_amount_is_refused(exposure: float) -> None:
    with pytest.raises(ValueError, match="exposure"):
        POLICY.expected_loss(0.1, exposure)


def test_the_version_is_made_from_the_content() -> None:
    assert POLICY.version == replace(POLICY).version
    assert POLICY.version.startswith("policy-")
    assert len(POLICY.version) == len("policy-1a2b3c4d")
    assert replace(POLICY, decline_from=math.nextafter(0.15, 1)).version != POLICY.version
    assert replace(POLICY, scale=Scale.at(600, 50, 21)).version != POLICY.version


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"approve_below": 0.0}, "approve_below"),
        ({"approve_below": math.nan}, "approve_below"),
        ({"decline_from": 1.0}, "decline_from"),
        ({"decline_from": 0.05}, "must not lie below approve_below"),
        ({"loss_given_default": 1.01}, "loss_given_default"),
        ({"loss_given_default": math.nan}, "loss_given_default"),
        ({"cost_default_approved": 0.0}, "costs"),
        ({"cost_good_refused": math.inf}, "costs"),
        ({"sign_above_amount": -1.0}, "amounts"),
        ({"grade_cuts": (0.0025, 0.005, 0.0075, 0.025, 0.20, 0.10)}, "grade_cuts"),
        ({"grade_cuts": (0.0025, 0.005, 0.0075, 0.025, 0.10, 1.0)}, "grade_cuts"),
        ({"grade_letters": "ABC"}, "grade_letters"),
        ({"grade_letters": "ABCDEFA"}, "grade_letters"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_refused_by_name(change: dict[str, object], rule: str) -> None:
    with pytest.raises(ContractError, match=rule):
        replace(POLICY, **change)  # type: ignore[arg-type]
