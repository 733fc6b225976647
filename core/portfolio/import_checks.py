"""Values against the contract's rules: counted with an example, or a table refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from core.errors import ImportRefused
from core.portfolio.database import quoted
from core.portfolio.import_report import BadValues
from core.portfolio.import_rules import Rule
from core.portfolio.import_source import shown
from core.portfolio.import_table import RawTable

_TYPE_RULES = (Rule.WRONG_TYPE, Rule.NOT_WHOLE)


@dataclass(frozen=True)
class Broken:
    """How many values break a rule, how many of them are numbers, and one as the file spells it."""

    count: int
    numbers: int
    example: str | None


@dataclass(frozen=True)
class ColumnFinding:
    """One column's values: how many are given, and what breaks which rule."""

    name: str
    given: int
    broken: Mapping[Rule, Broken]

    @property
    def is_wrong_type(self) -> bool:
        """Whether more than half of what is given is of another type than the contract's."""
        wrong = sum(self.broken[rule].count for rule in _TYPE_RULES if rule in self.broken)
        if Rule.UNSEEN_CATEGORY in self.broken:
            wrong += self.broken[Rule.UNSEEN_CATEGORY].numbers  # numbers where words are expected
        return wrong * 2 > self.given

    @property
    def any_example(self) -> str:
        return next((broken.example for broken in self.broken.values() if broken.example), "nothing")


def bad_values(found: Sequence[ColumnFinding]) -> tuple[BadValues, ...]:
    return tuple(
        BadValues(column.name, rule.words, broken.count, broken.example)
        for column in found
        for rule, broken in column.broken.items()
    )


def findings(connection: duckdb.DuckDBPyConnection, raw: RawTable, relation: str) -> tuple[int, list[ColumnFinding]]:
    """The number of rows in the checked relation, and what each column that some file has holds.

    Rules are told apart in a second reading, of columns with a bad value only: a count per rule for every
    column of a wide table takes seconds, however few the rows.
    """
    missing = raw.missing_columns()
    present = {i: name for i, name in enumerate(raw.columns) if name not in missing}
    counts = ", ".join(f"count(r{i}), count(nullif(k{i}, 0))" for i in present)
    row_count, *cells = (int(n) for n in connection.execute(f"select count(*), {counts} from {relation}").fetchall()[0])
    given = dict(zip(present, cells[0::2], strict=True))
    bad = [i for i, count in zip(present, cells[1::2], strict=True) if count]
    details = _details(connection, relation, bad)
    return row_count, [ColumnFinding(name, given[i], details.get(i, {})) for i, name in present.items()]


def refuse_wrong_types(raw: RawTable, found: Sequence[ColumnFinding]) -> None:
    for column in found:
        if column.is_wrong_type:
            raise ImportRefused(
                f"{raw.file_names}: column {column.name} has the wrong type; most of its {column.given:,} values are "
                f"not what the contract says ({raw.columns[column.name].kind.value}), for example "
                f"{shown(column.any_example)}; correct the column or leave it out."
            )


def refuse_unusable_main(raw: RawTable, row_count: int, found: Sequence[ColumnFinding]) -> None:
    if not row_count:
        raise ImportRefused(f"{raw.file_names}: the main table has no rows; there is nothing to import.")
    key = next(column for column in found if column.name == raw.contract.portfolio.key)
    unusable = row_count - key.given + sum(b.count for rule, b in key.broken.items() if rule is not Rule.MISSING)
    if unusable:
        raise ImportRefused(
            f"{raw.file_names}: {unusable:,} of {row_count:,} rows have no usable key in {key.name} "
            f"(for example {shown(key.any_example)}); every application needs its own whole number."
        )


def refuse_duplicates(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> None:
    """ImportRefused where a combination that must be unique occurs twice in the stored table."""
    keys = raw.table.unique or ((raw.contract.portfolio.key,) if raw.is_main else ())
    if not keys:
        return
    names = ", ".join(map(quoted, keys))
    given = " and ".join(f"{quoted(name)} is not null" for name in keys)
    twice = connection.execute(
        f"select count(*) over (), {names} from {raw.stored_name} where {given} "
        f"group by {names} having count(*) > 1 order by {names} limit 1"
    ).fetchall()
    if twice:
        count, *values = twice[0]
        raise ImportRefused(
            f"{raw.file_names}: {count:,} duplicate keys in {', '.join(keys)} "
            f"(for example {', '.join(map(str, values))}); each must occur once."
        )


def _details(
    connection: duckdb.DuckDBPyConnection, relation: str, positions: Sequence[int]
) -> dict[int, dict[Rule, Broken]]:
    """Per column and broken rule how many values and one of them: the first in the alphabet, so always the same."""
    wanted = [(i, rule) for i in positions for rule in Rule]
    if not wanted:
        return {}
    cells = connection.execute(f"select {', '.join(_detail(i, rule) for i, rule in wanted)} from {relation}").fetchall()
    found: dict[int, dict[Rule, Broken]] = {}
    for at, (i, rule) in enumerate(wanted):
        count, numbers, example = cells[0][3 * at : 3 * at + 3]
        if count:
            found.setdefault(i, {})[rule] = Broken(count, numbers, None if example is None else str(example)[:80])
    return found


def _detail(i: int, rule: Rule) -> str:
    broken = f"filter (k{i} = {int(rule)})"
    return f"count(*) {broken}, count(n{i}) {broken}, min(r{i}::varchar) {broken}"
