"""The two axes of the waterfall: the unit below, the probability of default above."""

from __future__ import annotations

from core.scoring.waterfall import Waterfall
from core.scoring.waterfall_axis import Tick
from pages._ui import palette
from pages._ui.figure import SMALL, Part, note

_TICK_ROOM, _TICK_ROOM_NARROW = 0.2, 0.16  # share of the axis that a written probability needs


def axis(view: Waterfall) -> Part:
    return {
        "range": [view.axis.lower, view.axis.upper],
        **_ticks(view.axis.ticks),
        "title": {"text": view.unit_label, "font": {"color": palette.QUIET, "size": SMALL}, "standoff": 6},
        "showgrid": True,
        "gridcolor": palette.GRID,
        "zeroline": False,
        "fixedrange": True,
    }


def pd_axis(view: Waterfall, narrow: bool) -> Part:
    return {
        "range": [view.axis.lower, view.axis.upper],
        **_ticks(_apart(view, _TICK_ROOM_NARROW if narrow else _TICK_ROOM)),
        "overlaying": "x",
        "side": "top",
        "ticks": "",
        "ticklabelstandoff": 18,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "visible": bool(view.pd_ticks),
    }


def _apart(view: Waterfall, room: float) -> tuple[Tick, ...]:
    """The probabilities that fit beside each other at this width; the cut-off before all others."""
    least = room * (view.axis.upper - view.axis.lower)
    chosen = [view.cut]
    for tick in view.pd_ticks:
        if all(abs(tick.position - other.position) >= least for other in chosen):
            chosen.append(tick)
    return tuple(chosen)


def _ticks(ticks: tuple[Tick, ...]) -> Part:
    return {
        "tickmode": "array",
        "tickvals": [tick.position for tick in ticks],
        "ticktext": [tick.text for tick in ticks],
        "tickfont": {"color": palette.QUIET, "size": SMALL},
        "tickangle": 0,
    }


def pd_axis_holder(view: Waterfall) -> Part:
    """A second axis is drawn only when a trace lies on it."""
    return {
        "type": "scatter",
        "x": [view.axis.lower],
        "y": [0],
        "xaxis": "x2",
        "mode": "markers",
        "marker": {"opacity": 0},
        "hoverinfo": "skip",
    }


def pd_title(view: Waterfall) -> list[Part]:
    if not view.pd_ticks:
        return []
    return [
        note(
            "PD",
            0,
            1,
            xref="paper",
            yref="paper",
            xanchor="right",
            yanchor="bottom",
            xshift=-22,
            yshift=17,
            colour=palette.QUIET,
        )
    ]
