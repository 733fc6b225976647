"""Numbers and values as a person reads them: the only place that formats an amount, a share or a time span."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal

from core.portfolio.contract import Column, Kind, text
from core.portfolio.feature_meaning import FeatureMeaning

NOT_GIVEN = "not given"
NOT_AVAILABLE = "not available"  # a sentinel: the source says that it does not know
DAYS_PER_YEAR = 365.25  # with leap years
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
LONGEST_TEXT = 40  # characters of a foreign text that are worth showing

Value = float | int | str | None


def shown(value: Value, kind: Kind, unit: str = "", labels: Mapping[str, str] | None = None) -> str:
    """The value in words: 540,000 · 31.8 % · 1.1 years (from negative days) · yes · not given.

    `labels` translates the levels of a category; `unit` follows numbers that have none of their own.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOT_GIVEN
    if isinstance(value, str):
        return (labels or {}).get(value) or shortened(value.strip()) or NOT_GIVEN
    if math.isinf(value):
        return "infinite"
    return _WRITERS[kind](value, unit)


def shown_in_column(value: Value, column: Column, language: str = "en") -> str:
    """A raw value of this column in the contract's words and units."""
    if value is not None and value in column.sentinels:
        return NOT_AVAILABLE
    labels = {name: text(label, language) for name, label in column.choice_labels.items()}
    return shown(value, column.kind, text(column.unit, language), labels)


def shown_as_feature(value: float | None, meaning: FeatureMeaning) -> str:
    """A feature as the model saw it, in words: a category's code becomes its label."""
    if meaning.choices and value is not None and math.isfinite(value):
        labels = meaning.choice_labels or meaning.choices
        level = int(value)
        return labels[level] if 0 <= level < len(labels) else f"unknown level {level}"
    return shown(value, meaning.kind, meaning.unit)


def percent(share: float, digits: int = 1) -> str:
    """A share 0..1 as "31.8 %"; never 0 or 100 for something that is neither."""
    smallest = 10.0**-digits
    if share > 0 and 100 * share < smallest / 2:
        return f"< {smallest:.{digits}f} %"
    if share < 1 and 100 * (1 - share) < smallest / 2:
        return f"> {100 - smallest:.{digits}f} %"
    return f"{percent_figure(share, digits):,f} %"


def percent_figure(share: float, digits: int = 1) -> Decimal:
    """The number that `percent` shows, for sums and differences that must agree with what a reader sees."""
    return Decimal(f"{100 * share:.{digits}f}")


def inside_sentence(label: str) -> str:
    """A label without its capital, unless it starts with an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def money(amount: float, currency: str = "") -> str:
    """An amount with thousands separated; cents only where they matter."""
    written = f"{amount:,.0f}" if abs(amount) >= 1000 or amount == round(amount) else f"{amount:,.2f}"
    return _joined(_without_negative_zero(written), currency)


def points(value: float) -> str:
    """Scorecard points, whole: "554"."""
    return _without_negative_zero(f"{value:,.0f}")


def number(value: float) -> str:
    """A number in its own scale: about three figures after a small whole part, none after a large one."""
    if value == round(value):
        return _without_negative_zero(f"{value:,.0f}")
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3
    return _without_negative_zero(f"{value:,.{digits}f}")


def span(days: float) -> str:
    """Time before (negative) or after (positive) the application: "12 days", "5 months", "1.1 years", "in 3 days"."""
    return _directed(days, _length(abs(days)))


def counted(number: int, what: str) -> str:
    """ "1 decision", "1,674 decisions"."""
    return f"{number:,} {what if number == 1 else f'{what}s'}"


def shortened(foreign: str) -> str:
    """A text from outside, cut to what is worth showing, with nothing unprintable in it."""
    head = foreign if len(foreign) <= LONGEST_TEXT else foreign[: LONGEST_TEXT - 1] + "…"
    return "".join(sign if sign.isprintable() else "�" for sign in head)


def _length(days: float) -> str:
    if days < 61:
        return counted(round(days), "day")
    if days < 365:
        return counted(round(days / DAYS_PER_MONTH), "month")
    return f"{days / DAYS_PER_YEAR:,.1f} years"


def _directed(relative: float, length: str) -> str:
    return f"in {length}" if relative > 0 else length


def _joined(written: str, unit: str) -> str:
    return f"{written} {unit}" if unit else written


def _without_negative_zero(written: str) -> str:
    return written[1:] if written.startswith("-") and not written.strip("-0.,") else written


def _as_identifier(value: float, unit: str) -> str:
    return f"{value:.0f}"


def _as_flag(value: float, unit: str) -> str:
    return "yes" if value == 1 else "no" if value == 0 else number(value)


def _as_money(value: float, unit: str) -> str:
    return money(value, unit)


def _as_number(value: float, unit: str) -> str:
    return _joined(number(value), unit)


def _as_ratio(value: float, unit: str) -> str:
    return percent(value) if unit == "%" else _as_number(value, unit)


def _as_span(value: float, unit: str) -> str:
    return span(value)


def _as_months(value: float, unit: str) -> str:
    return _directed(value, counted(round(abs(value)), "month"))


def _as_years(value: float, unit: str) -> str:
    written = number(value) if value == round(value) else f"{value:,.1f}"
    return f"{written} year" if value == 1 else f"{written} years"


_WRITERS: Mapping[Kind, Callable[[float, str], str]] = {
    Kind.IDENTIFIER: _as_identifier,
    Kind.TARGET: _as_flag,
    Kind.MONEY: _as_money,
    Kind.COUNT: _as_number,
    Kind.DAYS: _as_span,
    Kind.MONTHS: _as_months,
    Kind.YEARS: _as_years,
    Kind.RATIO: _as_ratio,
    Kind.SCORE: _as_number,
    Kind.FLAG: _as_flag,
    Kind.CATEGORY: _as_number,
}
