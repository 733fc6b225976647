"""A share week by week with its 95 % interval, above how many decisions it rests on; changes of versions marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, floor

from core.casework.changes_in_force import Change
from core.casework.history_summary import WeekShare, day_words
from core.portfolio.wording import percent
from pages._ui import palette
from pages._ui.figure import SMALL, Part, figure, line, marked_note, note

_HEIGHT = 300  # px, without the rows of marks
_MOST_NUMBERS = 16  # bars that carry their number
_FEWEST_PLACES = 6  # a bar stays narrow where there are few weeks
_WEEK = timedelta(weeks=1)


def figure_of(weeks: Sequence[WeekShare], changes: Sequence[Change], title: str, narrow: bool) -> Part:
    low, high = _limits(weeks)
    marks = [(_place(change.at, weeks), change) for change in changes]
    return figure(
        [*_band(weeks), _line(weeks), _bars(weeks)],
        shapes=[line(place, place, 0.36, 1, palette.TEXT, 1.5, dash="dot", yref="paper") for place, _ in marks],
        annotations=[
            marked_note(f"<b>{title}</b>, 95 % interval", 0, 1, **_corner(4 + 16 * len(marks))),
            marked_note("<b>Decisions</b>, week from", 0, 0.27, **_corner(0)),
            *(_mark(place, row, change, weeks) for row, (place, change) in enumerate(marks)),
            *(
                []
                if len(weeks) > _MOST_NUMBERS or narrow
                else [_number(place, week, weeks) for place, week in _placed(weeks)]
            ),
        ],
        height=_HEIGHT + round(16 * len(marks)),
        margin={"l": 46, "r": 10, "t": 34 + 16 * len(marks), "b": 26},
        xaxis=_weeks_axis(weeks, narrow) | {"anchor": "y2"},
        yaxis=_axis(
            domain=[0.36, 1],
            range=[low - 2, high + 2],
            tickvals=_tens(low, high),
            ticktext=[f"{ten} %" for ten in _tens(low, high)],
            showgrid=True,
        ),
        yaxis2=_axis(domain=[0, 0.27], range=[0, 1.45 * max(week.decisions for week in weeks)], showticklabels=False),
    )


def _limits(weeks: Sequence[WeekShare]) -> tuple[int, int]:
    """Tens of percent around everything that is drawn."""
    known = [week.share for week in weeks if week.share]
    low = floor(10 * min((share.low for share in known), default=0.0)) * 10
    high = ceil(10 * max((share.high for share in known), default=1.0)) * 10
    return low, max(high, low + 10)


def _tens(low: int, high: int) -> list[int]:
    step = 10 if high - low <= 50 else 20
    return list(range(low, high + 1, step))


def _placed(weeks: Sequence[WeekShare]) -> list[tuple[float, WeekShare]]:
    return [((week.start - weeks[0].start) / _WEEK, week) for week in weeks]


def _place(at: datetime, weeks: Sequence[WeekShare]) -> float:
    """Where a moment lies: bars stand in the middle of their week."""
    first = datetime.combine(weeks[0].start, time(), UTC)
    return max((at - first) / _WEEK - 0.5, -0.5)


def _known(weeks: Sequence[WeekShare]) -> list[tuple[float, WeekShare]]:
    return [(place, week) for place, week in _placed(weeks) if week.share]


def _band(weeks: Sequence[WeekShare]) -> list[Part]:
    places = [place for place, _ in _known(weeks)]
    shares = [week.share for week in weeks if week.share]
    edge = {"type": "scatter", "x": places, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        edge | {"y": [100 * share.low for share in shares]},
        edge
        | {"y": [100 * share.high for share in shares], "fill": "tonexty", "fillcolor": palette.BAND, "opacity": 0.6},
    ]


def _line(weeks: Sequence[WeekShare]) -> Part:
    known = _known(weeks)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [place for place, _ in known],
        "y": [100 * week.share.value for _, week in known if week.share],
        "line": {"color": palette.ACCENT, "width": 2},
        "marker": {"color": palette.ACCENT, "size": 7},
        **_interval(known),
        "customdata": [in_words(week) for _, week in known],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _interval(known: Sequence[tuple[float, WeekShare]]) -> Part:
    """A week alone has no band: its interval is a stroke."""
    if len(known) != 1 or known[0][1].share is None:
        return {}
    share = known[0][1].share
    return {
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (share.high - share.value)],
            "arrayminus": [100 * (share.value - share.low)],
            "color": palette.ACCENT,
        }
    }


def in_words(week: WeekShare) -> str:
    """What is known of one week."""
    begun = f"Week from {day_words(week.start)}: {week.decisions:,} decisions"
    if week.share is None:
        return begun
    share = week.share
    return (
        f"{begun}, {percent(share.value)} of {week.decided:,} "
        f"(95 % interval {percent(share.low).removesuffix(' %')} to {percent(share.high)})"
    )


def _bars(weeks: Sequence[WeekShare]) -> Part:
    placed = _placed(weeks)
    return {
        "type": "bar",
        "x": [place for place, _ in placed],
        "y": [week.decisions for _, week in placed],
        "yaxis": "y2",
        "marker": {"color": palette.NEUTRAL, "line": {"width": 0}},
        "customdata": [in_words(week) for _, week in placed],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _number(place: float, week: WeekShare, weeks: Sequence[WeekShare]) -> Part:
    return note(f"{week.decisions:,}", place, week.decisions, yref="y2", yanchor="bottom")


def _mark(place: float, row: int, change: Change, weeks: Sequence[WeekShare]) -> Part:
    """On the side of its line where there is room, one row for each."""
    last = (weeks[-1].start - weeks[0].start) / _WEEK
    left = place > last / 2
    thing = "policy" if change.is_policy else "model"
    words = f"new {thing} from {change.at.day} {change.at:%b}"
    place_ = {
        "xanchor": "right" if left else "left",
        "xshift": -5 if left else 5,
        "yanchor": "bottom",
        "yshift": 2 + 16 * row,
    }
    return note(words, place, 1, yref="paper", **place_)


def _corner(up: int) -> Part:
    return {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": up}


def _weeks_axis(weeks: Sequence[WeekShare], narrow: bool) -> Part:
    placed = _placed(weeks)
    last = placed[-1][0]
    middle, half = last / 2, max(last, _FEWEST_PLACES) / 2 + 0.7
    every = ceil(len(placed) / (5 if narrow else 8))
    shown = placed[::every]
    return _axis(
        range=[middle - half, middle + half],
        tickmode="array",
        tickvals=[place for place, _ in shown],
        ticktext=[_short(week.start) for _, week in shown],
        tickangle=0,
    )


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _axis(**more: object) -> Part:
    return {
        "fixedrange": True,
        "zeroline": False,
        "showgrid": False,
        "gridcolor": palette.GRID,
        "tickfont": {"color": palette.QUIET, "size": SMALL},
        **more,
    }
