"""Limits as they are printed: few digits, never outside of what holds, so that a limit typed in holds as well."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from core.portfolio.contract import WHOLE_KINDS, Kind
from core.portfolio.wording import DAYS_PER_YEAR
from core.scoring.written_sum import MINUS

_FIGURES = 3  # a limit is written with, unless the value or the other limit lies closer to it
_MORE_DIGITS = 4  # than the fewest, at most; then as it is
_DIGITS_OF_YEARS = (1, 2)
_YEAR = 365  # days, from which a length of time is told in years


@dataclass(frozen=True)
class Told:
    """A limit as it is printed."""

    at: Decimal  # in the measure of the value
    number: str
    unit: str  # "" or what stands behind the number

    @property
    def words(self) -> str:
        return f"{self.number} {self.unit}" if self.unit else self.number


@dataclass(frozen=True)
class Ends:
    """The smallest and the largest value of a region, both inside; None: open."""

    low: Decimal | None
    high: Decimal | None

    def __contains__(self, at: Decimal) -> bool:
        return (self.low is None or self.low <= at) and (self.high is None or at <= self.high)

    def lengths(self) -> Ends:
        """Of time before the application, which is told without its sign; up to now is no limit."""
        low = None if self.high is None or self.high >= 0 else -self.high
        return Ends(low, None if self.low is None else -self.low)


Writer = Callable[[Decimal, str], Iterator[Told]]  # a limit, rounded this way, with ever more digits


def told(ends: Ends, value: Decimal | None, write: Writer) -> tuple[Told | None, Told | None]:
    """Both ends with the fewest digits that lie inside and leave the value between them."""
    low = _first(ends.low, ends, lambda at: value is None or at <= value, write, (ROUND_HALF_EVEN, ROUND_CEILING))
    high = _first(ends.high, ends, lambda at: value is None or value <= at, write, (ROUND_HALF_EVEN, ROUND_FLOOR))
    return low, high


def _first(
    exact: Decimal | None, ends: Ends, fits: Callable[[Decimal], bool], write: Writer, roundings: tuple[str, str]
) -> Told | None:
    if exact is None:
        return None
    nearest, inward = (write(exact, rounding) for rounding in roundings)
    for pair in zip(nearest, inward, strict=True):
        for one in pair:
            if one.at in ends and fits(one.at):
                return one
    raise ArithmeticError(f"a limit lies in its own region and beside its value, got {exact} for {ends}")


def numbers(kind: Kind, unit: str) -> Writer:
    """Three figures, for numbers above 0.1 at most two decimals, for money whole units; at last the number itself."""
    factor = scale(kind, unit)

    def write(limit: Decimal, rounding: str) -> Iterator[Told]:
        exact = limit * factor
        fewest = _fewest_digits(exact, kind)
        most = max(fewest, 0) if kind is Kind.MONEY else fewest + _MORE_DIGITS
        for digits in range(fewest, most + 1):
            rounded = _quantized(exact, digits, rounding)
            yield Told(rounded / factor, _written(rounded.normalize()), unit)
        yield Told(limit, _written(exact.normalize()), unit)

    return write


def counts(one: str, many: str) -> Writer:
    """Whole where they may be; `one`, `many`: what is counted."""

    def write(limit: Decimal, rounding: str) -> Iterator[Told]:
        for digits in range(_MORE_DIGITS):
            rounded = _quantized(limit, digits, rounding).normalize()
            yield _counted(rounded, one, many)
        yield _counted(limit.normalize(), one, many)

    return write


def lengths_in_days(whole: bool) -> Writer:
    """Years where they are fine enough; `whole`: a year typed in becomes whole days."""

    def write(limit: Decimal, rounding: str) -> Iterator[Told]:
        if limit >= _YEAR:
            for digits in _DIGITS_OF_YEARS:
                years = _quantized(limit / Decimal(DAYS_PER_YEAR), digits, rounding)
                days = years * Decimal(DAYS_PER_YEAR)
                yield Told(Decimal(round(days)) if whole else days, _written(years), "years")
        yield from counts("day", "days")(limit, rounding)

    return write


def on_step(value: float, kind: Kind, unit: str) -> float:
    """The value itself or one close to it that is printed as it stands."""
    if kind is Kind.DAYS and abs(value) >= _YEAR:
        return math.copysign(round(round(abs(value) / DAYS_PER_YEAR, _DIGITS_OF_YEARS[0]) * DAYS_PER_YEAR), value)
    if kind in WHOLE_KINDS:
        return round(value)
    factor = scale(kind, unit)
    exact = decimal(value) * factor
    return float(_quantized(exact, _fewest_digits(exact, kind), ROUND_HALF_EVEN) / factor)


def decimal(value: float) -> Decimal:
    """What has to be typed in for this number, and no digit more."""
    return Decimal(repr(float(value))) + 0  # + 0: never minus zero


def scale(kind: Kind, unit: str) -> int:
    """What a number is multiplied by to be read."""
    return 100 if kind is Kind.RATIO and unit == "%" else 1


def _fewest_digits(exact: Decimal, kind: Kind) -> int:
    digits = _FIGURES - 1 - (exact.adjusted() if exact else 0)
    if kind is Kind.MONEY:
        return min(digits, 0)
    return min(digits, 2) if abs(exact) >= Decimal("0.1") else digits


def _counted(count: Decimal, one: str, many: str) -> Told:
    return Told(count, _written(count), one if count == 1 else many)


def _quantized(exact: Decimal, digits: int, rounding: str) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding)


def _written(rounded: Decimal) -> str:
    return f"{rounded:,f}".replace("-", MINUS)
