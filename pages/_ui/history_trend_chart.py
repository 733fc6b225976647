"""A share week by week with its 95 % interval, above how many decisions it rests on; changes of versions marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, floor

from core.casework.case_state import day_words
from core.casework.changes_in_force import Change
from core.casework.history_summary import WeekShare
from core.portfolio.wording import counted, percent
from pages._ui import palette
from pages._ui.figure import SMALL, Part, axis, figure, line, marked_note, note

_HEIGHT = 320  # px, without the numbers of marks
_MOST_DATES = 6  # below the axis, that do not touch in the narrowest of columns
_SMALLEST = 10  # px: the size of a number that has just the width of its bar
_FEWEST_PLACES = 6  # a bar stays narrow where there are few weeks
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Mark:
    """One change of the drawn weeks; its number stands at its line and in front of its words below the chart."""

    number: int
    place: float  # in weeks from the middle of the first one
    change: Change


def marks(weeks: Sequence[WeekShare], changes: Sequence[Change]) -> tuple[Mark, ...]:
    """Those that fall into a drawn week: one of another time has no place here."""
    first, last = (datetime.combine(week.start, time(), UTC) for week in (weeks[0], weeks[-1]))
    drawn = [change for change in changes if first <= change.at < last + _WEEK]
    return tuple(Mark(number, (one.at - first) / _WEEK - 0.5, one) for number, one in enumerate(drawn, start=1))


@dataclass(frozen=True)
class Names:
    """What the chart's figures are of."""

    share: str  # "Approval rate"
    row: str  # "decision"


def figure_of(weeks: Sequence[WeekShare], marked: Sequence[Mark], names: Names, narrow: bool) -> Part:
    low, high = _limits(weeks)
    most = max(week.decisions for week in weeks)
    return figure(
        [*_band(weeks), _line(weeks, names.row), _bars(weeks, names.row)],
        shapes=[line(mark.place, mark.place, 0.36, 1, palette.TEXT, 1.5, dash="dot", yref="paper") for mark in marked],
        annotations=[
            marked_note("Band: 95 % interval", 0, 1) | _corner(22 if marked else 4),
            *(_numbers(group) for group in _groups(marked, weeks, narrow)),
            *([] if any(week.share for week in weeks) else [_nothing_decided()]),
        ],
        height=_HEIGHT + (18 if marked else 0),
        margin={"l": 62, "r": 10, "t": 52 if marked else 34, "b": 44},
        xaxis=_weeksaxis(weeks, narrow) | {"anchor": "y2", "title": _title("Week from")},
        yaxis=axis(
            domain=[0.36, 1],
            range=[low - 2, high + 2],
            tickvals=_tens(low, high),
            ticktext=[f"{ten} %" for ten in _tens(low, high)],
            showgrid=True,
            title=_title(f"{names.share}, %"),
        ),
        bargap=0.2,
        uniformtext={"mode": "hide", "minsize": _SMALLEST},  # Plotly alone knows how wide a bar comes to be
        yaxis2=axis(
            domain=[0, 0.27],
            range=[0, 1.45 * most],
            tickvals=[0, most],
            tickformat=",d",
            title=_title(f"{names.row.capitalize()}s"),
        ),
    )


def _title(words: str) -> Part:
    return {"text": words, "font": {"color": palette.QUIET, "size": SMALL}, "standoff": 4}


def _nothing_decided() -> Part:
    return note(
        "Nothing was approved or declined, so there is no share to show.",
        0.5,
        0.68,
        colour=palette.QUIET,
        xref="paper",
        yref="paper",
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


def _known(weeks: Sequence[WeekShare]) -> list[tuple[float, WeekShare]]:
    return [(place, week) for place, week in _placed(weeks) if week.share]


def _band(weeks: Sequence[WeekShare]) -> list[Part]:
    places = [place for place, _ in _known(weeks)]
    shares = [week.share for week in weeks if week.share]
    edge: Part = {"type": "scatter", "x": places, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        edge | {"y": [100 * share.low for share in shares]},
        edge
        | {"y": [100 * share.high for share in shares], "fill": "tonexty", "fillcolor": palette.BAND, "opacity": 0.6},
    ]


def _line(weeks: Sequence[WeekShare], row: str) -> Part:
    known = _known(weeks)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [place for place, _ in known],
        "y": [100 * week.share.value for _, week in known if week.share],
        "line": {"color": palette.ACCENT, "width": 2},
        "marker": {"color": palette.ACCENT, "size": 7},
        **_interval(known),
        "customdata": [in_words(week, row) for _, week in known],
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


def in_words(week: WeekShare, row: str) -> str:
    """What is known of one week; one that the period cuts off is told by the days that are left of it."""
    days = f"Week from {day_words(week.start)}" if week.is_whole else week.days
    begun = f"{days}: {counted(week.decisions, row)}"
    if week.share is None:
        return begun
    share = week.share
    return (
        f"{begun}, {percent(share.value)} of {week.decided:,} "
        f"(95 % interval {percent(share.low).removesuffix(' %')} to {percent(share.high)})"
    )


def cut_off(weeks: Sequence[WeekShare]) -> str:
    """Which weeks are not drawn whole, as a sentence; empty where all are."""
    days = "; ".join(week.days for week in weeks if not week.is_whole)
    return f"Part of a week: {days}." if days else ""


def _bars(weeks: Sequence[WeekShare], row: str) -> Part:
    placed = _placed(weeks)
    return {
        "type": "bar",
        "x": [place for place, _ in placed],
        "y": [week.decisions for _, week in placed],
        "yaxis": "y2",
        "text": [f"{week.decisions:,}" for week in weeks],
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"color": palette.TEXT, "size": SMALL},
        "cliponaxis": False,
        "marker": {"color": palette.NEUTRAL, "line": {"width": 0}},
        "customdata": [in_words(week, row) for _, week in placed],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _groups(marked: Sequence[Mark], weeks: Sequence[WeekShare], narrow: bool) -> list[list[Mark]]:
    """Marks whose numbers would touch share one place."""
    start, end = _range(weeks)
    nearest = (end - start) * (0.09 if narrow else 0.06)
    groups: list[list[Mark]] = []
    for mark in marked:
        if groups and mark.place - groups[-1][-1].place < nearest:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _numbers(group: Sequence[Mark]) -> Part:
    """Right on top of their line."""
    words = ", ".join(str(mark.number) for mark in group)
    middle = (group[0].place + group[-1].place) / 2
    return marked_note(
        f"<b>{words}</b>",
        *(middle, 1),
        yref="paper",
        xanchor="center",
        yanchor="bottom",
        yshift=2,
        bordercolor=palette.TEXT,
        borderwidth=1,
        borderpad=1,
    )


def _corner(up: int) -> Part:
    return {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": up}


def _weeksaxis(weeks: Sequence[WeekShare], narrow: bool) -> Part:
    placed = _placed(weeks)
    every = ceil(len(placed) / (5 if narrow else _MOST_DATES))
    shown = placed[::every]
    return axis(
        range=_range(weeks),
        tickmode="array",
        tickvals=[place for place, _ in shown],
        ticktext=[_short(week.first) for _, week in shown],
        tickangle=0,
        ticklabelstandoff=4,  # the first is below the zero of the other axis
    )


def _range(weeks: Sequence[WeekShare]) -> list[float]:
    last = (weeks[-1].start - weeks[0].start) / _WEEK
    return [last / 2 - max(last, _FEWEST_PLACES) / 2 - 0.7, last / 2 + max(last, _FEWEST_PLACES) / 2 + 0.7]


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
