"""The waterfall drawn: bars from base to client over the decision bands, names and values in the margins."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import shorten, wrap

from core.scoring.waterfall import Bar, BarKind, Grouping, Waterfall
from pages._ui import palette, waterfall_axes
from pages._ui.figure import Part, box, figure, line, marked_note, note

_ENDS = (BarKind.BASE, BarKind.CLIENT)
_SHORT_VALUE = 5  # letters of a value that stays beside the last word of its label
_HEAD = 46  # px above the first row: PD axis and names of the bands


@dataclass(frozen=True)
class _Room:
    """Pixels: what a desk and a phone give each part; the bars keep 40 % of a window 770 px wide."""

    row: int
    left: int
    right: int
    letters: int  # of a label on one line
    lines: int  # of a label at most

    @property
    def narrow(self) -> bool:
        return self.left < 50


_WIDE = {
    Grouping.FAMILY: _Room(row=32, left=142, right=62, letters=20, lines=2),
    Grouping.FEATURE: _Room(row=46, left=142, right=62, letters=20, lines=3),
}
_NARROW = _Room(row=46, left=4, right=74, letters=44, lines=2)


def figure_of(view: Waterfall, narrow: bool) -> Part:
    room = _NARROW if narrow else _WIDE[view.grouping]
    last = len(view.bars) - 1
    return figure(
        [*_steps(view), _hover_for_ends(view), waterfall_axes.pd_axis_holder(view)],
        shapes=[*_bands(view), *_connectors(view), *_ends(view), _cut(view)],
        annotations=[
            *_band_names(view),
            *_names(view, room),
            *_values(view, room),
            *([] if narrow else waterfall_axes.pd_title(view)),
        ],
        height=room.row * len(view.bars) + _HEAD + 52,
        margin={"l": room.left, "r": room.right, "t": _HEAD, "b": 46},
        xaxis=waterfall_axes.axis(view),
        xaxis2=waterfall_axes.pd_axis(view, narrow),
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
            marked_note(_name(bar, room), 0, row - 0.3, xref="paper", xanchor="left", yanchor="bottom", align="left")
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
    """No more lines than a row holds; a label that is too long is cut, the client's value never is."""
    value = _value_words(bar.value, room)
    label = shorten(bar.label, max(10, room.lines * (room.letters - 2) - len(value)), placeholder=" …")
    name = "<br>".join(escape(part, quote=False) for part in wrap(f"{label}{value}", room.letters))
    return f"<b>{name}</b>" if bar.kind in _ENDS else name


def _value_words(value: str, room: _Room) -> str:
    """Behind the label; held together where it fits a line, so that no word is broken to make room."""
    if not value:
        return ""
    before = "\u00a0" if len(value) <= _SHORT_VALUE else " "
    held = value.replace(" ", "\u00a0") if len(value) + 2 <= room.letters else value
    return f"{before}·\u00a0{held}"


def _values(view: Waterfall, room: _Room) -> list[Part]:
    return [part for row, bar in enumerate(view.bars) for part in _value(row, bar, room)]


def _value(row: int, bar: Bar, room: _Room) -> list[Part]:
    place: Part = {"xref": "paper", "yanchor": "middle"}
    shift = 52 if room.narrow else 46
    if bar.kind in _ENDS:
        return [marked_note(f"<b>{bar.shown}</b>", 1, row, xanchor="right", xshift=shift) | place]
    return [
        note(bar.shown, 1, row, xanchor="right", xshift=shift) | place,
        note(
            palette.DIRECTION_MARK[bar.direction],
            1,
            row,
            colour=palette.DIRECTION[bar.direction],
            xanchor="left",
            xshift=shift + 4,
        )
        | place,
    ]
