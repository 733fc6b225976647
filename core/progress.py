"""How long work reports itself: a step in words and, where known, the share of it that is done."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def __call__(self, step: str, done: float | None = None) -> None: ...


def silent(step: str, done: float | None = None) -> None:
    """Progress for callers that show none."""
