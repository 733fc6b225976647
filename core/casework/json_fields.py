"""One field of a JSON object as the type it must have; a field of another type counts as not there."""

from __future__ import annotations

from core.ledger.event import Json, Public


def text(fields: Public, name: str) -> str:
    """The words, or none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def texts(fields: Public, name: str) -> tuple[str, ...]:
    """The words of a list."""
    value = fields.get(name)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def number(fields: Public, name: str) -> float | None:
    value = fields.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def whole(fields: Public, name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(fields: Public, name: str) -> bool:
    return fields.get(name) is True


def rows(fields: Public, name: str) -> list[dict[str, Json]]:
    """The objects of a list."""
    value = fields.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def table(fields: Public, name: str) -> dict[str, Json]:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
