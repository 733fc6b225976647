"""Two fields of one application against each other, by the contract's table of relations."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from core.portfolio.contract import Column, Contract, CrossCheck, Relation

_HOLDS: Mapping[Relation, Callable[[float, float], bool]] = {
    Relation.BELOW: operator.lt,
    Relation.AT_MOST: operator.le,
    Relation.AT_LEAST: operator.ge,
    Relation.ABOVE: operator.gt,
}


def broken(
    contract: Contract, fields: Mapping[str, object], checks: Sequence[CrossCheck] | None = None
) -> tuple[CrossCheck, ...]:
    """Those of these relations, or of all of the contract's, that the fields break.

    A relation with a side that is not known holds.
    """
    asked = contract.cross_checks if checks is None else checks
    return tuple(check for check in asked if not _holds(contract.main_columns, check, fields))


def _holds(columns: Mapping[str, Column], check: CrossCheck, fields: Mapping[str, object]) -> bool:
    if check.relation is Relation.NOT_WITH:
        own_value = fields.get(check.column)
        is_given = own_value is not None and own_value not in columns[check.column].sentinels
        return not is_given or fields.get(check.other) != check.value
    own, other = (_known(columns[name], fields.get(name)) for name in (check.column, check.other))
    return own is None or other is None or _HOLDS[check.relation](own, other)


def _known(column: Column, value: object) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value in column.sentinels:
        return None
    return value
