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
class ColumnFinding:
    """One column's values: how many are given, how many break which rule."""

    name: str
    given: int
    numbers_for_words: int  # unseen categories that are numbers
    broken: Mapping[Rule, int]
    examples: Mapping[Rule, str]

    @property
    def is_wrong_type(self) -> bool:
        """Whether more than half of what is given is of another type than the contract's."""
        wrong = sum(self.broken.get(rule, 0) for rule in _TYPE_RULES) + self.numbers_for_words
        return wrong * 2 > self.given

    @property
    def any_example(self) -> str:
        return next(iter(self.examples.values()), "nothing")


def bad_values(findings: Sequence[ColumnFinding]) -> tuple[BadValues, ...]:
    return tuple(
        BadValues(finding.name, rule.words, count, finding.examples.get(rule))
        for finding in findings
        for rule, count in finding.broken.items()
    )


def findings(connection: duckdb.DuckDBPyConnection, raw: RawTable, relation: str) -> tuple[int, list[ColumnFinding]]:
    """The number of rows in the checked relation, and what each column that some file has holds."""
    missing = raw.missing_columns()
    present = {i: name for i, name in enumerate(raw.columns) if name not in missing}
    counts = ", ".join(_counts(i) for i in present)
    row_count, *cells = (int(n) for n in connection.execute(f"select count(*), {counts} from {relation}").fetchall()[0])
    width = 2 + len(Rule)
    by_column = {i: cells[at * width : (at + 1) * width] for at, i in enumerate(present)}
    broken = {i: {rule: n for rule, n in zip(Rule, numbers[2:], strict=True) if n} for i, numbers in by_column.items()}
    examples = _examples(connection, relation, broken)
    return row_count, [
        ColumnFinding(name, by_column[i][0], by_column[i][1], broken[i], examples.get(i, {}))
        for i, name in present.items()
    ]


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
    unusable = row_count - key.given + sum(n for rule, n in key.broken.items() if rule is not Rule.MISSING)
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


def _counts(i: int) -> str:
    by_rule = ", ".join(f"count(*) filter (k{i} = {int(rule)})" for rule in Rule)
    return f"count(r{i}), count(*) filter (k{i} = {int(Rule.UNSEEN_CATEGORY)} and n{i} is not null), {by_rule}"


def _examples(
    connection: duckdb.DuckDBPyConnection, relation: str, broken: Mapping[int, Mapping[Rule, int]]
) -> dict[int, dict[Rule, str]]:
    """One bad value per column and rule: the first in the alphabet, so that twice the same is said."""
    wanted = [(i, rule) for i, rules in broken.items() for rule in rules if rule is not Rule.MISSING]
    if not wanted:
        return {}
    values = ", ".join(f"min(r{i}::varchar) filter (k{i} = {int(rule)})" for i, rule in wanted)
    found = connection.execute(f"select {values} from {relation}").fetchall()[0]
    examples: dict[int, dict[Rule, str]] = {}
    for (i, rule), value in zip(wanted, found, strict=True):
        examples.setdefault(i, {})[rule] = str(value)[:80]
    return examples
