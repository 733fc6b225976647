"""What moved between two scores, drawn: one bar per family from the middle, names and points in the margins."""

from __future__ import annotations

from html import escape
from textwrap import shorten

from core.scoring.what_if import Move, Moves
from pages._ui import palette
from pages._ui.figure import Part, figure, line, marked_note, note

_ROW = 26  # px
_LETTERS = 24  # what the left margin has room for
_LEFT, _RIGHT = 154, 66  # px; the same on every screen, so that the bars keep their share of a small window


def figure_of(view: Moves) -> Part:
    rows = list(enumerate(view.moves))
    reach = max(abs(move.points) for move in view.moves) or 1.0
    return figure(
        [_bars(view)],
        shapes=[line(0, 0, -0.6, len(rows) - 0.4, palette.QUIET)],
        annotations=[part for row, move in rows for part in _words(row, move)],
        height=_ROW * len(rows) + 16,
        margin={"l": _LEFT, "r": _RIGHT, "t": 4, "b": 4},
        xaxis={"range": [-1.05 * reach, 1.05 * reach], "visible": False, "fixedrange": True},
        yaxis={"range": [len(rows) - 0.4, -0.6], "visible": False, "fixedrange": True},
    )


def _bars(view: Moves) -> Part:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [move.points for move in view.moves],
        "y": list(range(len(view.moves))),
        "marker": {
            "color": [palette.DIRECTION[move.direction] for move in view.moves],
            "pattern": {
                "shape": ["/" if move.direction == "lowers risk" else "" for move in view.moves],
                "size": 5,
                "solidity": 0.3,
                "fgcolor": palette.GRID,
                "fillmode": "overlay",
            },
        },
        "customdata": [escape(f"{move.label}: {move.shown} points", quote=False) for move in view.moves],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _words(row: int, move: Move) -> list[Part]:
    name = shorten(move.label, _LETTERS, placeholder="…")
    mark = palette.DIRECTION_MARK[move.direction]
    return [
        note(name, 0, row, xref="paper", xanchor="right", xshift=-8),
        marked_note(f"<b>{move.shown}</b>", 1, row, xref="paper", xanchor="right", xshift=48),
        note(mark, 1, row, xref="paper", xanchor="left", xshift=54, colour=palette.DIRECTION[move.direction]),
    ]
