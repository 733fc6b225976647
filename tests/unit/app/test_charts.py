"""Figures as plain dicts: every bar, word and mark stands where the frozen view says."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from core.policy.recommendation import Recommendation
from core.scoring.pd_scale import GradeSegment, Mark, PdScale, position
from core.scoring.waterfall import Bar, BarKind, Grouping, Unit, Waterfall
from core.scoring.waterfall_axis import Axis, Band, Tick
from pages._ui import palette, pd_scale_chart, waterfall_chart

BARS = (
    Bar("Model base", 560.0, 560.0, 0.0, BarKind.BASE, "560.0"),
    Bar("External scores", 560.0, 520.0, -40.0, BarKind.STEP, "−40.0", "raises risk"),
    Bar("Loans <b>", 520.0, 530.0, 10.0, BarKind.STEP, "+10.0", "lowers risk", "2 & 3"),
    Bar("Calibration", 530.0, 530.0, 0.0, BarKind.CALIBRATION, "0.0"),
    Bar("This client", 530.0, 530.0, 0.0, BarKind.CLIENT, "530.0"),
)


def a_waterfall(**changes: object) -> Waterfall:
    view = Waterfall(
        unit=Unit.POINTS,
        grouping=Grouping.FAMILY,
        unit_label="points (fewer = riskier)",
        bars=BARS,
        sum_check="560.0 − 40.0 + 10.0 + 0.0 = 530.0 points = PD 18.5 %",
        note="",
        axis=Axis(515.0, 565.0, (Tick(520.0, "520"), Tick(540.0, "540"))),
        pd_ticks=(Tick(520.0, "24 %"), Tick(553.6, "9.1 %"), Tick(555.0, "8.6 %")),
        bands=(Band("decline", 515.0, 537.0), Band("refer", 537.0, 553.6), Band("approve", 553.6, 565.0)),
        cut=Tick(553.6, "9.1 %"),
        decline_from=Tick(537.0, "15 %"),
    )
    return replace(view, **changes)


def a_scale(client: float = 0.9, cut: float = 0.7) -> PdScale:
    return PdScale(
        grades=(GradeSegment("A", 0.0, 0.5), GradeSegment("B", 0.5, 1.0)),
        ticks=(Mark(0.5, "2.5 %"), Mark(0.6, "3 %")),
        cut=Mark(cut, "cut-off 9.1 %"),
        decline_from=Mark(0.8, "decline from 15.0 %"),
        client=Mark(client, "this client 31.8 %"),
        note="",
    )


def layout(figure: dict[str, object]) -> dict[str, list[dict[str, object]]]:
    return figure["layout"]  # type: ignore[return-value]


def texts(figure: dict[str, object]) -> list[str]:
    return [str(note["text"]) for note in layout(figure)["annotations"]]


@pytest.mark.parametrize("narrow", [False, True])
def test_each_step_is_a_bar_from_its_start_over_its_length(narrow: bool) -> None:
    bars = waterfall_chart.figure_of(a_waterfall(), narrow)["data"][0]
    assert bars["base"] == [560.0, 520.0, 530.0]
    assert bars["x"] == [-40.0, 10.0, 0.0]


def test_colour_is_never_the_only_sign_of_the_direction() -> None:
    figure = waterfall_chart.figure_of(a_waterfall(), narrow=False)
    marker = figure["data"][0]["marker"]
    assert marker["color"] == [palette.RAISES_RISK, palette.LOWERS_RISK, palette.QUIET]
    assert marker["pattern"]["shape"] == ["", "/", ""]
    assert {"▲", "▼"} <= set(texts(figure))


@pytest.mark.parametrize("grouping", list(Grouping))
def test_the_bars_keep_40_percent_of_the_narrowest_card_beside_a_menu(grouping: Grouping) -> None:
    card = 336  # px: a window of 770 with the menu open and the padding of page and card
    margin = layout(waterfall_chart.figure_of(a_waterfall(grouping=grouping), narrow=False))["margin"]
    assert card - margin["l"] - margin["r"] >= 0.39 * card


@pytest.mark.parametrize("narrow", [False, True])
def test_every_bar_has_its_name_and_its_value_in_words(narrow: bool) -> None:
    shown = " ".join(texts(waterfall_chart.figure_of(a_waterfall(), narrow)))
    for bar in BARS:
        assert bar.shown in shown
    assert "External scores" in shown
    assert "<b>This client</b>" in shown


def test_markup_in_a_name_or_value_is_shown_as_text() -> None:
    shown = texts(waterfall_chart.figure_of(a_waterfall(), narrow=False))
    assert "Loans &lt;b&gt;\u00a0·\u00a02\u00a0&amp;\u00a03" in shown


def test_a_long_name_takes_the_three_lines_of_its_row_and_keeps_the_clients_value() -> None:
    long = Bar("word " * 40, 560.0, 530.0, -30.0, BarKind.STEP, "−30.0", "raises risk", "1,234,567.89")
    view = a_waterfall(grouping=Grouping.FEATURE, bars=(BARS[0], long, BARS[-1]))
    name = next(text for text in texts(waterfall_chart.figure_of(view, narrow=False)) if text.startswith("word"))
    assert name.count("<br>") == 2
    assert name.endswith("1,234,567.89")


@pytest.mark.parametrize(
    ("label", "value", "name"),
    [
        ("Occupation", "Sales staff", "Occupation<br>·\u00a0Sales\u00a0staff"),
        ("Occupation", "Sales", "Occupation\u00a0·\u00a0Sales"),
        ("Employer", "Business Entity Type 3", "Employer ·\u00a0Business<br>Entity Type 3"),
    ],
)
def test_no_word_of_a_name_is_broken(label: str, value: str, name: str) -> None:
    bar = Bar(label, 560.0, 530.0, -30.0, BarKind.STEP, "−30.0", "raises risk", value)
    view = a_waterfall(grouping=Grouping.FEATURE, bars=(BARS[0], bar, BARS[-1]))
    shown = next(text for text in texts(waterfall_chart.figure_of(view, narrow=False)) if text.startswith(label))
    words = shown.replace("<br>", " ").replace("\u00a0", " ").split()
    assert words == [*label.split(), "·", *value.split()]
    assert shown == name


def test_the_decision_bands_lie_behind_the_bars_from_end_to_end() -> None:
    shapes = layout(waterfall_chart.figure_of(a_waterfall(), narrow=False))["shapes"]
    boxes = [shape for shape in shapes if shape["type"] == "rect"]
    assert [(b["x0"], b["x1"], b["layer"]) for b in boxes] == [
        (515.0, 537.0, "below"),
        (537.0, 553.6, "below"),
        (553.6, 565.0, "below"),
    ]


def test_a_band_too_narrow_for_its_name_has_none() -> None:
    view = a_waterfall(bands=(Band("decline", 515.0, 518.0), Band("refer", 518.0, 565.0)))
    shown = texts(waterfall_chart.figure_of(view, narrow=False))
    assert "<b>refer</b>" in shown
    assert "<b>decline</b>" not in shown


def test_probabilities_that_would_touch_are_thinned_and_the_cut_off_stays() -> None:
    axis = layout(waterfall_chart.figure_of(a_waterfall(), narrow=False))["xaxis2"]
    assert axis["ticktext"] == ["9.1 %", "24 %"]


def test_the_probability_path_needs_no_second_axis() -> None:
    figure = waterfall_chart.figure_of(a_waterfall(unit=Unit.PROBABILITY, pd_ticks=()), narrow=False)
    assert layout(figure)["xaxis2"]["visible"] is False
    assert "PD" not in texts(figure)


@pytest.mark.parametrize(("client", "side"), [(0.9, "right"), (0.7, "right"), (0.69, "left"), (0.1, "left")])
def test_the_words_of_the_cut_off_stand_where_the_client_is_not(client: float, side: str) -> None:
    notes = layout(pd_scale_chart.figure_of(a_scale(client), Recommendation.REFER, narrow=False))["annotations"]
    assert next(note for note in notes if "cut-off" in str(note["text"]))["xanchor"] == side


@pytest.mark.parametrize(
    ("client", "anchor"),
    [(0.0, "left"), (0.4, "center"), (0.65, "right"), (0.73, "left"), (0.79, "left"), (0.85, "center"), (1.0, "right")],
)
def test_the_clients_words_stay_inside_and_clear_of_the_cut_off(client: float, anchor: str) -> None:
    notes = layout(pd_scale_chart.figure_of(a_scale(client), Recommendation.DECLINE, narrow=False))["annotations"]
    assert next(note for note in notes if "this client" in str(note["text"]))["xanchor"] == anchor


@pytest.mark.parametrize(("narrow", "room"), [(False, 0.2), (True, 0.16)])
def test_wherever_the_client_is_its_words_do_not_cross_the_cut_off(narrow: bool, room: float) -> None:
    """With the room that words need on the narrowest scale; the cut-off lies at 0.7."""
    for hundredth in range(101):
        client = hundredth / 100
        figure = pd_scale_chart.figure_of(a_scale(client), Recommendation.DECLINE, narrow=narrow)
        words = next(note for note in layout(figure)["annotations"] if "<b>" in note["text"] and note["y"] > 0.9)
        start = words["x"] - {"left": 0.0, "center": room / 2, "right": room}[words["xanchor"]]
        assert start >= (0.7 if client >= 0.7 else 0.0) - 1e-9
        assert start + room <= (1.0 if client >= 0.7 else 0.7) + 1e-9


@pytest.mark.parametrize("recommendation", list(Recommendation))
def test_the_clients_mark_has_the_colour_of_the_recommendation(recommendation: Recommendation) -> None:
    trace = pd_scale_chart.figure_of(a_scale(), recommendation, narrow=False)["data"][0]
    assert trace["marker"]["color"] == palette.RECOMMENDED[recommendation]
    assert trace["x"] == [0.9]


CUTS = (0.0025, 0.005, 0.0075, 0.025, 0.10, 0.20)


@pytest.mark.parametrize(("narrow", "width", "letters"), [(False, 560, 6), (True, 320, 6)])
def test_every_border_between_grades_is_written_and_no_two_touch(narrow: bool, width: int, letters: int) -> None:
    scale = replace(a_scale(), ticks=tuple(Mark(position(cut), f"{100 * cut:g} %") for cut in CUTS))
    notes = layout(pd_scale_chart.figure_of(scale, Recommendation.REFER, narrow))["annotations"]
    written = [note for note in notes if str(note["text"]) in {mark.text for mark in scale.ticks}]
    assert {str(note["text"]) for note in written} == {mark.text for mark in scale.ticks}
    for row in {note["y"] for note in written}:
        places = sorted(float(str(note["x"])) for note in written if note["y"] == row)
        assert all(width * (after - before) >= 7 * letters - 1 for before, after in pairwise(places))


def test_a_second_row_of_borders_makes_the_picture_taller() -> None:
    narrow = layout(pd_scale_chart.figure_of(a_scale(), Recommendation.REFER, narrow=True))
    wide = layout(pd_scale_chart.figure_of(a_scale(), Recommendation.REFER, narrow=False))
    assert int(str(narrow["height"])) > int(str(wide["height"]))


@pytest.mark.parametrize("narrow", [False, True])
def test_the_clients_mark_stands_on_the_band_and_never_hides_the_letter_of_a_grade(narrow: bool) -> None:
    figure = pd_scale_chart.figure_of(a_scale(client=0.25), Recommendation.APPROVE, narrow)
    mark = figure["data"][0]
    letter = next(note for note in layout(figure)["annotations"] if note["text"] == "<b>A</b>")
    top = max(float(str(shape["y1"])) for shape in layout(figure)["shapes"] if shape["type"] == "rect")
    height = int(str(layout(figure)["height"])) / (1 - float(str(layout(figure)["yaxis"]["range"][0])))
    assert letter["x"] == mark["x"][0] == 0.25
    assert height * (mark["y"][0] - top) >= 0.3 * mark["marker"]["size"]
    assert float(str(letter["y"])) < top


def test_a_name_of_two_lines_above_its_bar_starts_at_the_left_on_a_phone() -> None:
    notes = layout(waterfall_chart.figure_of(a_waterfall(), narrow=True))["annotations"]
    names = [note for note in notes if note["x"] == 0]
    assert [note["align"] for note in names] == ["left"] * len(BARS)
