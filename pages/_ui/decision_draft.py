"""A decision that somebody has begun and not recorded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Begun:
    decision: str = ""
    reason: str = ""
    note: str = ""


def letters_of(begun: Begun) -> int:
    """How long its note is."""
    return len(begun.note)
