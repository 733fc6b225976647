"""Work that must not end with the run of a page: it goes on in a thread, and whoever looks again sees how far it is."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import sleep
from typing import Final, Generic, TypeVar

import streamlit as st

from core.progress import Progress

T = TypeVar("T")
_LOOK_EVERY: Final = 0.1  # seconds


class Job(Generic[T]):
    """One piece of work, begun when it is made."""

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self._step = ""
        self._done = 0.0
        self._made: list[T] = []
        self._failed: Exception | None = None
        self._thread = Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def show(self) -> None:
        """A bar until the work has ended."""
        place = st.empty()
        while self.running:
            place.progress(self._done, f"{self._step.capitalize()} …" if self._step else "Beginning …")
            sleep(_LOOK_EVERY)
        place.empty()

    def result(self) -> T:
        """What was made; a refusal of the work is raised here."""
        if self._failed is not None:
            raise self._failed
        return self._made[0]

    def _run(self, work: Callable[[Progress], T]) -> None:
        try:
            self._made.append(work(self._told))
        except Exception as failed:  # noqa: BLE001 - it is raised where somebody sees it
            self._failed = failed

    def _told(self, step: str, done: float | None = None) -> None:
        self._step, self._done = step, self._done if done is None else min(max(done, 0.0), 1.0)
