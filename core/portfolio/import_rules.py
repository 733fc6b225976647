"""What one raw value must be, as SQL built from the contract: each value gets the number of the rule it breaks.

A relation of raw values has columns r0, r1, … in the contract's order; the checked one adds n0, n1, …
(the value as a number) and k0, k1, … (the rule it breaks, 0 = none).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import IntEnum

from core.portfolio.contract import LARGEST_WHOLE, WHOLE_KINDS, Column, Contract, Kind
from core.portfolio.database import literal
from core.portfolio.raw_table import sql_type


class Rule(IntEnum):
    """What a raw value can break; such a value becomes null, and is counted."""

    MISSING = 1
    WRONG_TYPE = 2
    NOT_FINITE = 3
    NOT_WHOLE = 4
    OUT_OF_RANGE = 5
    UNSEEN_CATEGORY = 6

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Rule.MISSING: "missing where a value is required",
    Rule.WRONG_TYPE: "not a number",
    Rule.NOT_FINITE: "not a finite number",
    Rule.NOT_WHOLE: "not a whole number",
    Rule.OUT_OF_RANGE: "out of range",
    Rule.UNSEEN_CATEGORY: "not among the choices",
}


def fingerprint(contract: Contract) -> str:
    """SHA-256 of the rules of all columns, as they are applied: under others the same files give other tables."""
    digest = hashlib.sha256()
    for table, columns in contract.columns.items():
        for name, column in columns.items():
            digest.update(repr((table, name, sql_type(column), _broken(0, column))).encode())
    return digest.hexdigest()


def checked(raw: str, columns: Sequence[Column]) -> str:
    """The relation of raw values with the rule that each value breaks."""
    numbers = ", ".join(f"try_cast(r{i} as double) as n{i}" for i, _ in enumerate(columns))
    rules = ", ".join(f"({_broken(i, column)})::utinyint as k{i}" for i, column in enumerate(columns))
    return f"(select *, {rules} from (select *, {numbers} from ({raw})))"


def clean(position: int, column: Column) -> str:
    """The stored value: null where a rule is broken. Sentinels stay as they are."""
    value = f"r{position}" if column.is_text else f"n{position}"
    return f"case when k{position} = 0 then try_cast({value} as {sql_type(column)}) end"


def _broken(i: int, column: Column) -> str:
    required = column.kind is not Kind.TARGET and not column.nullable
    absent = f"when r{i} is null then {int(Rule.MISSING) if required else 0}"
    return f"case {absent} {_broken_word(i, column) if column.is_text else _broken_number(i, column)} else 0 end"


def _broken_word(i: int, column: Column) -> str:
    allowed = [choice.value for choice in column.choices] + [str(s) for s in column.sentinels]
    return f"when r{i} not in ({', '.join(map(literal, allowed))}) then {int(Rule.UNSEEN_CATEGORY)}"


def _broken_number(i: int, column: Column) -> str:
    tests = [
        f"when n{i} is null then {int(Rule.WRONG_TYPE)}",
        f"when not isfinite(n{i}) then {int(Rule.NOT_FINITE)}",
    ]
    sentinels = [repr(float(s)) for s in column.sentinels]
    if sentinels:
        tests.append(f"when n{i} in ({', '.join(sentinels)}) then 0")
    if column.kind in WHOLE_KINDS:
        tests.append(f"when n{i} <> trunc(n{i}) then {int(Rule.NOT_WHOLE)}")
    lowest, highest = limits(column)
    if lowest is not None:
        tests.append(f"when n{i} < {float(lowest)!r}::double then {int(Rule.OUT_OF_RANGE)}")
    if highest is not None:
        tests.append(f"when n{i} > {float(highest)!r}::double then {int(Rule.OUT_OF_RANGE)}")
    return " ".join(tests)


def limits(column: Column) -> tuple[float | None, float | None]:
    """The contract's limits, and those of exact whole numbers where it has none."""
    lowest, highest = column.limits
    if column.kind not in WHOLE_KINDS:
        return lowest, highest
    smallest = 0 if column.kind is Kind.IDENTIFIER else -LARGEST_WHOLE
    return (smallest if lowest is None else lowest, LARGEST_WHOLE if highest is None else highest)
