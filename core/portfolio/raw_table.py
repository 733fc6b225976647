"""How a raw table stands in the portfolio: its name, and the type of each column."""

from __future__ import annotations

from core.portfolio.contract import Column, Kind
from core.portfolio.database import quoted

_SQL_TYPES = {
    Kind.IDENTIFIER: "bigint",
    Kind.TARGET: "tinyint",
    Kind.FLAG: "tinyint",
    Kind.COUNT: "bigint",
    Kind.DAYS: "bigint",
    Kind.MONTHS: "bigint",
}


def sql_type(column: Column) -> str:
    """How a column is stored."""
    return "varchar" if column.is_text else _SQL_TYPES.get(column.kind, "double")


def raw_name(table: str) -> str:
    """What SQL calls the raw table."""
    return quoted(f"raw_{table}")
