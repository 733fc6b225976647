"""An invented application to start from: every field that must be given, and others of the form's open part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.portfolio.application import Value, problems_of_new
from core.portfolio.contract import WHOLE_KINDS, Column, Contract, Kind

# What a number is where the contract's limits allow it; else it lies in the middle between them.
_ORDINARY: Mapping[Kind, float] = {Kind.MONEY: 10_000, Kind.DAYS: -3_652, Kind.MONTHS: -12, Kind.YEARS: 5, Kind.FLAG: 1}
_SHARES = frozenset({Kind.SCORE, Kind.RATIO})
_TIMES_LARGER = 10  # what must be given, the loan and the income, against an instalment


@dataclass(frozen=True)
class Template:
    """Raw fields that make an application; the required ones stand first."""

    fields: Mapping[str, Value]
    required: int

    def as_json(self) -> str:
        """As it is pasted: a field on each line."""
        return json.dumps(self.fields, indent=2, ensure_ascii=False)


def template(contract: Contract) -> Template:
    """The invented application of this contract: nobody's values, only such as the contract accepts together.

    A field that the others contradict, such as the age of a car nobody owns, is left out.
    """
    asked = [name for group in contract.form if not group.optional for name in group.columns]
    required = [name for name, column in contract.main_columns.items() if not column.nullable and _is_asked(column)]
    fields: dict[str, Value] = {name: _invented(contract.main_columns[name]) for name in required}
    for name in asked:
        more = fields | {name: _invented(contract.main_columns[name])}
        if name not in fields and not problems_of_new(contract, more):
            fields = more
    return Template(fields, len(required))


def _is_asked(column: Column) -> bool:
    return column.kind not in (Kind.IDENTIFIER, Kind.TARGET)


def _invented(column: Column) -> Value:
    if column.is_text:
        return next(choice.value for choice in column.choices if choice.value not in column.sentinels)
    lowest, highest = column.limits
    wanted = _wanted(column)
    above, below = lowest is None or lowest <= wanted, highest is None or wanted <= highest
    if above and below:
        return wanted
    low, high = (wanted if end is None else end for end in (lowest, highest))
    middle = (low + high) / 2
    return round(middle) if column.kind in WHOLE_KINDS else middle


def _wanted(column: Column) -> float:
    if column.kind in _SHARES:
        return 0.5
    ordinary = _ORDINARY.get(column.kind, 0)
    return ordinary * _TIMES_LARGER if column.kind is Kind.MONEY and not column.nullable else ordinary
