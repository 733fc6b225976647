"""An application as a person typed it into the form: accepted, or refused in the form's order and units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from core.portfolio import application_words as words
from core.portfolio.application import Application, Problem, accepted, problems_of_new
from core.portfolio.contract import Column, Contract
from core.portfolio.entry_fields import EntryField, Typed, entry_fields, raw_fields
from core.portfolio.wording import DAYS_PER_YEAR


def check_typed(contract: Contract, typed: Mapping[str, Typed]) -> Application:
    """The application this filled-in form makes.

    Raises ApplicationRefused listing every problem from the top of the form down, times in years as they were typed.
    """
    asked = entry_fields(contract)
    fields = raw_fields(asked, typed)
    place = {name: at for at, name in enumerate(asked)}
    found = [_as_typed(contract, asked, typed, problem) for problem in problems_of_new(contract, fields)]
    found.sort(key=lambda problem: place.get(problem.column, len(place)))
    return accepted(contract, fields, tuple(found))


def _as_typed(
    contract: Contract, asked: Mapping[str, EntryField], typed: Mapping[str, Typed], problem: Problem
) -> Problem:
    """A time outside its limits with both in years; every other problem as it is."""
    field, value = asked.get(problem.column), typed.get(problem.column)
    if field is None or not field.in_years or not isinstance(value, (int, float)):
        return problem
    column = contract.main_columns[problem.column]
    raw = field.raw(value)
    if not isinstance(raw, (int, float)) or not math.isfinite(raw) or _is_inside(raw, column):
        return problem
    return replace(
        problem, rule=f"must {_limits_in_years(column)}", got=f"{words.figure(value)} years", remedy="correct it"
    )


def _is_inside(days: float, column: Column) -> bool:
    lowest, highest = column.limits
    return (lowest is None or lowest <= days) and (highest is None or days <= highest)


def _limits_in_years(column: Column) -> str:
    """Days before the application are negative: the lowest is the longest time. Rounded to the inside."""
    lowest, highest = column.limits
    least = 0.0 if highest is None else math.ceil(-highest / DAYS_PER_YEAR * 100) / 100
    if lowest is None:
        return f"not lie below {least:g} years"
    return f"lie between {least:g} and {math.floor(-lowest / DAYS_PER_YEAR)} years"
