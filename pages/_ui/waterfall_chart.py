"""The waterfall drawn: bars from base to client over the decision bands, names and values in the margins."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import shorten, wrap

from core.scoring.waterfall import Bar, BarKind, Grouping, Tick, Waterfall
from pages._ui import palette
from pages._ui.figure import SMALL, Part, box, figure, line, marked_note, note

_ENDS = (BarKind.BASE, BarKind.CLIENT)
_HEAD = 46  # px above the first row: PD axis and names of the bands
_TICK_ROOM, _TICK_ROOM_NARROW = 0.115, 0.16  # share of the axis that a written probability needs


@dataclass(frozen=True)
class _Room:
    """Pixels: what a wide and a narrow screen give each part."""

    row: int
    left: int
    right: int
    letters: int  # of a label on one line

    @property
    def narrow(self) -> bool:
        return self.left < 50


_WIDE = {
    Grouping.FAMILY: _Room(row=28, left=156, right=146, letters=30),
    Grouping.FEATURE: _Room(row=36, left=232, right=146, letters=36),
}
_NARROW = _Room(row=46, left=4, right=74, letters=44)


def figure_of(view: Waterfall, narrow: bool) -> Part:
    room = _NARROW if narrow else _WIDE[view.grouping]
    last = len(view.bars) - 1
    return figure(
        [*_steps(view), _hover_for_ends(view), _pd_axis_holder(view)],
        shapes=[*_bands(view), *_connectors(view), *_ends(view), _cut(view)],
        annotations=[*_band_names(view), *_names(view, room), *_values(view, room), *_pd_title(view, room)],
        height=room.row * len(view.bars) + _HEAD + 52,
        margin={"l": room.left, "r": room.right, "t": _HEAD, "b": 46},
        xaxis=_axis(view),
        xaxis2=_pd_axis(view, narrow),
        yaxis={"range": [last + 0.6, -0.9 if narrow else -0.6], "visible": False, "fixedrange": True},
    )


def _steps(view: Waterfall) -> list[Part]:
    rows = [(row, bar) for row, bar in enumerate(view.bars) if bar.kind not in _ENDS]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "y": [row for row, _ in rows],
            "x": [bar.step for _, bar in rows],
            "base": [bar.start for _, bar in rows],
            "marker": {
                "color": [palette.DIRECTION[bar.direction] for _, bar in rows],
                "pattern": {
                    "shape": ["/" if bar.direction == "lowers risk" else "" for _, bar in rows],
                    "solidity": 0.28,
                    "size": 7,
                    "fgcolor": palette.GRID,
                    "fillmode": "overlay",
                },
                "line": {"width": 0},
            },
            "customdata": [_hover(bar) for _, bar in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    ]


def _hover(bar: Bar) -> str:
    value = f" ({escape(bar.value, quote=False)})" if bar.value else ""
    return f"<b>{escape(bar.label, quote=False)}</b>{value}<br>{bar.shown} {bar.direction}"


def _hover_for_ends(view: Waterfall) -> Part:
    rows = [(row, bar) for row, bar in enumerate(view.bars) if bar.kind in _ENDS]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [bar.end for _, bar in rows],
        "y": [row for row, _ in rows],
        "marker": {"size": 18, "opacity": 0},
        "customdata": [_hover(bar) for _, bar in rows],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _ends(view: Waterfall) -> list[Part]:
    """Base and client stand as upright strokes: they are places, not steps."""
    return [
        line(bar.end, bar.end, row - 0.3, row + 0.3, palette.TEXT, 4)
        for row, bar in enumerate(view.bars)
        if bar.kind in _ENDS
    ]


def _connectors(view: Waterfall) -> list[Part]:
    return [
        line(bar.end, bar.end, row + 0.3, row + 0.72, palette.QUIET, 1)
        for row, bar in enumerate(view.bars)
        if bar.kind is not BarKind.CLIENT
    ]


def _bands(view: Waterfall) -> list[Part]:
    return [
        box(band.start, band.end, 0, 1, palette.RECOMMENDED[band.recommendation], yref="paper", opacity=0.07)
        for band in view.bands
    ]


def _band_names(view: Waterfall) -> list[Part]:
    """Each name over its band, where the band is wide enough to carry it."""
    span = view.axis.upper - view.axis.lower
    return [
        marked_note(
            *(f"<b>{band.recommendation}</b>", (band.start + band.end) / 2, 1),
            colour=palette.RECOMMENDED[band.recommendation],
            yref="paper",
            yanchor="bottom",
            yshift=1,
        )
        for band in view.bands
        if band.end - band.start > 0.09 * span
    ]


def _cut(view: Waterfall) -> Part:
    at = view.cut.position
    return line(at, at, 0, 1, palette.TEXT, 1.5, dash="dot", yref="paper")


def _names(view: Waterfall, room: _Room) -> list[Part]:
    if room.narrow:
        return [
            marked_note(_name(bar, room), 0, row - 0.3, xref="paper", xanchor="left", yanchor="bottom")
            for row, bar in enumerate(view.bars)
        ]
    return [
        marked_note(
            _name(bar, room),
            *(0, row),
            xref="paper",
            xanchor="right",
            xshift=-10,
            yanchor="middle",
            align="right",
        )
        for row, bar in enumerate(view.bars)
    ]


def _name(bar: Bar, room: _Room) -> str:
    """At most two lines; a label that is too long is cut, the client's value never is."""
    value = f"\u00a0· {bar.value}".replace(" ", "\u00a0") if bar.value else ""
    label = shorten(bar.label, max(10, 2 * room.letters - 4 - len(value)), placeholder=" …")
    name = "<br>".join(escape(part, quote=False) for part in wrap(f"{label}{value}", room.letters))
    return f"<b>{name}</b>" if bar.kind in _ENDS else name


def _values(view: Waterfall, room: _Room) -> list[Part]:
    return [part for row, bar in enumerate(view.bars) for part in _value(row, bar, room)]


def _value(row: int, bar: Bar, room: _Room) -> list[Part]:
    place = {"xref": "paper", "yanchor": "middle"}
    shift = 52 if room.narrow else 56
    if bar.kind in _ENDS:
        return [marked_note(f"<b>{bar.shown}</b>", 1, row, xanchor="right", xshift=shift, **place)]
    words = palette.DIRECTION_MARK[bar.direction] + ("" if room.narrow or not bar.direction else f" {bar.direction}")
    return [
        note(bar.shown, 1, row, xanchor="right", xshift=shift, **place),
        note(words, 1, row, colour=palette.DIRECTION[bar.direction], xanchor="left", xshift=shift + 8, **place),
    ]


def _axis(view: Waterfall) -> Part:
    return {
        "range": [view.axis.lower, view.axis.upper],
        **_ticks(view.axis.ticks),
        "title": {"text": view.unit_label, "font": {"color": palette.QUIET, "size": SMALL}, "standoff": 6},
        "showgrid": True,
        "gridcolor": palette.GRID,
        "zeroline": False,
        "fixedrange": True,
    }


def _pd_axis(view: Waterfall, narrow: bool) -> Part:
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


def _pd_axis_holder(view: Waterfall) -> Part:
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


def _pd_title(view: Waterfall, room: _Room) -> list[Part]:
    if room.narrow or not view.pd_ticks:
        return []
    return [note("PD", 0, 1, xref="paper", yref="paper", xanchor="right", xshift=-10, yshift=26, colour=palette.QUIET)]
