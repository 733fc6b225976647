"""Rules about the tables of a contract and how their rows lead to an applicant."""

from __future__ import annotations

from collections.abc import Iterator

from core.portfolio.contract import Contract
from core.portfolio.contract_rule import Finding, Rule, repeated


def _one_main_table(contract: Contract) -> Iterator[Finding]:
    required = [table.name for table in contract.tables if table.required]
    if len(required) != 1:
        yield Finding("tables", f"{len(required)} with required = true")


def _tables_distinct(contract: Contract) -> Iterator[Finding]:
    for name in repeated(table.name for table in contract.tables):
        yield Finding("tables.name", repr(name))
    for stem in repeated(stem for table in contract.tables for stem in table.files):
        yield Finding("tables.files", repr(stem))


def _tables_have_columns(contract: Contract) -> Iterator[Finding]:
    for table in contract.tables:
        if not contract.columns.get(table.name):
            yield Finding(f"columns.{table.name}", "no column")


def _columns_have_table(contract: Contract) -> Iterator[Finding]:
    for table in contract.columns.keys() - {table.name for table in contract.tables}:
        yield Finding(f"columns.{table}", repr(table))


def _tables_have_files(contract: Contract) -> Iterator[Finding]:
    for table in contract.tables:
        if not table.files:
            yield Finding(f"tables.{table.name}.files", "none")


def _unique_columns_exist(contract: Contract) -> Iterator[Finding]:
    for table in contract.tables:
        for name in table.unique:
            if name not in contract.columns.get(table.name, {}):
                yield Finding(f"tables.{table.name}.unique", repr(name))


def _rows_lead_to_applicant(contract: Contract) -> Iterator[Finding]:
    key, known = contract.portfolio.key, {table.name for table in contract.tables}
    for table in contract.tables:
        own = contract.columns.get(table.name, {})
        if table.via is None:
            if key not in own:
                yield Finding(f"columns.{table.name}", f"no column {key!r} and no via")
        elif table.via.table not in known or table.via.table == table.name:
            yield Finding(f"tables.{table.name}.via.table", repr(table.via.table))
        elif table.via.column not in own or table.via.column not in contract.columns.get(table.via.table, {}):
            yield Finding(f"tables.{table.name}.via.column", repr(table.via.column))


TABLE_RULES = (
    Rule("exactly one table must be required: the one with a row per application", _one_main_table),
    Rule("must be named once only", _tables_distinct),
    Rule("a table must have columns", _tables_have_columns),
    Rule("columns must belong to a table of [[tables]]", _columns_have_table),
    Rule("a table must name at least one file", _tables_have_files),
    Rule("must be columns of the table", _unique_columns_exist),
    Rule(
        "every row must lead to an applicant, by the key or via a table and column that exist", _rows_lead_to_applicant
    ),
)
