"""One feature's spread drawn: a bar for each range or category, this client's marked."""

from __future__ import annotations

from html import escape
from textwrap import shorten

from core.portfolio.wording import counted, percent
from core.scoring.distribution import Bin, Distribution
from pages._ui import palette
from pages._ui.figure import Part, axis, figure, line, marked_note, note

_HEIGHT = 230  # px, of a number's spread
_ROW = 24  # px, of a category


def figure_of(view: Distribution, narrow: bool) -> Part:
    return _categories(view, narrow) if view.categorical else _numbers(view)


def _numbers(view: Distribution) -> Part:
    bars = _bars(view) | {
        "x": [(one.start + one.end) / 2 for one in view.bins],
        "y": [100 * one.share for one in view.bins],
        "width": [one.end - one.start for one in view.bins],
    }
    top = max((100 * one.share for one in view.bins), default=100.0)
    at = view.client_at
    return figure(
        [bars],
        shapes=[] if at is None else [line(at, at, 0, 1.06 * top, palette.TEXT, 2, dash="dot")],
        annotations=[] if at is None else [_client(view, at, 1.06 * top)],
        height=_HEIGHT,
        margin={"l": 44, "r": 8, "t": 8, "b": 46},
        bargap=0.05,
        xaxis=axis(title={"text": view.axis, "font": {"color": palette.QUIET, "size": 12}}),
        yaxis=axis(ticksuffix=" %", rangemode="tozero", range=[0, 1.22 * top], showgrid=True),
    )


def _client(view: Distribution, at: float, height: float) -> Part:
    """On the side of the line where there is room."""
    left = at > (view.bins[0].start + view.bins[-1].end) / 2
    return marked_note(
        "<b>this client</b>", at, height, xanchor="right" if left else "left", xshift=-5 if left else 5, yanchor="top"
    )


def _categories(view: Distribution, narrow: bool) -> Part:
    letters = 16 if narrow else 30
    rows = list(range(len(view.bins)))
    bars = _bars(view) | {"orientation": "h", "x": [one.share for one in view.bins], "y": rows}
    return figure(
        [bars],
        shapes=[],
        annotations=[
            *(_name(row, one, letters) for row, one in zip(rows, view.bins, strict=True)),
            *(_value(row, one, narrow) for row, one in zip(rows, view.bins, strict=True)),
        ],
        height=_ROW * len(rows) + 12,
        margin={"l": 116 if narrow else 200, "r": 62 if narrow else 140, "t": 4, "b": 4},
        xaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        yaxis={"range": [len(rows) - 0.4, -0.6], "visible": False, "fixedrange": True},
    )


def _name(row: int, one: Bin, letters: int) -> Part:
    return note(shorten(one.label, letters, placeholder="…"), 0, row, xref="paper", xanchor="right", xshift=-8)


def _value(row: int, one: Bin, narrow: bool) -> Part:
    words = percent(one.share) + (" · this client" if one.holds_client and not narrow else "")
    return note(words, 1, row, xref="paper", xanchor="left", xshift=8)


def _bars(view: Distribution) -> Part:
    return {
        "type": "bar",
        "marker": {
            "color": [palette.ACCENT if one.holds_client else palette.NEUTRAL for one in view.bins],
            "line": {"width": 0},
        },
        "customdata": [escape(in_words(one), quote=False) for one in view.bins],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def in_words(one: Bin) -> str:
    """What is known of the clients of one bar."""
    told = f"{one.label}: {counted(one.clients, 'client')} ({percent(one.share)})"
    rate = one.default_rate
    if rate is None:
        return f"{told}, too few for a default rate"
    return (
        f"{told}, {percent(rate.value)} of them defaulted "
        f"(95 % interval {percent(rate.low).removesuffix(' %')} to {percent(rate.high)})"
    )
