"""What is going to happen when, in the order of time; what happens may bring about later things."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

_EVERY = 100  # how often progress is told, in happenings


class PastClock:
    """The moment that the past has come to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Agenda:
    """Ends at `end`: what would happen later never does."""

    def __init__(self, clock: PastClock, end: datetime) -> None:
        self._clock = clock
        self._end = end
        self._coming: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()  # of what happens at the same moment

    def at(self, moment: datetime, happen: Callable[[], object]) -> None:
        if moment <= self._end:
            heapq.heappush(self._coming, (moment, next(self._order), happen))

    def run(self, each: Callable[[float], None]) -> None:
        """`each` hears the share that is done."""
        done = 0
        while self._coming:
            self._clock.now, _, happen = heapq.heappop(self._coming)
            happen()
            done += 1
            if done % _EVERY == 0:
                each(done / (done + len(self._coming)))
