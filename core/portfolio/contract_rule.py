"""A rule of the contract, and what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from core.portfolio.contract import Contract, Text


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a contract."""

    key: str  # dotted, as in the file
    rule: str
    got: str | None

    def __str__(self) -> str:
        got = "" if self.got is None else f"; got {self.got}"
        return f"{self.key}: {self.rule}{got}"


class Finding(NamedTuple):
    """Where a rule is broken, and by what."""

    key: str
    got: str


class Rule(NamedTuple):
    text: str
    check: Callable[[Contract], Iterable[Finding]]


def repeated(values: Iterable[str]) -> list[str]:
    """The values that occur more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


def is_worded(text: Text) -> bool:
    """Whether the text says something in English, the language every contract has."""
    return bool(text.get("en", "").strip())
