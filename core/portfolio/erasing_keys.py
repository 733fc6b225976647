"""Whom to forget: applicants' numbers, and the numbers of loans through which the rest of their rows is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

Links = Mapping[str, frozenset[int]]  # table that is linked through another one -> values of its link column


@dataclass(frozen=True)
class Forgotten:
    numbers: frozenset[int]
    links: Links


def numbers(keys: Sequence[str]) -> frozenset[int]:
    """The applicants' keys as they are stored; a word that cannot be one is nobody's."""
    return frozenset(int(key) for key in map(str.strip, keys) if key.isascii() and key.isdecimal() and len(key) <= 18)


def whole_number(value: object) -> int | None:
    """The value as an import reads it: 7, 7.0, '7' and ' 7 ' are the same key; None where it is no number."""
    with suppress(ValueError):
        return int(str(value))
    with suppress(ValueError):
        number = float(str(value))
        return int(number) if number.is_integer() else None
    return None


def joined(one: Links, other: Links) -> Links:
    """Both together: what an interrupted pass took out of one place is still known from the other."""
    nothing: frozenset[int] = frozenset()
    return {table: one.get(table, nothing) | other.get(table, nothing) for table in {*one, *other}}
