"""How a field of the application is asked for on a screen, and what was typed as the tables store it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.portfolio.application import Application, Value
from core.portfolio.contract import WHOLE_KINDS, Column, Contract, Kind, text
from core.portfolio.wording import DAYS_PER_YEAR, number, percent, shown_in_column

Typed = str | float | int | None
YEAR_DIGITS = 2  # a time typed in years; what keeps its value also keeps its days

_STEPS: Mapping[Kind, float] = {Kind.MONEY: 1000.0, Kind.SCORE: 0.05, Kind.RATIO: 0.05, Kind.YEARS: 1.0}


@dataclass(frozen=True)
class EntryField:
    """One field as a person is asked for it; times before the application are typed in years."""

    column: str
    label: str  # with the unit it is typed in
    hint: str  # description and range
    required: bool
    choices: Mapping[Typed, str]  # value -> what a person reads; empty for numbers
    in_years: bool
    whole: bool
    step: float
    money: bool
    _absent: frozenset[str | float]  # values that mean "not available"

    def typed(self, value: Value) -> Typed:
        """A stored value as a person would type it."""
        if value is None or value in self._absent or (self.choices and value not in self.choices):
            return None
        if self.in_years and not isinstance(value, str):
            return round(-value / DAYS_PER_YEAR, YEAR_DIGITS)
        if isinstance(value, str) or self.choices:
            return value
        return int(value) if self.whole else float(value)

    def read_as(self, typed: Typed) -> str:
        """A large amount with its thousands separated, "1,350,000.5"; empty where the bare digits are as easy to read.

        >>> EntryField("x", "X", "", True, {}, False, False, 1.0, True, frozenset()).read_as(1350000.5)
        '1,350,000.5'
        """
        if not self.money or not isinstance(typed, (int, float)) or not 1000 <= abs(typed) < math.inf:
            return ""
        whole, _, cents = f"{typed:,.2f}".partition(".")
        return f"{whole}.{cents.rstrip('0')}".rstrip(".")

    def raw(self, typed: Typed) -> Value:
        """What was typed as the tables store it; whether it is allowed is checked elsewhere."""
        if not self.in_years or typed is None or isinstance(typed, str):
            return typed
        days = -typed * DAYS_PER_YEAR
        return round(days) if math.isfinite(days) else days


def entry_field(contract: Contract, name: str, language: str = "en") -> EntryField:
    column = contract.main_columns[name]
    in_years = column.kind is Kind.DAYS and (column.limits[1] or 0) <= 0
    unit = "years" if in_years else text(column.unit, language)
    label = text(column.label, language)
    return EntryField(
        column=name,
        label=f"{label}, {unit}" if unit else label,
        hint=_hint(column, in_years, language),
        required=not column.nullable,
        choices=_choices(column, language),
        in_years=in_years,
        whole=column.kind in WHOLE_KINDS and not in_years,
        step=0.5 if in_years else _STEPS.get(column.kind, 1.0),
        money=column.kind is Kind.MONEY,
        _absent=frozenset(column.sentinels),
    )


def entry_fields(contract: Contract, language: str = "en") -> Mapping[str, EntryField]:
    """Every field of the form, in its order."""
    return {name: entry_field(contract, name, language) for group in contract.form for name in group.columns}


def raw_fields(fields: Mapping[str, EntryField], typed: Mapping[str, Typed]) -> dict[str, object]:
    """A filled-in form as raw fields."""
    return {name: fields[name].raw(value) for name, value in typed.items() if name in fields}


def typed_changes(
    fields: Mapping[str, EntryField], application: Application, typed: Mapping[str, Typed]
) -> dict[str, object]:
    """The raw values of the fields that no longer read as the application's own."""
    return {
        name: fields[name].raw(value)
        for name, value in typed.items()
        if value != fields[name].typed(application.fields.get(name))
    }


def _choices(column: Column, language: str) -> Mapping[Typed, str]:
    if column.choices:
        named = (choice.value for choice in column.choices if choice.value not in column.sentinels)
        return {value: shown_in_column(value, column, language) for value in named}
    if column.kind is Kind.FLAG:
        return {value: shown_in_column(value, column, language) for value in (1, 0)}
    return {}


def _hint(column: Column, in_years: bool, language: str) -> str:
    told = text(column.description, language).rstrip(".")
    return "".join(f"{said}. " for said in (told, _range(column, in_years)) if said).rstrip()


def _range(column: Column, in_years: bool) -> str:
    if column.choices or column.kind is Kind.FLAG:
        return "" if column.nullable else "Must be given"
    lowest, highest = column.limits
    if in_years:
        most = "" if lowest is None else f", at most {number(math.floor(-lowest / DAYS_PER_YEAR))}"
        return f"In years before the application{most}"
    written = percent if column.kind is Kind.RATIO and column.unit.get("en") == "%" else number
    ends = [None if end is None else written(end) for end in (lowest, highest)]
    if ends[0] is not None and ends[1] is not None:
        return f"From {ends[0]} to {ends[1]}"
    return f"At least {ends[0]}" if ends[0] is not None else ""
