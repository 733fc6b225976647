"""Default probabilities by what was decided, and overrides by officer: told apart by hatching, not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.casework.changes_in_force import Change
from core.casework.pd_spread import PdSpread
from core.casework.volumes import Overrides, OverrideView
from core.portfolio.wording import counted, percent
from pages._ui import palette
from pages._ui.figure import SMALL, Part, axis, figure, line, note


@dataclass(frozen=True)
class _Group:
    name: str
    decisions: tuple[str, ...]
    colour: str
    pattern: str
    mark: str  # in the legend


_GROUPS: Final = (
    _Group("approved", ("approve", "approve_changed_terms"), palette.LOWERS_RISK, "", ":green[■]"),
    _Group("referred", ("refer",), palette.REFER, ".", ":orange[▦]"),
    _Group("declined", ("decline",), palette.RAISES_RISK, "/", ":red[▨]"),
    _Group("withdrawn", ("withdrawn",), palette.NEUTRAL, "x", ":gray[▩]"),
    _Group("not decided", ("",), palette.NEUTRAL, "-", ":gray[▤]"),
)
SIDES_LEGEND: Final = ":orange[▨] low side  :violet[■] high side"
_SIDES: Final = (("low side", palette.REFER, "/"), ("high side", palette.SECOND_SERIES, ""))
_MOST_OFFICERS = 8
_FEW = 5  # decisions in the highest bar: each has a tick
_LEFT_OF_A_CUT, _RIGHT_OF_A_CUT = 0.26, 0.32  # of the narrowest axis: room for its words, with the margin there
HEIGHT = 330  # px


def spread(view: PdSpread, policy: Change | None, row: str, narrow: bool) -> Part:
    """`row`: what is counted, "decision" or "application"."""
    cuts = (
        []
        if policy is None
        else [(policy.approve_below, "approve below"), (policy.decline_from, "from" if narrow else "decline from")]
    )
    placed = [(view.place(cut), f"{words} {percent(cut)}") for cut, words in cuts if cut is not None]
    lines = [(place, words) for place, words in placed if place is not None]
    return figure(
        [_bars(view, group) for group in _shown(view)],
        shapes=[line(place, place, 0, 1.06, palette.TEXT, 1.5, dash="dot", yref="paper") for place, _ in lines],
        annotations=[_cut(view, place, words) for place, words in lines],
        height=HEIGHT,
        margin={"l": 52, "r": 14, "t": 36, "b": 46},
        barmode="stack",
        xaxis=axis(
            range=[view.start, view.end],
            tickmode="array",
            tickvals=[tick.place for tick in view.ticks],
            ticktext=[tick.text for tick in view.ticks],
            tickangle=0,
            ticklabelstandoff=4,  # the first is below the zero of the other axis
            title=_title("PD when scored, %"),
        ),
        yaxis=axis(
            showgrid=True,
            rangemode="tozero",
            **_whole_ticks(view),
            range=[0, 1.04 * _highest(view)],
            title=_title(f"{row.capitalize()}s"),
        ),
    )


def _title(words: str) -> Part:
    return {"text": words, "font": {"color": palette.QUIET, "size": SMALL}, "standoff": 6}


def _whole_ticks(view: PdSpread) -> Part:
    return {"dtick": 1} if _highest(view) <= _FEW else {"nticks": 5}


def _highest(view: PdSpread) -> int:
    return max(bar.decisions for bar in view.bars)


def legend(view: PdSpread) -> str:
    """What hatching and colour mean, as Markdown."""
    return " ".join(f"{group.mark} {group.name}" for group in _shown(view))


def _shown(view: PdSpread) -> list[_Group]:
    return [group for group in _GROUPS if any(view.counts(group.decisions))]


def _bars(view: PdSpread, group: _Group) -> Part:
    counts = view.counts(group.decisions)
    return {
        "type": "bar",
        "name": group.name,
        "x": [(bar.start + bar.end) / 2 for bar in view.bars],
        "y": counts,
        "width": [0.92 * (bar.end - bar.start) for bar in view.bars],
        "marker": {"color": group.colour, "line": {"width": 0}, "pattern": _pattern(group.pattern)},
        "customdata": [f"{bar.words}: {count:,} {group.name}" for bar, count in zip(view.bars, counts, strict=True)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _cut(view: PdSpread, place: float, words: str) -> Part:
    """Above its line and away from the other cut, which may lie close to it; near an end of the axis further inside."""
    axis = view.end - view.start
    first = words.startswith("approve")
    return note(
        words,
        *(min(max(place, view.start + _LEFT_OF_A_CUT * axis), view.end - _RIGHT_OF_A_CUT * axis), 1.06),
        yref="paper",
        xanchor="right" if first else "left",
        xshift=-5 if first else 5,
        yanchor="bottom",
    )


def overrides(view: OverrideView) -> Part:
    """One bar for each officer, the most decisions on top, and one for everybody."""
    shown = [view.total, *view.by_officer[:_MOST_OFFICERS]]
    longest = max((one.rate.value for one in shown if one.rate), default=0.0)
    return figure(
        [_side(shown, 0), _side(shown, 1)],
        shapes=[],
        annotations=[part for row, one in enumerate(shown) for part in _officer(row, one)],
        height=max(HEIGHT, 40 + 46 * len(shown)),
        margin={"l": 4, "r": 4, "t": 12, "b": 4},
        barmode="stack",
        bargap=0.62,
        xaxis={"range": [0, 1.05 * longest or 1], "visible": False, "fixedrange": True},
        yaxis={"range": [len(shown) - 0.6, -0.8], "visible": False, "fixedrange": True},
    )


def _side(shown: Sequence[Overrides], which: int) -> Part:
    name, colour, pattern = _SIDES[which]
    counts = [(one.low, one.high)[which] for one in shown]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(range(len(shown))),
        "x": [count / one.decisions if one.decisions else 0 for count, one in zip(counts, shown, strict=True)],
        "marker": {"color": colour, "line": {"width": 0}, "pattern": _pattern(pattern)},
        "customdata": [f"{name}: {count:,} of {one.decisions:,}" for count, one in zip(counts, shown, strict=True)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def left_out(view: OverrideView) -> str:
    """Who has no bar; empty where everybody has one."""
    more = len(view.by_officer) - _MOST_OFFICERS
    if more <= 0:
        return ""
    return (
        f"Shown: the {_MOST_OFFICERS} with the most decisions; and {counted(more, 'more officer')} in Everybody only."
    )


def _officer(row: int, one: Overrides) -> list[Part]:
    """Name and figures above the bar."""
    rate = one.rate
    told = "no decisions"
    if rate is not None:
        interval = f"{percent(rate.low).removesuffix(' %')} to {percent(rate.high)}"
        told = f"{percent(rate.value)} of {one.decisions:,} ({interval})"
    return [
        note(one.officer or "Everybody", 0, row - 0.22, xref="paper", xanchor="left", yanchor="bottom"),
        note(told, 1, row - 0.22, colour=palette.QUIET, xref="paper", xanchor="right", yanchor="bottom"),
    ]


def _pattern(shape: str) -> Part:
    return {"shape": shape, "solidity": 0.28, "size": 7, "fgcolor": palette.GRID, "fillmode": "overlay"}
