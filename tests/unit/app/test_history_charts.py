"""The charts of the history: every change at its own line, every probability at its own place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import log

import pytest

from core.casework.changes_in_force import Change
from core.casework.history_summary import WeekShare
from core.casework.pd_spread import PdSpread
from core.casework.volumes import Overrides, OverrideView, PdBin
from core.model.intervals import wilson
from pages._ui import history_spread_chart as spread_chart
from pages._ui import history_trend_chart as trend
from pages._ui.figure import Part

MONDAY = date(2026, 9, 7)
MODEL = Change(datetime(2026, 9, 22, 9, tzinfo=UTC), False, "m2", False)
RATE = trend.Names("Approval rate", "decision")
POLICY = Change(datetime(2026, 10, 17, 9, tzinfo=UTC), True, "p2", False)


def weeks(count: int, decided: int = 8) -> tuple[WeekShare, ...]:
    share = wilson(6, decided) if decided else None
    starts = [MONDAY + timedelta(weeks=place) for place in range(count)]
    return tuple(WeekShare(start, start, start + timedelta(days=6), 9, decided, share) for start in starts)


def hovers(figure: Part) -> list[str]:
    return next(bar["customdata"] for bar in figure["data"] if bar["type"] == "bar")  # type: ignore[attr-defined]


def notes(figure: Part) -> dict[str, dict[str, object]]:
    return {str(note["text"]): note for note in figure["layout"]["annotations"]}  # type: ignore[index]


def lines(figure: Part) -> list[float]:
    return [shape["x0"] for shape in figure["layout"]["shapes"]]  # type: ignore[index]


@pytest.mark.parametrize("narrow", [False, True])
def test_each_change_has_its_number_on_top_of_its_own_line(narrow: bool) -> None:
    shown = weeks(10)
    figure = trend.figure_of(shown, trend.marks(shown, (MODEL, POLICY)), RATE, narrow)
    first, second = lines(figure)
    assert (first, second) == (pytest.approx(1.696, abs=0.001), pytest.approx(5.268, abs=0.001))
    for number, place in (("<b>1</b>", first), ("<b>2</b>", second)):
        assert (notes(figure)[number]["x"], notes(figure)[number]["xanchor"]) == (place, "center")


def test_changes_whose_numbers_would_touch_share_one_place() -> None:
    shown, later = weeks(10), Change(MODEL.at + timedelta(hours=1), True, "p1", False)
    figure = trend.figure_of(shown, trend.marks(shown, (MODEL, later)), RATE, narrow=False)
    assert "<b>1, 2</b>" in notes(figure)


def test_a_change_of_another_week_is_not_drawn() -> None:
    end = datetime(2026, 9, 14, tzinfo=UTC)
    ends = [Change(at, True, "p", False) for at in (end - timedelta(seconds=1), end)]
    before = Change(datetime(2026, 9, 6, 23, tzinfo=UTC), True, "p", False)
    assert [mark.change for mark in trend.marks(weeks(1), (before, *ends))] == [ends[0]]
    assert lines(trend.figure_of(weeks(1), trend.marks(weeks(1), (MODEL, POLICY)), RATE, False)) == []


def test_weeks_without_a_share_say_so_in_a_sentence() -> None:
    said = "Nothing was approved or declined, so there is no share to show."
    assert said in notes(trend.figure_of(weeks(2, decided=0), (), RATE, False))
    assert said not in notes(trend.figure_of(weeks(2), (), RATE, False))


def test_both_axes_name_what_they_count_and_in_which_unit() -> None:
    layout = trend.figure_of(weeks(2), (), RATE, False)["layout"]
    titles = [layout[axis]["title"]["text"] for axis in ("yaxis", "yaxis2")]  # type: ignore[index]
    assert titles == ["Approval rate, %", "Decisions"]


def test_what_is_not_decided_is_drawn_and_told_as_applications() -> None:
    shown, names = weeks(1, decided=0), trend.Names("Approval rate", "application")
    figure = trend.figure_of(shown, (), names, False)
    assert figure["layout"]["yaxis2"]["title"]["text"] == "Applications"  # type: ignore[index]
    assert hovers(figure) == ["Week from 7 Sep 2026: 9 applications"]
    bins = PdSpread((PdBin(0.101, 0.23, (("", 1),)),))
    spread = spread_chart.spread(bins, None, "application", narrow=False)
    assert spread["layout"]["yaxis"]["title"]["text"] == "Applications"  # type: ignore[index]


def test_a_week_that_the_period_cuts_off_is_told_by_the_days_that_are_left() -> None:
    first, middle, last = weeks(3, decided=0)
    cut = replace(first, first=date(2026, 9, 12)), middle, replace(last, last=date(2026, 9, 21), decisions=1)
    figure = trend.figure_of(cut, (), RATE, False)
    assert hovers(figure) == [
        "12 Sep to 13 Sep 2026: 9 decisions",
        "Week from 14 Sep 2026: 9 decisions",
        "21 Sep 2026: 1 decision",
    ]
    assert figure["layout"]["xaxis"]["ticktext"] == ["12 Sep", "14 Sep", "21 Sep"]  # type: ignore[index]
    assert trend.cut_off(cut) == "Part of a week: 12 Sep to 13 Sep 2026; 21 Sep 2026."
    assert trend.cut_off((middle,)) == ""


@pytest.mark.parametrize(
    ("officers", "said"),
    [
        (8, ""),
        (9, "Shown: the 8 with the most decisions; and 1 more officer in Everybody only."),
        (11, "Shown: the 8 with the most decisions; and 3 more officers in Everybody only."),
    ],
)
def test_officers_without_a_bar_are_counted_in_words(officers: int, said: str) -> None:
    each = tuple(Overrides(f"officer {number}", 9, 1, 0, 0) for number in range(officers))
    view = OverrideView(Overrides("", 9 * officers, officers, 0, 0), each)
    assert spread_chart.left_out(view) == said
    assert len(spread_chart.overrides(view)["data"][0]["x"]) == 9  # type: ignore[index]


def test_cut_offs_and_readable_ticks_are_drawn_around_a_single_decision() -> None:
    policy = Change(POLICY.at, True, "p2", False, approve_below=0.091, decline_from=0.15)
    figure = spread_chart.spread(PdSpread((PdBin(0.101, 0.23, (("refer", 1),)),)), policy, "decision", narrow=True)
    assert lines(figure) == [pytest.approx(log(0.091 / 0.909)), pytest.approx(log(0.15 / 0.85))]
    axis = figure["layout"]["xaxis"]  # type: ignore[index]
    assert (axis["ticktext"], axis["tickangle"]) == (["0.5 %", "1 %", "2 %", "5 %", "10 %", "20 %", "40 %"], 0)
    assert figure["data"][0]["x"] == [pytest.approx(log(0.101 / 0.899))]  # type: ignore[index]


def test_the_words_of_cut_offs_stay_inside_of_the_chart_and_apart() -> None:
    """However near to an end of the axis their lines are; the axis is that of PD 0.5 % to 50 %."""
    bins = PdSpread((PdBin(0.101, 0.23, (("refer", 1),)),))
    start, end = log(0.005 / 0.995), 0.0
    for below, since in ((0.006, 0.007), (0.45, 0.48), (0.091, 0.15)):
        policy = Change(POLICY.at, True, "p2", False, approve_below=below, decline_from=since)
        figure = spread_chart.spread(bins, policy, "decision", narrow=False)
        words = figure["layout"]["annotations"]  # type: ignore[index]
        approve, decline = (one["x"] for one in words)
        assert [one["xanchor"] for one in words] == ["right", "left"]
        assert start + 0.26 * (end - start) - 1e-9 <= approve <= decline <= end - 0.32 * (end - start) + 1e-9


def test_each_bar_carries_its_number_where_it_is_as_wide_as_it_and_few_weeks_their_date() -> None:
    layout = trend.figure_of(weeks(13), (), RATE, False)["layout"]
    bars = trend.figure_of(weeks(13), (), RATE, False)["data"][-1]  # type: ignore[index]
    assert (bars["text"], bars["textposition"], bars["textangle"]) == (["9"] * 13, "outside", 0)
    assert layout["uniformtext"] == {"mode": "hide", "minsize": 10}  # type: ignore[index]
    assert layout["xaxis"]["tickvals"] == [0, 3, 6, 9, 12]  # type: ignore[index]
