"""Every figure of the Score page is one that Plotly accepts, and is drawn as Plotly itself would hand it over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import plotly.io
import plotly.tools
import pytest
import streamlit.elements.plotly_chart  # noqa: F401 - sets the theme
from plotly.graph_objs import Figure

from core import settings
from core.desk import open_desk
from core.scoring.pd_scale import pd_scale
from core.scoring.waterfall import Grouping, Unit, waterfall
from pages._ui import distribution_chart, moves_chart, pd_scale_chart, waterfall_chart
from pages._ui.figure import Part
from pages._ui.ready_figure import ReadyFigure


@pytest.fixture(scope="module", params=[False, True], ids=["wide", "narrow"])
def figures(small_desk: Path, request: pytest.FixtureRequest) -> list[Part]:
    return list(_figures(small_desk, request.param))


def _figures(small_desk: Path, narrow: bool) -> Iterator[Part]:
    with closing(open_desk(settings.read({}, data_dir=small_desk))) as desk:
        key = desk.tables.keys(1)[0]
        score = desk.score(key)
        for unit in Unit:
            for grouping in Grouping:
                yield waterfall_chart.figure_of(waterfall(score, unit, grouping, 10, desk.policy.scale), narrow)
        scale = pd_scale(desk.policy, score.default_probability)
        yield pd_scale_chart.figure_of(scale, score.recommendation, narrow, None)
        for feature in desk.shown_features(score, 12):
            view = desk.distribution(score, feature.name)
            if view.bins:
                yield distribution_chart.figure_of(view, narrow)
        amount = desk.policy.exposure_column
        asked = float(desk.application(key).fields[amount] or 0)
        yield moves_chart.figure_of(desk.what_if_of(key, {amount: round(asked * 0.5)}).by_family)


def test_a_ready_figure_is_what_plotly_makes_of_its_parts_after_checking_them(figures: list[Part]) -> None:
    assert len(figures) >= 10
    for part in figures:
        checked = plotly.tools.return_figure_from_figure_or_data(part, validate_figure=True)
        ready = plotly.tools.return_figure_from_figure_or_data(ReadyFigure(part), validate_figure=True)
        assert _written(ready) == _written(checked)


def test_parts_that_plotly_does_not_know_are_refused_by_the_check_above() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Figure(data=[{"type": "bar", "nonsense": 1}])


def _written(figure: Part) -> Part:
    """As the browser gets it; a list without entries says nothing."""
    read = json.loads(plotly.io.to_json(figure, validate=False))
    read["layout"] = {name: value for name, value in read["layout"].items() if value != []}
    return dict(read)
