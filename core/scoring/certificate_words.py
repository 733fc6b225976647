"""How far a recommendation holds, in a sentence whose limits are rounded towards safety."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from core.policy.recommendation import Recommendation
from core.portfolio.contract import WHOLE_KINDS, Kind
from core.portfolio.wording import DAYS_PER_YEAR
from core.scoring.written_sum import MINUS

_TIME = (Kind.DAYS, Kind.MONTHS)  # relative to the application: further back is longer
_FIGURES = 3  # a limit is written with, unless the value lies closer to it
_MOST_REGIONS = 2  # told beside the one that holds the value
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
    value: float | None


@dataclass(frozen=True)
class Holding:
    """All that keeps the recommendation as it is."""

    intervals: tuple[Interval, ...]
    around: Interval | None
    levels: tuple[str, ...]  # labels that keep it
    all_levels: tuple[str, ...]  # empty for numbers
    when_missing: bool
    always: bool  # every value keeps it


def in_words(now: Recommendation, subject: Subject, holding: Holding) -> str:
    """ "Decline holds while external score 2 stays below 0.65." """
    verdict, name = now.value.capitalize(), inside_sentence(subject.label)
    if holding.always:
        return _always(verdict, name, subject, holding)
    if holding.all_levels:
        return f"{verdict} holds {_levels(name, holding)}."
    if subject.value is None:
        return f"{subject.label} is not given; {verdict.lower()} holds {_once_given(subject, holding)}."
    regions = [_region(interval, subject) for interval in holding.intervals if interval is not holding.around]
    around = _region(holding.around, subject) if holding.around else "is as it is"
    again = "".join(f", and again while it {region}" for region in regions[:_MOST_REGIONS])
    return f"{verdict} holds while {name} {around}{again}."


def inside_sentence(label: str) -> str:
    """A label without its capital, unless it starts with an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _always(verdict: str, name: str, subject: Subject, holding: Holding) -> str:
    if holding.when_missing or subject.value is None:
        return f"No value of {name} alone changes it."
    return f"No value of {name} alone changes it; {verdict.lower()} would not hold without a value."


def _once_given(subject: Subject, holding: Holding) -> str:
    if not holding.intervals:
        return "only as long as it stays so"
    return "once it " + " or ".join(_region(i, subject) for i in holding.intervals[: 1 + _MOST_REGIONS])


def _levels(name: str, holding: Holding) -> str:
    """The shorter of "while it is one of …" and "unless it is one of …"."""
    kept = holding.levels
    lost = [label for label in holding.all_levels if label not in kept]
    if not kept:
        return f"only while {name} is not given"
    if len(lost) < len(kept):
        return f"unless {name} is {_listed(lost)}"
    return f"while {name} is {_listed(kept)}"


def _listed(labels: Sequence[str]) -> str:
    """ "A, B or C"; the last ones are counted when there are many."""
    named = [f"“{label}”" for label in labels[:_MOST_LEVELS]]
    more = len(labels) - len(named)
    if more:
        return f"{', '.join(named)} or one of {more} more"
    return " or ".join([", ".join(named[:-1]), named[-1]] if named[:-1] else named)


def _region(interval: Interval, subject: Subject) -> str:
    """ "stays below 0.65"; the region told lies inside the exact one and holds the value, if the exact one does."""
    inside = subject.value if subject.value is not None and subject.value in interval else None
    if subject.kind in _TIME and _is_past(interval, inside):
        return _past(interval, subject, inside)
    if subject.kind in WHOLE_KINDS and (inside is None or inside.is_integer()):
        return _whole(interval, subject)
    return _decimal(interval, subject, inside)


def _is_past(interval: Interval, inside: float | None) -> bool:
    ends = [end for end in (interval.above, interval.up_to, inside) if end is not None and math.isfinite(end)]
    return all(end <= 0 for end in ends)


def _past(interval: Interval, subject: Subject, inside: float | None) -> str:
    """Lengths of time: x days before is −x, and the limits change sides."""
    least, below = -interval.up_to, -interval.above  # least ≤ length < below
    length = None if inside is None else -inside
    if math.isinf(below) and least <= 0:
        return "is any time ago"
    if least <= 0 or math.isinf(least):
        return f"stays shorter than {_time(below, length, subject.kind, ROUND_FLOOR)}"
    if math.isinf(below):
        return f"stays at least {_time(least, length, subject.kind, ROUND_CEILING)}"
    low = _time(least, length, subject.kind, ROUND_CEILING)
    return f"stays at least {low} and shorter than {_time(below, length, subject.kind, ROUND_FLOOR)}"


def _time(limit: float, length: float | None, kind: Kind, rounding: str) -> str:
    if kind is Kind.MONTHS:
        months = _rounded(limit, 0, rounding)
        return f"{months} {'month' if months == 1 else 'months'}"
    if limit >= 365:
        for digits in (1, 2):
            years = _rounded(limit / DAYS_PER_YEAR, digits, rounding)
            if length is None or _still_inside(float(years) * DAYS_PER_YEAR, length, rounding):
                return f"{years} years"
    days = _rounded(limit, 0, rounding)
    return f"{_written(days)} {'day' if days == 1 else 'days'}"


def _whole(interval: Interval, subject: Subject) -> str:
    low = None if math.isinf(interval.above) else math.floor(interval.above) + 1
    high = None if math.isinf(interval.up_to) else math.floor(interval.up_to)
    unit = f" {subject.unit}" if subject.unit else ""
    if low is not None and high is not None:
        return f"stays {low:,}{unit}" if low == high else f"stays from {low:,} to {high:,}{unit}"
    if low is not None:
        return f"stays {low:,}{unit} or more"
    return f"stays {high:,}{unit} or less" if high is not None else "has any value"


def _decimal(interval: Interval, subject: Subject, inside: float | None) -> str:
    factor, unit = _scale(subject)
    low = None if math.isinf(interval.above) else _limit(interval.above, inside, factor, ROUND_CEILING) + unit
    high = None if math.isinf(interval.up_to) else _limit(interval.up_to, inside, factor, ROUND_FLOOR) + unit
    if low and high:
        return f"stays above {low} and below {high}"
    if low:
        return f"stays above {low}"
    return f"stays below {high}" if high else "has any value"


def _scale(subject: Subject) -> tuple[int, str]:
    """What a number is multiplied by to be read, and what stands behind it."""
    if subject.kind is Kind.RATIO and subject.unit == "%":
        return 100, " %"
    return 1, f" {subject.unit}" if subject.unit and subject.kind is not Kind.YEARS else ""


def _limit(limit: float, inside: float | None, factor: int, rounding: str) -> str:
    """The limit with as few figures as keep it on its side of the value."""
    exact = Decimal(limit) * factor
    digits = _FIGURES - 1 - (exact.adjusted() if exact else 0)
    digits = min(digits, 2) if abs(exact) >= Decimal("0.1") else digits
    for more in range(12):
        rounded = _quantized(exact, digits + more, rounding)
        if inside is None or _still_inside(float(rounded), inside * factor, rounding):
            return _written(rounded)
    return _written(exact.normalize())


def _still_inside(limit: float, value: float, rounding: str) -> bool:
    return value < limit if rounding == ROUND_FLOOR else value > limit


def _rounded(limit: float, digits: int, rounding: str) -> Decimal:
    return _quantized(Decimal(limit), digits, rounding)


def _quantized(exact: Decimal, digits: int, rounding: str) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding)


def _written(rounded: Decimal) -> str:
    return f"{rounded:,f}".replace("-", MINUS)
