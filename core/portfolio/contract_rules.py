"""All rules a contract must satisfy beyond its shape."""

from __future__ import annotations

from core.portfolio.contract import Contract
from core.portfolio.contract_code_rules import CODE_RULES
from core.portfolio.contract_column_rules import COLUMN_RULES
from core.portfolio.contract_desk_rules import DESK_RULES
from core.portfolio.contract_rule import Problem, Rule
from core.portfolio.contract_table_rules import TABLE_RULES


def broken_rules(contract: Contract) -> list[Problem]:
    """Every broken rule; those about the tables come first and alone, as the others build on them."""
    return _broken(contract, TABLE_RULES) or _broken(contract, COLUMN_RULES + DESK_RULES + CODE_RULES)


def _broken(contract: Contract, rules: tuple[Rule, ...]) -> list[Problem]:
    return [Problem(finding.key, rule.text, finding.got) for rule in rules for finding in rule.check(contract)]
