from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from core.scoring.score import Score
from core.scoring.waterfall import BarKind, Grouping, Unit, Waterfall, direction, waterfall
from tests.unit.scoring.builders import SCALE, a_score

FAMILIES = ("outside", "work", "home", "income", "loan")
SCORES = st.builds(
    a_score,
    st.lists(st.tuples(st.sampled_from(FAMILIES), st.floats(-2, 2)), min_size=1, max_size=30),
    base=st.floats(-4, 1),
    calibration=st.floats(-0.5, 0.5),
)


def shares_of(score: Score, grouping: Grouping) -> list[float]:
    parts = score.families if grouping is Grouping.FAMILY else score.contributions
    return sorted((part.contribution for part in parts), key=lambda share: -abs(share))


def end_of(score: Score, unit: Unit) -> float:
    log_odds = math.log(score.default_probability / (1 - score.default_probability))
    return {
        Unit.POINTS: score.points,
        Unit.LOG_ODDS: log_odds,
        Unit.PROBABILITY: score.default_probability,
    }[unit]


def start_of(score: Score, unit: Unit) -> float:
    return {
        Unit.POINTS: SCALE.from_log_odds(score.base),
        Unit.LOG_ODDS: score.base,
        Unit.PROBABILITY: float(expit(score.base)),
    }[unit]


@given(SCORES, st.sampled_from(Unit), st.sampled_from(Grouping), st.data())
def test_bars_join_from_the_base_to_the_score_whatever_is_shown(
    score: Score, unit: Unit, grouping: Grouping, data: st.DataObject
) -> None:
    shares = shares_of(score, grouping)
    count = data.draw(st.integers(1, len(shares)))
    view = waterfall(score, unit, grouping, count, SCALE)
    assert view.bars[0].start == pytest.approx(start_of(score, unit), abs=1e-9)
    assert view.bars[-1].end == pytest.approx(end_of(score, unit), abs=1e-9)
    for above, below in pairwise(view.bars):
        assert above.end == below.start
        assert above.step == above.end - above.start
    others = [bar for bar in view.bars if bar.kind is BarKind.OTHERS]
    assert [bar.label for bar in others] == ([f"All others ({len(shares) - count})"] if count < len(shares) else [])
    assert len(view.bars) == count + len(others) + 3
    assert all(view.axis.lower <= bar.end <= view.axis.upper for bar in view.bars)


@given(SCORES, st.sampled_from(Grouping), st.integers(1, 30))
def test_log_odds_and_points_of_a_bar_are_exactly_its_contribution(
    score: Score, grouping: Grouping, count: int
) -> None:
    shares = shares_of(score, grouping)
    expected = [*shares[:count], *([math.fsum(shares[count:])] if count < len(shares) else []), score.calibration]
    in_log_odds = waterfall(score, Unit.LOG_ODDS, grouping, count, SCALE).bars[1:-1]
    in_points = waterfall(score, Unit.POINTS, grouping, count, SCALE).bars[1:-1]
    assert [bar.step for bar in in_log_odds] == pytest.approx(expected, abs=1e-6)
    assert [bar.step for bar in in_points] == pytest.approx([-SCALE.factor * e for e in expected], abs=1e-4)


@given(SCORES, st.sampled_from(Unit), st.sampled_from(Grouping), st.integers(1, 30))
def test_the_written_sum_adds_up_as_printed(score: Score, unit: Unit, grouping: Grouping, count: int) -> None:
    view = waterfall(score, unit, grouping, count, SCALE)
    left, right = printed_sides(view)
    assert left == right
    assert view.bars[-1].shown in view.sum_check


def printed_sides(view: Waterfall) -> tuple[int, int]:
    """Both sides of the first equation of the sum check, in units of the last decimal."""
    left, right = view.sum_check.split(" = ")[:2]
    total = re.search(r"−?[\d.,]+", right)
    assert total is not None
    terms = re.findall(r"[−+]? ?[\d.,]+", left)
    return sum(map(as_units, terms)), as_units(total.group())


def as_units(printed: str) -> int:
    return int(re.sub(r"[ ,.+]", "", printed).replace("−", "-"))


def test_a_waterfall_in_points_reads_like_this() -> None:
    score = a_score([("outside", 1.93), ("work", 0.35), ("home", -0.22)], base=-2.844, calibration=-0.08)
    view = waterfall(score, Unit.POINTS, Grouping.FAMILY, 2, SCALE)
    assert [(bar.label, bar.shown, bar.direction) for bar in view.bars] == [
        ("Model base", "569.2", ""),
        ("Outside", "−55.7", "raises risk"),
        ("Work", "−10.1", "raises risk"),
        ("All others (1)", "+6.4", "lowers risk"),
        ("Calibration", "+2.3", "lowers risk"),
        ("This client", "512.1", ""),
    ]
    assert view.sum_check == "569.2 − 55.7 − 10.1 + 6.4 + 2.3 = 512.1 points = PD 29.7 %"
    assert view.unit_label == "points (fewer = riskier)"


def test_the_base_is_never_called_an_average() -> None:
    notes = {unit: waterfall(a_score(), unit, Grouping.FAMILY, 5, SCALE).note for unit in Unit}
    assert all("not the average default rate" in note for note in notes.values())
    assert [unit for unit, note in notes.items() if "in another order" in note] == [Unit.PROBABILITY]


def test_the_probability_path_follows_the_order_shown() -> None:
    view = waterfall(a_score([("work", 0.5), ("outside", 2.0)], base=-3.0), Unit.PROBABILITY, Grouping.FAMILY, 2, SCALE)
    assert [bar.end for bar in view.bars[:3]] == pytest.approx([float(expit(x)) for x in (-3.0, -1.0, -0.5)])
    assert view.bars[1].shown == "+22.2 pp"
    assert view.sum_check == "4.7 % + 22.2 pp + 10.9 pp + 0.0 pp = PD 37.8 %"


def test_features_come_with_their_values() -> None:
    view = waterfall(a_score(), Unit.POINTS, Grouping.FEATURE, 3, SCALE)
    assert [(bar.label, bar.value) for bar in view.bars[1:4]] == [("Fact 0", "0"), ("Fact 1", "1"), ("Fact 2", "2")]


def test_the_bands_follow_the_limits_of_the_policy_in_every_unit() -> None:
    score = a_score()
    in_points = waterfall(score, Unit.POINTS, Grouping.FAMILY, 3, SCALE)
    assert [band.recommendation for band in in_points.bands] == ["decline", "refer", "approve"]
    assert in_points.cut.position == pytest.approx(SCALE.points(1 / 11))
    assert in_points.bands[1].start == in_points.decline_from.position == pytest.approx(SCALE.points(0.15))
    in_probability = waterfall(score, Unit.PROBABILITY, Grouping.FAMILY, 3, SCALE)
    assert [band.recommendation for band in in_probability.bands] == ["approve", "refer", "decline"]
    assert in_probability.cut.position == pytest.approx(1 / 11)
    assert (in_probability.cut.text, in_probability.decline_from.text) == ("9.1 %", "15 %")


@given(SCORES, st.sampled_from(Unit))
def test_ticks_lie_on_the_axis_and_probabilities_keep_their_distance(score: Score, unit: Unit) -> None:
    view = waterfall(score, unit, Grouping.FAMILY, 5, SCALE)
    width = view.axis.upper - view.axis.lower
    slack = 1e-9 * width
    for tick in (*view.axis.ticks, *view.pd_ticks):
        assert view.axis.lower - slack <= tick.position <= view.axis.upper + slack
    assert 2 <= len(view.axis.ticks) <= 8
    places = [tick.position for tick in view.pd_ticks]
    assert all(after - before >= 0.1 * width for before, after in pairwise(places))
    assert (view.cut in view.pd_ticks) is (unit is not Unit.PROBABILITY)
    assert sum(band.end - band.start for band in view.bands) == pytest.approx(width)


@pytest.mark.parametrize(("contribution", "words"), [(1e-11, "raises risk"), (-1e-11, "lowers risk"), (0.0, "")])
def test_the_words_for_a_direction_are_fixed(contribution: float, words: str) -> None:
    assert direction(contribution) == words


def test_a_step_that_is_printed_as_zero_is_given_no_direction() -> None:
    bars = waterfall(a_score([("work", 0.5), ("home", 1e-4)]), Unit.POINTS, Grouping.FAMILY, 2, SCALE).bars
    assert (bars[2].label, bars[2].shown, bars[2].direction) == ("Home", "0.0", "")


@pytest.mark.parametrize("count", [0, -1])
def test_a_waterfall_without_contributions_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        waterfall(a_score(), Unit.POINTS, Grouping.FAMILY, count, SCALE)
