"""Rules about the columns of a contract: labels, ranges, choices, sentinels, directions, levers."""

from __future__ import annotations

from collections.abc import Iterator

from core.portfolio.contract import Column, Contract, Kind, Relation
from core.portfolio.contract_rule import Finding, Rule, is_worded, repeated

_UNSCORED = frozenset({Kind.IDENTIFIER, Kind.TARGET})
_OF_WORDS = frozenset({Kind.CATEGORY, Kind.FLAG})


def _columns(contract: Contract) -> Iterator[tuple[str, Column]]:
    """Key in the file and meaning of every column of every table."""
    for table, columns in contract.columns.items():
        for name, column in columns.items():
            yield f"columns.{table}.{name}", column


def _key_and_target(contract: Contract) -> Iterator[Finding]:
    for key, name, kind in (
        ("portfolio.key", contract.portfolio.key, Kind.IDENTIFIER),
        ("portfolio.target", contract.portfolio.target, Kind.TARGET),
    ):
        column = contract.main_columns.get(name)
        if column is None or column.kind is not kind:
            yield Finding(key, f"{name!r}, " + ("not in the main table" if column is None else f"a {column.kind}"))


def _labels_given(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if not is_worded(column.label):
            yield Finding(f"{key}.label", "none")


def _labels_distinct(contract: Contract) -> Iterator[Finding]:
    for table, columns in contract.columns.items():
        for label in repeated(column.label.get("en", "") for column in columns.values()):
            yield Finding(f"columns.{table}", repr(label))


def _range_in_order(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        lowest, highest = column.limits
        if lowest is not None and highest is not None and lowest > highest:
            yield Finding(f"{key}.minimum", f"{lowest:g} above {highest:g}")


def _range_on_numbers(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if (column.is_text or column.kind is Kind.CATEGORY) and (column.minimum, column.maximum) != (None, None):
            yield Finding(key, f"a range on a {column.kind} of words")


def _category_has_choices(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if column.kind is Kind.CATEGORY and not column.choices:
            yield Finding(f"{key}.choices", "none")


def _choices_where_words_are(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if column.choices and column.kind not in _OF_WORDS:
            yield Finding(f"{key}.choices", f"choices on a {column.kind}")
        if column.choices and column.kind is Kind.FLAG and len(column.choices) != 2:
            yield Finding(f"{key}.choices", f"{len(column.choices)} choices on a flag")


def _choices_distinct(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        for value in repeated(choice.value for choice in column.choices):
            yield Finding(f"{key}.choices", f"the value {value!r} twice")
        for label in repeated(choice.label.get("en", "") for choice in column.choices):
            yield Finding(f"{key}.choices", f"the label {label!r} twice")


def _sentinels_apart(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        for sentinel in column.sentinels:
            if isinstance(sentinel, str) != column.is_text or _is_ordinary(column, sentinel):
                yield Finding(f"{key}.sentinels", repr(sentinel))


def _is_ordinary(column: Column, sentinel: str | float) -> bool:
    if isinstance(sentinel, str):
        return sentinel in column.choice_labels
    lowest, highest = column.limits
    return (lowest is None or sentinel >= lowest) and (highest is None or sentinel <= highest)


def _direction_is_a_sign(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if column.direction not in (-1, 0, 1):
            yield Finding(f"{key}.direction", str(column.direction))


def _direction_needs_order(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if column.direction and column.kind in {Kind.CATEGORY, *_UNSCORED}:
            yield Finding(f"{key}.direction", f"{column.direction} on a {column.kind}")


def _lever_is_free(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if column.lever and (column.protected or column.kind in _UNSCORED):
            yield Finding(f"{key}.lever", f"a lever on {column.protected or column.kind}")


def _family_known(contract: Contract) -> Iterator[Finding]:
    for key, column in _columns(contract):
        if column.kind not in _UNSCORED and column.family not in contract.families:
            yield Finding(f"{key}.family", repr(column.family))


def _cross_checks_compare_numbers(contract: Contract) -> Iterator[Finding]:
    for position, check in enumerate(contract.cross_checks):
        if check.relation is Relation.NOT_WITH:
            continue
        sides = [contract.main_columns[n] for n in {check.column, check.other} & contract.main_columns.keys()]
        numbers = [side for side in sides if not side.is_text and side.kind not in _UNSCORED]
        if len(numbers) != 2 or numbers[0].kind is not numbers[1].kind:
            yield Finding(f"cross_checks[{position}]", f"{check.column!r} and {check.other!r}")


def _cross_checks_go_with_a_choice(contract: Contract) -> Iterator[Finding]:
    columns = contract.main_columns
    for position, check in enumerate(contract.cross_checks):
        if check.relation is not Relation.NOT_WITH:
            continue
        own, other = columns.get(check.column), columns.get(check.other)
        may_be_left_out = own is not None and own.nullable and own.kind not in _UNSCORED and own is not other
        if not may_be_left_out or other is None or check.value not in other.choice_labels:
            yield Finding(f"cross_checks[{position}]", f"{check.column!r} and {check.other!r} {check.value!r}")


def _cross_checks_worded(contract: Contract) -> Iterator[Finding]:
    for position, check in enumerate(contract.cross_checks):
        if not is_worded(check.rule):
            yield Finding(f"cross_checks[{position}].rule", "none")


COLUMN_RULES = (
    Rule("must be a column of the main table of that kind", _key_and_target),
    Rule("a column must have an English label", _labels_given),
    Rule("columns of one table must have different labels", _labels_distinct),
    Rule("the minimum must not exceed the maximum", _range_in_order),
    Rule("words have choices, not a range", _range_on_numbers),
    Rule("a category must have choices", _category_has_choices),
    Rule("only a category or a flag has choices, and a flag has two", _choices_where_words_are),
    Rule("choices must differ", _choices_distinct),
    Rule("a sentinel must be of the column's type and outside its ordinary values", _sentinels_apart),
    Rule("a direction must be -1, 0 or 1", _direction_is_a_sign),
    Rule("only an ordered column has a direction", _direction_needs_order),
    Rule("a protected basis, key or target is no lever", _lever_is_free),
    Rule("must be a family of [families]", _family_known),
    Rule("a cross check must compare two numbers of one kind in the main table", _cross_checks_compare_numbers),
    Rule("what must be left out may be left out, and goes with a choice of another", _cross_checks_go_with_a_choice),
    Rule("a cross check must say its rule in English", _cross_checks_worded),
)
