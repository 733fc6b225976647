"""The way from the model's base to this client, bar by bar; everything a page needs to draw and to say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import expit

from core.policy.points import Scale
from core.portfolio.wording import percent
from core.scoring.score import Score
from core.scoring.waterfall_axis import Axis, Band, Tick, axis, bands, pd_ticks, short_percent
from core.scoring.written_sum import WrittenSum, written_sum

RAISES, LOWERS = "raises risk", "lowers risk"  # fixed words
_NO_EFFECT = 1e-12  # log-odds below which a step is none


class Unit(StrEnum):
    POINTS = "points"  # exact
    LOG_ODDS = "log_odds"  # exact
    PROBABILITY = "probability"  # a path: depends on the order


class Grouping(StrEnum):
    FAMILY = "family"
    FEATURE = "feature"


class BarKind(StrEnum):
    BASE = "base"  # the model before any feature
    STEP = "step"  # one family or feature
    OTHERS = "others"  # the rest together
    CALIBRATION = "calibration"
    CLIENT = "client"  # the score


@dataclass(frozen=True)
class Bar:
    label: str
    start: float  # in the unit; the end of the bar above
    end: float
    step: float  # end − start; 0 for base and client
    kind: BarKind
    shown: str  # "−55.7"; base and client: where they stand, "569.2"
    direction: str = ""  # "raises risk", "lowers risk" or ""
    value: str = ""  # a feature's value in the contract's words


@dataclass(frozen=True)
class Waterfall:
    """Bars that join, from the model's base to this client, with axis, decision bands and the sum in words."""

    unit: Unit
    grouping: Grouping
    unit_label: str  # title of the axis
    bars: tuple[Bar, ...]
    sum_check: str  # adds up as printed
    note: str  # what the unit is and is not
    axis: Axis
    pd_ticks: tuple[Tick, ...]  # probabilities at their place in the unit; none where the unit is the probability
    bands: tuple[Band, ...]  # approve, refer, decline inside the axis
    cut: Tick  # approve below
    decline_from: Tick


@dataclass(frozen=True)
class _UnitWords:
    label: str
    note: str
    decimals: int
    factor: float  # unit -> number printed
    after_number: str  # behind an absolute number
    after_step: str
    closing: str  # behind the total of the written sum


_BASE_NOTE = (
    "The model base is where the model starts before any fact; it is not the average default rate. "
    "Calibration is the last step: it moves the score so that the PD matches how often clients really defaulted."
)
_WORDS = {
    Unit.POINTS: _UnitWords("points (fewer = riskier)", _BASE_NOTE, 1, 1.0, "", "", "{total} points = PD {pd}"),
    Unit.LOG_ODDS: _UnitWords("log-odds of default (more = riskier)", _BASE_NOTE, 2, 1.0, "", "", "{total} = PD {pd}"),
    Unit.PROBABILITY: _UnitWords(
        "probability of default, step by step",
        "A path: each bar is the change of the probability when the facts are added in this order, largest first; "
        f"in another order the bars would differ, the end would not. {_BASE_NOTE}",
        1,
        100.0,
        " %",
        " pp",
        "PD {total}",
    ),
}


@dataclass(frozen=True)
class Step:
    """One bar between base and client, before it is placed in a unit."""

    label: str
    contribution: float  # log-odds
    kind: BarKind
    value: str = ""
    family: str = ""  # id, of a feature


def waterfall(score: Score, unit: Unit, grouping: Grouping, bars: int, scale: Scale) -> Waterfall:
    """The bars of a score: base, the `bars` largest contributions, all others together, calibration, this client.

    `scale` is the policy's scale of points. The bars always join and end at the score.
    """
    steps = steps_of(score, grouping, bars)
    place = _placing(unit, scale)
    positions = positions_of(score, steps, unit, scale)
    words = _WORDS[unit]
    written = written_sum([position * words.factor for position in positions], words.decimals)
    cut, decline_from = (_tick(pd, place, scale) for pd in (score.cut, score.decline_from))
    own_axis = axis((*positions, cut.position, decline_from.position), as_percent=unit is Unit.PROBABILITY)
    return Waterfall(
        unit=unit,
        grouping=grouping,
        unit_label=words.label,
        bars=_bars(steps, positions, written, words),
        sum_check=_sum_check(score, written, words),
        note=words.note,
        axis=own_axis,
        pd_ticks=() if unit is Unit.PROBABILITY else pd_ticks(own_axis, cut, lambda pd: _tick(pd, place, scale)),
        bands=bands(own_axis, cut.position, decline_from.position, riskier_is_less=unit is Unit.POINTS),
        cut=cut,
        decline_from=decline_from,
    )


def steps_of(score: Score, grouping: Grouping, bars: int) -> list[Step]:
    """The `bars` largest contributions, largest first, all others together, and calibration."""
    if bars < 1:
        raise ValueError(f"bars: a waterfall shows at least one contribution, got {bars}")
    if grouping is Grouping.FAMILY:
        items = [Step(f.label, f.contribution, BarKind.STEP) for f in score.families]
    else:
        items = [Step(c.label, c.contribution, BarKind.STEP, c.shown, c.family) for c in score.contributions]
    items.sort(key=lambda item: -abs(item.contribution))
    shown, rest = items[:bars], items[bars:]
    if rest:
        shown.append(Step(f"All others ({len(rest)})", sum(item.contribution for item in rest), BarKind.OTHERS))
    return [*shown, Step("Calibration", score.calibration, BarKind.CALIBRATION)]


def _placing(unit: Unit, scale: Scale) -> Callable[[float], float]:
    """Log-odds -> position in the unit."""
    if unit is Unit.POINTS:
        return scale.from_log_odds
    return (lambda log_odds: float(expit(log_odds))) if unit is Unit.PROBABILITY else (lambda log_odds: log_odds)


def positions_of(score: Score, steps: list[Step], unit: Unit, scale: Scale) -> list[float]:
    """Where the bars stand in the unit: the base, the end of each step, the last of them the score itself."""
    place, reached = _placing(unit, scale), score.base
    positions = [place(reached)]
    for step in steps[:-1]:
        reached += step.contribution
        positions.append(place(reached))
    return [*positions, _end(score, unit)]


def _end(score: Score, unit: Unit) -> float:
    """The score itself, so that the last bar ends where every other part of the page says it does."""
    return {
        Unit.POINTS: score.points,
        Unit.LOG_ODDS: score.calibrated_log_odds,
        Unit.PROBABILITY: score.default_probability,
    }[unit]


def _tick(pd: float, place: Callable[[float], float], scale: Scale) -> Tick:
    return Tick(position=place((scale.offset - scale.points(pd)) / scale.factor), text=short_percent(pd))


def _bars(steps: list[Step], positions: list[float], written: WrittenSum, words: _UnitWords) -> tuple[Bar, ...]:
    first, last = positions[0], positions[-1]
    base = Bar("Model base", first, first, 0.0, BarKind.BASE, written.number(written.start) + words.after_number)
    client = Bar("This client", last, last, 0.0, BarKind.CLIENT, written.number(written.total) + words.after_number)
    return (
        base,
        *(
            Bar(
                label=step.label,
                start=positions[i],
                end=positions[i + 1],
                step=positions[i + 1] - positions[i],
                kind=step.kind,
                shown=written.signed(written.steps[i]) + words.after_step,
                direction=direction(step.contribution) if written.steps[i] else "",
                value=step.value,
            )
            for i, step in enumerate(steps)
        ),
        client,
    )


def direction(contribution: float) -> str:
    """The fixed words for the sign of a contribution; empty when it moves nothing."""
    if abs(contribution) < _NO_EFFECT:
        return ""
    return RAISES if contribution > 0 else LOWERS


def _sum_check(score: Score, written: WrittenSum, words: _UnitWords) -> str:
    """ "569.2 − 55.7 − 10.1 + 2.3 = 505.7 points = PD 34.4 %": rounded so that it adds up as printed."""
    start = written.number(written.start) + words.after_number
    terms = " ".join(written.term(step) + words.after_step for step in written.steps)
    total = written.number(written.total) + words.after_number
    return f"{start} {terms} = {words.closing.format(total=total, pd=percent(score.default_probability))}"
