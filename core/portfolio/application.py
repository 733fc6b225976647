"""One application's raw fields against the contract: accepted as a value, or refused field by field.

check(contract, {"income": 202500.0, …}) -> Application
problems(contract, {"income": math.nan}) -> (Problem("Income", "must be a finite number", …),)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

from core.errors import ApplicationRefused
from core.portfolio import application_words as words
from core.portfolio import cross_checks, wording
from core.portfolio.contract import LARGEST_WHOLE, WHOLE_KINDS, Column, Contract, CrossCheck, Kind, text

Value = str | float | int | None

_MOST_TOLD = 20  # problems written out in one refusal
_BEFORE_IS_NEGATIVE = frozenset({Kind.DAYS, Kind.MONTHS})
_NOT_ASKED = frozenset({Kind.IDENTIFIER, Kind.TARGET})


@dataclass(frozen=True)
class Application:
    """What was asked: every column of the main table, None where nothing was given."""

    fields: Mapping[str, Value]


@dataclass(frozen=True)
class Problem:
    """One field that does not fit, in words for the person who typed it."""

    column: str
    label: str
    rule: str
    got: str  # empty where nothing came
    remedy: str
    values: str = ""  # a word's choices as they are written in JSON

    def __str__(self) -> str:
        return f"{self.label}: {self._told}."

    def with_key(self) -> str:
        """For whoever wrote JSON: the field's key beside its label, and a choice as it is written there."""
        thing = self.label if self.label == self.column else f"{self.label} ({self.column})"
        values = f" of {self.values}" if self.values else ""
        return f"{thing}: {self._told}{values}."

    @property
    def _told(self) -> str:
        got = f", got {self.got}" if self.got else ""
        return f"{self.rule}{got}; {self.remedy}"


class Fault(NamedTuple):
    """A broken rule, before it is known which field broke it."""

    rule: str
    remedy: str


def check(contract: Contract, fields: Mapping[str, object]) -> Application:
    """The application these fields make.

    Values inside the contract are kept as they are (whole numbers are stored as int, others as float).
    Raises ApplicationRefused listing every problem by label, rule, what was got and remedy; nothing else.
    """
    return accepted(contract, fields, problems(contract, fields))


def check_new(contract: Contract, fields: Mapping[str, object], *, written_as_json: bool = False) -> Application:
    """The same for an application that is typed in or pasted: it has no number and no outcome yet.

    `written_as_json`: the refusal names the key of each field beside its label.
    """
    found = problems_of_new(contract, fields)
    return accepted(contract, fields, found, Problem.with_key if written_as_json else Problem.__str__)


def problems_of_new(contract: Contract, fields: Mapping[str, object]) -> tuple[Problem, ...]:
    """Everything that keeps these fields from being an application without number and outcome."""
    return (*problems(contract, fields), *_known_later(contract, fields))


def accepted(
    contract: Contract,
    fields: Mapping[str, object],
    found: tuple[Problem, ...],
    told: Callable[[Problem], str] = Problem.__str__,
) -> Application:
    """The application of fields in which no problem was found; ApplicationRefused with all of them otherwise."""
    if found:
        raise ApplicationRefused(_refusal([told(problem) for problem in found]))
    return Application(
        MappingProxyType({name: _stored(column, fields.get(name)) for name, column in contract.main_columns.items()})
    )


def problems(contract: Contract, fields: Mapping[str, object]) -> tuple[Problem, ...]:
    """Everything that keeps these fields from being an application, in the contract's order; () if nothing."""
    if not _is_table(fields):
        return (
            Problem("", "Application", "must be a table of fields", words.named(fields), "give one value per field"),
        )
    unknown = tuple(_unknown(name, value) for name, value in fields.items() if name not in contract.main_columns)
    judged = (_problem(name, column, fields.get(name)) for name, column in contract.main_columns.items())
    alone = tuple(problem for problem in judged if problem)
    return alone + _together(contract, fields, {problem.column for problem in alone}) + unknown


def _together(contract: Contract, fields: Mapping[str, object], refused: set[str]) -> tuple[Problem, ...]:
    """Fields that fit the contract each for itself, but not each other."""
    found = cross_checks.broken(contract, {name: value for name, value in fields.items() if name not in refused})
    return tuple(_apart(contract, fields, check) for check in found)


def _apart(contract: Contract, fields: Mapping[str, object], check: CrossCheck) -> Problem:
    own, other = contract.main_columns[check.column], contract.main_columns[check.other]
    got = [
        wording.shown_in_column(_stored(column, fields[name]), column)
        for name, column in ((check.column, own), (check.other, other))
    ]
    label, told = text(own.label), wording.inside_sentence(text(other.label))
    return Problem(check.column, label, text(check.rule), f"{got[0]} with {told} {got[1]}", "correct one of the two")


def _known_later(contract: Contract, fields: Mapping[str, object]) -> tuple[Problem, ...]:
    if not _is_table(fields):
        return ()
    given = [
        (name, column)
        for name, column in contract.main_columns.items()
        if column.kind in _NOT_ASKED and fields.get(name) is not None
    ]
    return tuple(
        Problem(
            name,
            text(column.label),
            "is no part of a new application",
            words.named(fields[name], column),
            "leave it out",
        )
        for name, column in given
    )


def _is_table(fields: object) -> bool:
    return isinstance(fields, Mapping)


def _problem(name: str, column: Column, value: object) -> Problem | None:
    fault = next((fault for find in _FAULTS if (fault := find(column, value))), None)
    if fault is None:
        return None
    values = words.values_of(column) if fault.remedy == words.CHOOSE else ""
    return Problem(name, text(column.label), fault.rule, words.named(value, column), fault.remedy, values)


def _unknown(name: object, value: object) -> Problem:
    label = wording.shortened(name) if isinstance(name, str) else "A field without a name"
    return Problem(
        label, label, "is no field of an application", words.named(value), "leave it out or correct its name"
    )


def _missing(column: Column, value: object) -> Fault | None:
    if value is None and not column.nullable and column.kind not in _NOT_ASKED:
        return Fault("must be given", words.asked_for(column))
    return None


def _wrong_type(column: Column, value: object) -> Fault | None:
    if value is None or (isinstance(value, str) if column.is_text else _is_number(value)):
        return None
    return Fault(f"must be {words.wanted(column)}", words.asked_for(column))


def _unseen_choice(column: Column, value: object) -> Fault | None:
    if not isinstance(value, str) or value in column.choice_labels or value in column.sentinels:
        return None
    return Fault("must be one of the choices", words.asked_for(column))


def _not_finite(column: Column, value: object) -> Fault | None:
    if isinstance(value, float) and not math.isfinite(value):
        return Fault("must be a finite number", "enter a number or leave the field empty")
    return None


def _not_whole(column: Column, value: object) -> Fault | None:
    if column.kind in WHOLE_KINDS and isinstance(value, float) and not value.is_integer():
        return Fault("must be a whole number", "round it")
    return None


def _out_of_range(column: Column, value: object) -> Fault | None:
    if not _is_number(value) or value in column.sentinels:
        return None
    lowest, highest = _limits(column)
    if lowest <= value <= highest:
        return None
    before = column.kind in _BEFORE_IS_NEGATIVE and highest <= 0 < value
    return Fault(
        f"must {words.range_told(column)}", "time before the application is negative" if before else "correct it"
    )


# In this order: the first that speaks is the problem, so later ones may rely on earlier ones.
_FAULTS: tuple[Callable[[Column, object], Fault | None], ...] = (
    _missing,
    _wrong_type,
    _unseen_choice,
    _not_finite,
    _not_whole,
    _out_of_range,
)


def _is_number(value: object) -> TypeGuard[int | float]:
    """Whether this is a number; a truth value is not, though Python says so."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _limits(column: Column) -> tuple[float, float]:
    """The contract's limits, closed by what can be stored at all."""
    lowest, highest = column.limits
    widest = LARGEST_WHOLE if column.kind in WHOLE_KINDS else 1e308
    return (-widest if lowest is None else lowest, widest if highest is None else highest)


def _stored(column: Column, value: object) -> Value:
    """A checked value as the tables store it."""
    if _is_number(value):
        return int(value) if column.kind in WHOLE_KINDS else float(value)
    return value if isinstance(value, str) else None


def _refusal(found: list[str]) -> str:
    count = "1 field needs" if len(found) == 1 else f"{len(found)} fields need"
    lines = [f"  {problem}" for problem in found[:_MOST_TOLD]]
    if len(found) > _MOST_TOLD:
        lines.append(f"  and {len(found) - _MOST_TOLD} more")
    return "\n".join([f"{count} correcting before the application can be scored.", *lines])
