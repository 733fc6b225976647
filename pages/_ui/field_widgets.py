"""Which widgets stand for an application's fields by now, and what each was first drawn with.

A widget under a new key is new. Setting the old one's value instead gets lost on the way to the browser when another
run of the page overtakes it, and a widget that starts with a value can only be emptied by a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from core.portfolio.entry_fields import Typed


@dataclass(frozen=True)
class FieldWidgets:
    """Of one form: how often all of them began anew, and since then each alone."""

    name: str
    resets: int = 0
    emptied: Mapping[str, int] = field(default_factory=dict)  # which widget -> how often since the last reset
    starts: Mapping[str, Typed] = field(default_factory=dict)  # which widget -> what the one of now starts with

    @property
    def own_key(self) -> str:
        """Of a widget for the form as a whole."""
        return f"{self.name}{_counted(self.resets)}"

    def key(self, which: str) -> str:
        key = f"{self.name}_{which}{_counted(self.resets)}"
        times = self.times_emptied(which)
        return f"{key}_emptied{_counted(times)}" if times else key

    def times_emptied(self, which: str) -> int:
        return self.emptied.get(which, 0)

    def reset(self) -> FieldWidgets:
        """Every one starts anew."""
        return FieldWidgets(self.name, self.resets + 1)

    def emptying(self, which: str) -> FieldWidgets:
        """This one starts anew."""
        starts = {name: start for name, start in self.starts.items() if name != which}
        return replace(self, emptied={**self.emptied, which: self.times_emptied(which) + 1}, starts=starts)

    def drawn(self, which: str, start: Typed) -> FieldWidgets:
        """With the start of this one: `start`, unless it stands on the screen already, whatever was typed since."""
        if self.key(which) in st.session_state and which in self.starts:
            return self
        return replace(self, starts={**self.starts, which: start})


def value_in(key: str, start: Typed) -> Typed:
    """What stands in a widget before it is drawn."""
    value: Typed = st.session_state.get(key, start)
    return value


def _counted(times: int) -> str:
    return f"_{times}" if times else ""
