"""Points against the published table of the scale 600 at 50:1, 20 to double (domain facts, section 4)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ContractError, ModelRefused
from core.policy.points import Scale, log_odds

SCALE = Scale.at(points=600, odds=50, points_to_double=20)


@pytest.mark.parametrize(
    ("pd", "points"), [(0.01, 620), (0.02, 599), (0.05, 572), (0.0807, 557), (1 / 11, 554), (0.20, 527), (0.50, 487)]
)
def test_points_are_the_published_ones(pd: float, points: int) -> None:
    assert round(SCALE.points(pd)) == points


def test_factor_and_offset_are_the_published_ones() -> None:
    assert round(SCALE.factor, 4) == 28.8539
    assert round(SCALE.offset, 3) == 487.123


def test_double_the_odds_is_exactly_the_points_to_double() -> None:
    assert SCALE.from_log_odds(-math.log(100)) - SCALE.from_log_odds(-math.log(50)) == pytest.approx(20, abs=1e-10)


@given(st.floats(1e-9, 1 - 1e-9), st.floats(-5, 5))
def test_a_contribution_in_points_is_the_difference_of_the_points(pd: float, contribution: float) -> None:
    before = log_odds(pd)
    moved = SCALE.from_log_odds(before + contribution) - SCALE.from_log_odds(before)
    assert moved == pytest.approx(SCALE.step(contribution), abs=1e-9)


@pytest.mark.parametrize("pd", [0.0, 1.0, -0.1, 1.1, math.nan, math.inf, -math.inf])
def test_a_probability_outside_the_open_interval_is_refused(pd: float) -> None:
    with pytest.raises(ModelRefused, match="strictly between 0 and 1"):
        SCALE.points(pd)


@pytest.mark.parametrize("pd", [math.nextafter(0, 1), math.nextafter(1, 0)])
def test_probabilities_just_inside_have_finite_points(pd: float) -> None:
    assert math.isfinite(SCALE.points(pd))


@pytest.mark.parametrize(
    ("points", "odds", "double"), [(600, 0, 20), (600, 50, 0), (math.nan, 50, 20), (600, math.inf, 20)]
)
def test_a_scale_that_is_none_is_refused(points: float, odds: float, double: float) -> None:
    with pytest.raises(ContractError, match="Policy scale"):
        Scale.at(points, odds, double)
