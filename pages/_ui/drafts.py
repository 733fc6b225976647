"""What people have begun and not sent, in the server's memory only: going elsewhere, or a refresh, loses nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

Whose = TypeVar("Whose", bound=Hashable)
Begun = TypeVar("Begun")

MOST_DRAFTS = 1_000
MOST_LETTERS = 20_000_000  # of all drafts together
KEPT_FOR = timedelta(hours=24)


class Drafts(Generic[Whose, Begun]):
    """The newest drafts of one kind, each for a day from its last change; any number of threads may ask."""

    def __init__(self, empty: Begun, letters_of: Callable[[Begun], int]) -> None:
        self._empty, self._letters_of = empty, letters_of
        self._kept: OrderedDict[Whose, tuple[datetime, Begun]] = OrderedDict()
        self._lock = Lock()

    def of(self, whose: Whose, now: datetime) -> Begun:
        with self._lock:
            self._forget_old(now)
            return self._kept[whose][1] if whose in self._kept else self._empty

    def keep(self, whose: Whose, draft: Begun, now: datetime) -> None:
        with self._lock:
            self._kept[whose] = (now, draft)
            self._kept.move_to_end(whose)
            self._forget_old(now)

    def discard(self, whose: Whose) -> None:
        with self._lock:
            self._kept.pop(whose, None)

    def _forget_old(self, now: datetime) -> None:
        while self._kept and self._must_go(now):
            self._kept.popitem(last=False)

    def _must_go(self, now: datetime) -> bool:
        oldest = next(iter(self._kept.values()))[0]
        letters = sum(self._letters_of(draft) for _, draft in self._kept.values())
        return now - oldest > KEPT_FOR or len(self._kept) > MOST_DRAFTS or letters > MOST_LETTERS
