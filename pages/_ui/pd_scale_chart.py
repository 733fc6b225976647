"""The PD scale drawn: grades from left to right, the cut-off, this client."""

from __future__ import annotations

from html import escape

from core.policy.recommendation import Recommendation
from core.scoring.pd_scale import Mark, PdScale
from core.scoring.similar import SimilarClients
from pages._ui import palette
from pages._ui.figure import Part, box, figure, hidden_axis, line, marked_note, note

_TOP, _BOTTOM = 0.61, 0.29  # the band of grades inside the height
_BAND_SHADES = (0.30, 1.0)  # opacity of the safest and of the riskiest grade
_POINTER = 0.06  # half of its height, so that its tip meets the band
_CLIENT_WORDS, _CLIENT_WORDS_NARROW = 0.2, 0.16  # share of the width that they take where the scale is narrowest
_TICK_ROOM, _TICK_ROOM_NARROW = 0.075, 0.13  # share of the width that a written probability needs
_TICK_ROWS = 2  # below each other, for borders of grades that lie close together
_TICK_ROW = 0.15  # share of the height that the second one takes
_HEIGHT = 92  # px; a second row of ticks and the row of similar clients add their share
_SIMILAR_ROW = -0.22  # where it lies below the ticks
_SIMILAR_LOWEST, _WORDS_LOWEST = -0.40, -0.62  # end of the picture: words beside the bar, or below it
_WORDS_ROOM = 0.42  # share of the narrowest width that the words beside the bar take


def figure_of(
    view: PdScale, recommendation: Recommendation, narrow: bool, similar: SimilarClients | None = None
) -> Part:
    colour = palette.RECOMMENDED[recommendation]
    ticks = _in_rows(view, _TICK_ROOM_NARROW if narrow else _TICK_ROOM)
    base = -_TICK_ROW * max((row for row, _ in ticks), default=0)
    lowest = base + (0.0 if similar is None else _lowest(similar))
    below = [] if similar is None else [_similar_words(similar, base + _SIMILAR_ROW)]
    return figure(
        [_client(view, colour)],
        shapes=[
            *(*_bands(view), _cut_line(view)),
            *([] if similar is None else _similar_bar(similar, base + _SIMILAR_ROW)),
        ],
        annotations=[
            *(*_letters(view), *_ticks(ticks), _cut_words(view)),
            *(_client_words(view, colour, narrow), *below),
        ],
        height=round(_HEIGHT * (1 - lowest)),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis=hidden_axis(0, 1),
        yaxis=hidden_axis(lowest, 1),
        hovermode=False,
    )


def _similar_bar(similar: SimilarClients, row: float) -> list[Part]:
    """The middle 80 % of them as a bar, the one in the middle as a stroke."""
    half = 0.10
    return [
        box(
            *(similar.low_position, similar.high_position, row - 0.03, row + 0.03, palette.ACCENT),
            layer="above",
        ),
        line(
            *(similar.median_position, similar.median_position, row - half, row + half),
            palette.ACCENT,
            2.5,
        ),
    ]


def _similar_words(similar: SimilarClients, row: float) -> Part:
    """Short enough for every width: the caption below the scale says the range."""
    words = f"{similar.clients:,} similar clients"
    side = _side(similar)
    if side == "below":
        middle = (similar.low_position + similar.high_position) / 2
        return note(words, middle, row, yanchor="top", yshift=-10, colour=palette.QUIET)
    if side == "left":
        return note(words, similar.low_position, row, xanchor="right", xshift=-9, colour=palette.QUIET)
    return note(words, similar.high_position, row, xanchor="left", xshift=9, colour=palette.QUIET)


def _side(similar: SimilarClients) -> str:
    """Beside the bar where there is room for the words, else below it."""
    if similar.low_position >= _WORDS_ROOM:
        return "left"
    return "right" if 1 - similar.high_position >= _WORDS_ROOM else "below"


def _lowest(similar: SimilarClients) -> float:
    return _WORDS_LOWEST if _side(similar) == "below" else _SIMILAR_LOWEST


def _client(view: PdScale, colour: str) -> Part:
    """A pointer that stands on the band: within it, it would cover the letter of a narrow grade."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [view.client.position],
        "y": [_TOP + _POINTER],
        "marker": {
            "symbol": "triangle-down",
            "size": 15,
            "color": colour,
            "opacity": 1,
            "line": {"width": 1.5, "color": palette.GRID},
        },
        "cliponaxis": False,
    }


def _bands(view: PdScale) -> list[Part]:
    low, high = _BAND_SHADES
    shade = (high - low) / max(1, len(view.grades) - 1)
    return [
        box(
            *(grade.start, grade.end, _BOTTOM, _TOP, palette.BAND),
            opacity=low + shade * place,
            line={"width": 2, "color": palette.GRID},
        )
        for place, grade in enumerate(view.grades)
    ]


def _letters(view: PdScale) -> list[Part]:
    return [
        marked_note(
            *(f"<b>{escape(grade.letter)}</b>", (grade.start + grade.end) / 2, (_TOP + _BOTTOM) / 2), yanchor="middle"
        )
        for grade in view.grades
    ]


def _in_rows(view: PdScale, room: float) -> list[tuple[int, Mark]]:
    """Every border between grades in the first row that has room for it; what no row has room for is left out."""
    rows: list[list[Mark]] = [[] for _ in range(_TICK_ROWS)]
    for mark in view.ticks:
        free = (row for row in rows if not row or mark.position - row[-1].position >= room)
        next(free, []).append(mark)
    return [(place, mark) for place, row in enumerate(rows) for mark in row]


def _ticks(ticks: list[tuple[int, Mark]]) -> list[Part]:
    return [
        note(mark.text, mark.position, _BOTTOM - _TICK_ROW * row, yanchor="top", yshift=-4, colour=palette.QUIET)
        for row, mark in ticks
    ]


def _cut_line(view: PdScale) -> Part:
    return line(view.cut.position, view.cut.position, _BOTTOM - 0.06, 0.98, palette.TEXT, 2, dash="dot")


def _cut_words(view: PdScale) -> Part:
    """On the side of the line where the client is not."""
    left = view.client.position >= view.cut.position
    return note(
        *(view.cut.text, view.cut.position, 0.98),
        yanchor="top",
        xanchor="right" if left else "left",
        xshift=-7 if left else 7,
    )


def _client_words(view: PdScale, colour: str, narrow: bool) -> Part:
    words = view.client.text.removeprefix("this client ") if narrow else view.client.text
    place, anchor = _client_words_place(view, _CLIENT_WORDS_NARROW if narrow else _CLIENT_WORDS)
    return marked_note(
        *(f"<b>{escape(words, quote=False)}</b>", place, 0.98),
        colour=colour,
        yanchor="top",
        xanchor=anchor,
        xshift={"left": -6, "right": 6, "center": 0}[anchor] if 0 < place < 1 else 0,
    )


def _client_words_place(view: PdScale, room: float) -> tuple[float, str]:
    """Where the words stay inside the scale and on the client's side of the cut-off; above the client if they can."""
    client, cut = view.client.position, view.cut.position
    least, most = (cut, 1.0) if client >= cut else (0.0, cut)
    starts = {"center": client - room / 2, "left": client, "right": client - room}
    for anchor, start in starts.items():
        if start >= least and start + room <= most:
            return client, anchor
    return (most, "right") if client >= cut else (least, "left")
