"""How far a recommendation holds, in a sentence whose limits hold themselves: each is rounded to the inside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.policy.recommendation import Recommendation
from core.portfolio.contract import WHOLE_KINDS, Kind
from core.portfolio.wording import counted, inside_sentence
from core.scoring.limit_numbers import Ends, Told, Writer, counts, decimal, lengths_in_days, numbers, told

_TIME = (Kind.DAYS, Kind.MONTHS)  # relative to the application: further back is longer
_MOST_RANGES = 3
_MOST_LEVELS = 4


@dataclass(frozen=True)
class Interval:
    """All x with above < x ≤ up_to; an open end is infinite. As the model splits: double against float32."""

    above: float
    up_to: float

    def __contains__(self, value: float) -> bool:
        return self.above < value <= self.up_to

    @property
    def is_everything(self) -> bool:
        return math.isinf(self.above) and math.isinf(self.up_to)


@dataclass(frozen=True)
class Subject:
    """The feature a sentence is about."""

    label: str
    kind: Kind
    unit: str
    value: float | None  # of a category any number, as long as it is given


@dataclass(frozen=True)
class Holding:
    """All that keeps the recommendation as it is."""

    intervals: tuple[Interval, ...]  # rising
    levels: tuple[str, ...]  # labels that keep it
    all_levels: tuple[str, ...]  # empty for numbers
    when_missing: bool
    always: bool  # every value keeps it


def in_words(now: Recommendation, subject: Subject, holding: Holding) -> str:
    """ "Decline holds while external score 2 is up to 0.65." """
    verdict, name = now.value.capitalize(), inside_sentence(subject.label)
    if holding.always:
        return _always(verdict, name, subject, holding)
    if subject.value is None:
        would = _for_levels(holding) if holding.all_levels else _ranges(holding.intervals, subject)
        return f"{subject.label} is not given; {_if_it_were(verdict.lower(), would)}."
    if holding.all_levels:
        return f"{verdict} holds {_levels(name, holding)}."
    ranges = _ranges(holding.intervals, subject)
    return f"{verdict} holds while {name} is {ranges or 'as it is'}."


def _always(verdict: str, name: str, subject: Subject, holding: Holding) -> str:
    if holding.when_missing or subject.value is None:
        return f"No value of {name} alone changes it."
    return f"No value of {name} alone changes it; {verdict.lower()} would not hold without a value."


def _if_it_were(verdict: str, would: str) -> str:
    return f"if it were, {verdict} would hold {would}" if would else f"{verdict} holds only as long as it stays so"


def _ranges(intervals: Sequence[Interval], subject: Subject) -> str:
    """Rising as they are read, the one that holds the value among them; the others are counted."""
    read = [_range(interval, subject) for interval in intervals]
    if subject.kind in _TIME and intervals and _is_past(intervals[0], None):
        read.reverse()
    own = next((place for place, (_, holds) in enumerate(read) if holds), 0)
    first = max(0, min(own - 1, len(read) - _MOST_RANGES))
    named = [words for words, _ in read[first : first + _MOST_RANGES]]
    more = len(read) - len(named)
    if more:
        return f"{', '.join(named)} and {counted(more, 'more range')}"
    return " or ".join([", ".join(named[:-1]), named[-1]] if named[:-1] else named)


def _levels(name: str, holding: Holding) -> str:
    """The shorter of "while it is one of …" and "unless it is one of …"."""
    lost = _lost(holding)
    if len(lost) < len(holding.levels):
        missing = "" if holding.when_missing else " or not given"
        return f"unless {name} is {_listed(lost)}{missing}"
    return f"while {name} is {_listed(holding.levels)}"


def _for_levels(holding: Holding) -> str:
    """The same of a category that is not given; empty where no level would keep it."""
    lost = _lost(holding)
    if len(lost) < len(holding.levels):
        return f"for any but {_listed(lost)}"
    return f"for {_listed(holding.levels)}" if holding.levels else ""


def _lost(holding: Holding) -> list[str]:
    return [label for label in holding.all_levels if label not in holding.levels]


def _listed(labels: Sequence[str]) -> str:
    """ "A, B or C"; the last ones are counted when there are many."""
    named = [f"“{label}”" for label in labels[:_MOST_LEVELS]]
    more = len(labels) - len(named)
    if more:
        return f"{', '.join(named)} or one of {more} more"
    return " or ".join([", ".join(named[:-1]), named[-1]] if named[:-1] else named)


def _range(interval: Interval, subject: Subject) -> tuple[str, bool]:
    """ "up to 0.65", and whether it holds the value."""
    inside = subject.value if subject.value is not None and subject.value in interval else None
    value = None if inside is None else decimal(inside)
    whole = subject.kind in WHOLE_KINDS and (_holds_whole(interval) if inside is None else inside.is_integer())
    ends = _ends(interval, whole)
    if subject.kind in _TIME and _is_past(interval, inside):
        low, high = told(ends.lengths(), None if value is None else -value, _length_writer(subject.kind, whole))
        return _from_to(low, high) or "any time ago", inside is not None
    writer = counts(subject.unit, subject.unit) if whole else numbers(subject.kind, _unit(subject))
    return _from_to(*told(ends, value, writer)) or "of any value", inside is not None


def _from_to(low: Told | None, high: Told | None) -> str:
    """Both ends belong to it; empty where it has none."""
    if low is None:
        return "" if high is None else f"up to {high.words}"
    if high is None:
        return f"from {low.words} on"
    if low.words == high.words:
        return low.words
    return f"from {low.number if low.unit == high.unit else low.words} to {high.words}"


def _ends(interval: Interval, whole: bool) -> Ends:
    if whole:
        low = None if math.isinf(interval.above) else Decimal(math.floor(interval.above) + 1)
        return Ends(low, None if math.isinf(interval.up_to) else Decimal(math.floor(interval.up_to)))
    low = None if math.isinf(interval.above) else decimal(math.nextafter(interval.above, math.inf))
    return Ends(low, None if math.isinf(interval.up_to) else decimal(interval.up_to))


def _is_past(interval: Interval, inside: float | None) -> bool:
    ends = [end for end in (interval.above, interval.up_to, inside) if end is not None and math.isfinite(end)]
    return interval.above < 0 and all(end <= 0 for end in ends)


def _holds_whole(interval: Interval) -> bool:
    """Whether at least one whole number lies in it."""
    ends = (interval.above, interval.up_to)
    return any(map(math.isinf, ends)) or math.floor(interval.above) < math.floor(interval.up_to)


def _length_writer(kind: Kind, whole: bool) -> Writer:
    return counts("month", "months") if kind is Kind.MONTHS else lengths_in_days(whole)


def _unit(subject: Subject) -> str:
    return "years" if subject.kind is Kind.YEARS else subject.unit
