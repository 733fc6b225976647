"""What a field of an application must be, and what came instead: the words of a refusal."""

from __future__ import annotations

import math

from core.portfolio import wording
from core.portfolio.contract import LARGEST_WHOLE, WHOLE_KINDS, Column, Kind, text

_TWO_VALUED = frozenset({Kind.FLAG, Kind.TARGET})
_MOST_CHOICES_TOLD = 8

CHOOSE = "choose one"


def wanted(column: Column) -> str:
    if column.is_text:
        return "one of the choices"
    if column.kind in _TWO_VALUED:
        return "0 or 1"
    return "a whole number" if column.kind in WHOLE_KINDS else "a number"


def asked_for(column: Column) -> str:
    return CHOOSE if column.is_text else f"enter {wanted(column)}"


def values_of(column: Column) -> str:
    """The choices as the tables have them: "'N', 'Y'"."""
    told = ", ".join(f"'{choice.value}'" for choice in column.choices[:_MOST_CHOICES_TOLD])
    more = len(column.choices) - _MOST_CHOICES_TOLD
    return told + (f" and {more} more" if more > 0 else "")


def range_told(column: Column) -> str:
    lowest, highest = column.limits
    unit = f" {text(column.unit)}" if column.unit else ""
    if column.kind in _TWO_VALUED:
        return "be 0 or 1"
    if lowest is not None and highest is not None:
        return f"lie between {wording.number(lowest)} and {wording.number(highest)}{unit}"
    if lowest is not None:
        return f"not lie below {wording.number(lowest)}{unit}"
    if highest is not None:
        return f"not lie above {wording.number(highest)}{unit}"
    return "be small enough to be stored"


def named(value: object, column: Column | None = None) -> str:
    """What came, short and harmless whatever it is; a number of this column with its unit. Empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{wording.shortened(value)}'"
    if not isinstance(value, (int, float)):
        return f"a value of type {wording.shortened(type(value).__name__)}"
    if isinstance(value, int) and value.bit_length() > 120:  # more than 36 digits; str() refuses some of them
        return "a whole number of more than 36 digits"
    if column is not None and column.kind is Kind.IDENTIFIER:
        return f"{value}"
    unit = "" if column is None or not math.isfinite(value) else text(column.unit)
    return f"{figure(value)} {unit}".rstrip()


def figure(value: float | int) -> str:
    """A number as a person writes it, without rounding: "-5" for -5.0, "1,350,000.5"; a truth value as it is.

    >>> figure(24700.25)
    '24,700.25'
    """
    if isinstance(value, bool) or not math.isfinite(value):
        return f"{value}"
    if isinstance(value, float) and abs(value) < LARGEST_WHOLE and value.is_integer():
        return f"{int(value):,}"
    return f"{value:,}"
