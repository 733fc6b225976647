from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scoring.pd_scale import pd_scale, position
from tests.unit.scoring.builders import POLICY


def test_the_line_is_logarithmic_from_a_tenth_of_a_percent_to_sixty() -> None:
    assert position(0.001) == 0.0
    assert position(0.60) == 1.0
    assert position(math.sqrt(0.001 * 0.60)) == pytest.approx(0.5)


def test_grades_follow_each_other_from_end_to_end() -> None:
    view = pd_scale(POLICY, 0.318)
    assert "".join(grade.letter for grade in view.grades) == "ABCDEFG"
    assert (view.grades[0].start, view.grades[-1].end) == (0.0, 1.0)
    assert all(left.end == right.start for left, right in pairwise(view.grades))
    assert [tick.text for tick in view.ticks] == ["0.25 %", "0.5 %", "0.75 %", "2.5 %", "10 %", "20 %"]


def test_the_client_lies_inside_the_segment_of_its_grade() -> None:
    for pd in (0.0024, 0.0025, 0.0249, 0.025, 0.199, 0.2):
        view = pd_scale(POLICY, pd)
        segment = next(grade for grade in view.grades if grade.letter == POLICY.grade(pd))
        assert segment.start <= view.client.position <= segment.end


def test_cut_off_and_client_are_written_as_elsewhere() -> None:
    view = pd_scale(POLICY, 0.318)
    assert view.cut.text == "cut-off 9.1 %"
    assert view.decline_from.text == "decline from 15.0 %"
    assert view.client.text == "this client 31.8 %"
    assert view.note == ""


@pytest.mark.parametrize(("pd", "place", "said"), [(0.0005, 0.0, "below 0.1 %"), (0.75, 1.0, "above 60 %")])
def test_a_client_beyond_the_line_is_drawn_at_its_end_and_it_is_said(pd: float, place: float, said: str) -> None:
    view = pd_scale(POLICY, pd)
    assert (view.client.position, view.client.clipped) == (place, True)
    assert said in view.note


@pytest.mark.parametrize(("pd", "clipped"), [(0.001, False), (math.nextafter(0.001, 0), True), (0.60, False)])
def test_only_beyond_the_ends_counts_as_clipped(pd: float, clipped: bool) -> None:
    assert pd_scale(POLICY, pd).client.clipped is clipped


def test_a_grade_beyond_the_line_is_left_out() -> None:
    policy = replace(POLICY, grade_cuts=(0.0005, 0.005), grade_letters="ABC")
    assert [grade.letter for grade in pd_scale(policy, 0.01).grades] == ["B", "C"]


@given(st.floats(1e-9, 1 - 1e-9), st.floats(1e-9, 1 - 1e-9))
def test_more_risk_never_lies_further_left(one: float, other: float) -> None:
    assert 0.0 <= position(one) <= 1.0
    assert (position(one) <= position(other)) or one > other
