"""The facts of an application in the contract's words, each compared with the reference clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.portfolio.contract import Column, Contract, Kind, text
from core.portfolio.wording import Value, shown_in_column
from core.scoring.place import ReferenceSample, comparison

_COMPARED = (Kind.MONEY, Kind.COUNT, Kind.DAYS, Kind.MONTHS, Kind.YEARS, Kind.RATIO, Kind.SCORE)


@dataclass(frozen=True)
class Fact:
    label: str
    shown: str
    comparison: str  # "above 54 % of clients"; empty where there is nothing to compare


def facts(
    contract: Contract, fields: Mapping[str, Value], reference: ReferenceSample | None, language: str = "en"
) -> tuple[Fact, ...]:
    """The columns of the contract's facts card, in its order; a protected one is shown but never compared."""
    return tuple(
        _fact(contract.main_columns[name], name, fields.get(name), reference, language) for name in contract.facts
    )


def compared_features(contract: Contract) -> tuple[str, ...]:
    """The features a reference sample needs for the facts card."""
    return tuple(name.lower() for name in contract.facts if _is_compared(contract.main_columns[name]))


def _is_compared(column: Column) -> bool:
    return column.kind in _COMPARED and not column.choices and not column.protected


def _fact(column: Column, name: str, value: Value, reference: ReferenceSample | None, language: str) -> Fact:
    written = shown_in_column(value, column, language)
    return Fact(text(column.label, language), written, _comparison(column, name, value, reference))


def _comparison(column: Column, name: str, value: Value, reference: ReferenceSample | None) -> str:
    if reference is None or isinstance(value, str) or value is None:
        return ""
    if value in column.sentinels or not _is_compared(column):
        return ""
    place = reference.place(name.lower(), float(value))
    return "" if place is None else comparison(place, column.kind)
