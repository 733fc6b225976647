"""How far a recommendation holds, in a sentence whose limits are rounded towards safety."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from core.policy.recommendation import Recommendation
from core.portfolio.contract import WHOLE_KINDS, Kind
from core.portfolio.wording import DAYS_PER_YEAR, inside_sentence
from core.scoring.written_sum import MINUS

_TIME = (Kind.DAYS, Kind.MONTHS)  # relative to the application: further back is longer
_FIGURES = 3  # a limit is written with, unless the value or the other limit lies closer to it
_MORE_DIGITS = 12  # than the fewest, at most
_DIGITS_OF_YEARS = (1, 2)
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
    regions = _regions([interval for interval in holding.intervals if interval is not holding.around], subject)
    around = _region(holding.around, subject) if holding.around else None
    again = "".join(f", and again while it {region}" for region in regions[:_MOST_REGIONS])
    return f"{verdict} holds while {name} {around or 'is as it is'}{again}."


def _always(verdict: str, name: str, subject: Subject, holding: Holding) -> str:
    if holding.when_missing or subject.value is None:
        return f"No value of {name} alone changes it."
    return f"No value of {name} alone changes it; {verdict.lower()} would not hold without a value."


def _once_given(subject: Subject, holding: Holding) -> str:
    regions = _regions(holding.intervals, subject)
    return "once it " + " or ".join(regions[: 1 + _MOST_REGIONS]) if regions else "only as long as it stays so"


def _regions(intervals: Sequence[Interval], subject: Subject) -> list[str]:
    told = [_region(interval, subject) for interval in intervals]
    return [words for words in told if words is not None]


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


def _region(interval: Interval, subject: Subject) -> str | None:
    """ "stays below 0.65"; lies inside the exact one and holds the value, if that does; None: too narrow to write."""
    inside = subject.value if subject.value is not None and subject.value in interval else None
    if subject.kind in _TIME and _is_past(interval, inside):
        return _past(interval, subject, inside)
    if subject.kind in WHOLE_KINDS and (_holds_whole(interval) if inside is None else inside.is_integer()):
        return _whole(interval, subject)
    return _decimal(interval, subject, inside)


def _is_past(interval: Interval, inside: float | None) -> bool:
    ends = [end for end in (interval.above, interval.up_to, inside) if end is not None and math.isfinite(end)]
    return interval.above < 0 and all(end <= 0 for end in ends)


def _past(interval: Interval, subject: Subject, inside: float | None) -> str | None:
    """Lengths of time: x days before is −x, and the limits change sides."""
    least, below = -interval.up_to, -interval.above  # least ≤ length < below
    length = None if inside is None else -Decimal(inside)
    low = _Limit(_time_writer(least, subject.kind, ROUND_CEILING), lambda told: length is None or told <= length)
    high = _Limit(
        _time_writer(below, subject.kind, ROUND_FLOOR), lambda told: told > 0 and (length is None or length < told)
    )
    if math.isinf(below):
        return "is any time ago" if least <= 0 else f"stays at least {low.told().words}"
    if least <= 0:
        return f"stays shorter than {high.told().words}"
    return _between("stays at least {} and shorter than {}", low, high)


def _whole(interval: Interval, subject: Subject) -> str:
    low = None if math.isinf(interval.above) else math.floor(interval.above) + 1
    high = None if math.isinf(interval.up_to) else math.floor(interval.up_to)
    unit = f" {subject.unit}" if subject.unit else ""
    if low is not None and high is not None:
        return f"stays {low:,}{unit}" if low == high else f"stays from {low:,} to {high:,}{unit}"
    if low is not None:
        return f"stays {low:,}{unit} or more"
    return f"stays {high:,}{unit} or less" if high is not None else "has any value"


def _holds_whole(interval: Interval) -> bool:
    """Whether at least one whole number lies in it."""
    ends = (interval.above, interval.up_to)
    return any(map(math.isinf, ends)) or math.floor(interval.above) < math.floor(interval.up_to)


def _decimal(interval: Interval, subject: Subject, inside: float | None) -> str | None:
    factor, unit = _scale(subject)
    value = None if inside is None else Decimal(inside) * factor
    low = _Limit(
        _number_writer(interval.above, factor, unit, ROUND_CEILING), lambda told: value is None or told < value
    )
    high = _Limit(_number_writer(interval.up_to, factor, unit, ROUND_FLOOR), lambda told: value is None or value < told)
    if math.isinf(interval.up_to):
        return "has any value" if math.isinf(interval.above) else f"stays above {low.told().words}"
    if math.isinf(interval.above):
        return f"stays below {high.told().words}"
    return _between("stays above {} and below {}", low, high)


def _scale(subject: Subject) -> tuple[int, str]:
    """What a number is multiplied by to be read, and what stands behind it."""
    if subject.kind is Kind.RATIO and subject.unit == "%":
        return 100, " %"
    return 1, f" {subject.unit}" if subject.unit and subject.kind is not Kind.YEARS else ""


@dataclass(frozen=True)
class _Told:
    """A limit as it is printed."""

    at: Decimal  # in the measure of the value
    words: str


@dataclass(frozen=True)
class _Limit:
    """One end of a region: printed with more digits it comes closer to the exact one."""

    write: Callable[[int], _Told]  # by how many digits more than the fewest
    fits: Callable[[Decimal], bool]  # whether the value lies on the right side of what is printed

    def told(self, more: int = 0) -> _Told:
        """With as few digits as keep it on its side of the value, but at least so many more."""
        tries = (self.write(digits) for digits in range(more, _MORE_DIGITS))
        return next((told for told in tries if self.fits(told.at)), None) or self.write(_MORE_DIGITS)


def _between(words: str, low: _Limit, high: _Limit) -> str | None:
    """Both ends, with as many digits as it takes for the region as printed to hold something; None if none do."""
    for more in range(_MORE_DIGITS + 1):
        above, below = low.told(more), high.told(more)
        if above.at < below.at:
            return words.format(above.words, below.words)
    return None


def _time_writer(limit: float, kind: Kind, rounding: str) -> Callable[[int], _Told]:
    """Months; days; or years, which give way to days where they are too coarse."""

    def write(more: int) -> _Told:
        exact = Decimal(limit)
        if kind is Kind.MONTHS:
            return _counted(_quantized(exact, more, rounding), "month")
        if limit < 365:
            return _counted(_quantized(exact, more, rounding), "day")
        if more >= len(_DIGITS_OF_YEARS):
            return _counted(_quantized(exact, more - len(_DIGITS_OF_YEARS), rounding), "day")
        years = _quantized(exact / Decimal(DAYS_PER_YEAR), _DIGITS_OF_YEARS[more], rounding)
        return _Told(years * Decimal(DAYS_PER_YEAR), f"{_written(years)} years")

    return write


def _counted(count: Decimal, unit: str) -> _Told:
    return _Told(count, f"{_written(count.normalize())} {unit if count == 1 else unit + 's'}")


def _number_writer(limit: float, factor: int, unit: str, rounding: str) -> Callable[[int], _Told]:
    """Three figures, for numbers above 0.1 at most two decimals; the exact limit where no digits are enough."""

    def write(more: int) -> _Told:
        exact = Decimal(limit) * factor
        digits = _FIGURES - 1 - (exact.adjusted() if exact else 0)
        digits = min(digits, 2) if abs(exact) >= Decimal("0.1") else digits
        told = _quantized(exact, digits + more, rounding) if more < _MORE_DIGITS else exact.normalize()
        return _Told(told, _written(told) + unit)

    return write


def _quantized(exact: Decimal, digits: int, rounding: str) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding)


def _written(rounded: Decimal) -> str:
    return f"{rounded:,f}".replace("-", MINUS)
