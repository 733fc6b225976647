"""What a session remembers of many things of one kind, under one key of its state: of the newest only.

Streamlit walks over every key of a session several times in each run: a key for each client made the pages slower
through the day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

import streamlit as st

About = TypeVar("About", bound=Hashable)
Value = TypeVar("Value")

MOST: Final = 200


@dataclass(frozen=True)
class Newest(Generic[About, Value]):
    """By what it is about. Whatever a page asks for becomes the newest, so what is on the screen is never dropped."""

    key: str  # of the session

    def of(self, about: About, otherwise: Value) -> Value:
        known = self._known()
        if about not in known:
            return otherwise
        known[about] = known.pop(about)
        return known[about]

    def keep(self, about: About, value: Value) -> None:
        _keep(self._known(), about, value)

    def keeper(self) -> Callable[[About, Value], None]:
        """Keeps what comes of a write, and asks nothing of the session any more.

        Wherever the session is asked, another press may end the run: also between a write and what follows from it.
        """
        return partial(_keep, self._known())

    def _known(self) -> dict[About, Value]:
        known: dict[About, Value] = st.session_state.setdefault(self.key, {})
        return known


def _keep(known: dict[About, Value], about: About, value: Value) -> None:
    known.pop(about, None)
    known[about] = value
    if len(known) > MOST:
        del known[next(iter(known))]
