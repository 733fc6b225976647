"""Figures that Plotly takes as they are: checking one costs more than scoring a client.

Streamlit has every plain dict checked property by property and copied twice (measured: 8.5 ms a figure, 0.3 ms
without); what ours are made of is checked in the tests instead.
"""

from __future__ import annotations

from functools import cache

import plotly.io
from plotly.basedatatypes import BaseFigure

from pages._ui.figure import Part


class ReadyFigure(BaseFigure):
    """A figure of known parts: Plotly asks it for nothing but these, in the theme the page draws with."""

    def __init__(self, part: Part) -> None:  # not Plotly's own: that is where the checking is done
        layout = part["layout"]
        assert isinstance(layout, dict)
        self._ready: Part = {**part, "layout": {"template": _template(plotly.io.templates.default), **layout}}

    def to_dict(self) -> Part:
        return self._ready


@cache
def _template(name: str) -> Part:
    made: Part = plotly.io.templates[name].to_plotly_json()
    return made
