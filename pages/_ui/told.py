"""What became of a press, told on the page that is drawn next, whichever that is.

Whoever goes on at once is told too: one run may then answer both the press and the way to somebody else. And a browser
fetches what shows a message when the first one comes; a message that another run follows at once is gone by then. So it
is told again until a while after a run has told it and reached its end: one that stands already is not shown twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from pages._ui.session import visitor
from pages._ui.words import plain

_TOLD: Final = "told"
_STANDS: Final = timedelta(seconds=4)  # how long a message does


@dataclass
class Told:
    """Of one session. Fetched before a write: whoever asks the session after it may be ended there by another press."""

    _recorded: int = 0  # number of the event; 0: none
    _begun: bool = False  # a run has begun to tell it
    _told_at: datetime | None = None  # when the first that told it reached its end
    _refused_on: int = 0  # number of the event of the score that was decided on
    _refusal: str = ""

    def recorded(self, sequence: int) -> None:
        """Shown by the next run of the whole page; where only a part of it runs, that part asks for one."""
        self._recorded, self._begun, self._told_at = sequence, False, None

    def refused(self, score: int, reason: str) -> None:
        """Shown by the card of this score or, where that is not drawn any more, after the page."""
        self._refused_on, self._refusal = score, reason

    @property
    def waits(self) -> bool:
        """Whether something was recorded that no run has told yet."""
        return bool(self._recorded) and not self._begun

    def take_refusal(self, score: int) -> str:
        """Why the last press on this score was refused, once; empty where it was not."""
        return self._taken() if self._refused_on == score else ""

    def begin(self) -> None:
        """Before anything else of the page: another run may overtake it."""
        if self._told_at is not None and visitor.now() - self._told_at > _STANDS:
            self._recorded = 0
        if self._recorded:
            self._begun = True
            st.toast(f"Recorded as event {self._recorded:,}.", icon=":material/task_alt:")

    def end(self) -> None:
        """After the whole page."""
        if self._begun and self._told_at is None:
            self._told_at = visitor.now()
        if refusal := self._taken():
            st.toast(f"What you pressed before: {plain(refusal)}", icon=":material/block:", duration="long")

    def _taken(self) -> str:
        refusal, self._refusal = self._refusal, ""
        return refusal


def of_session() -> Told:
    """What there is to tell in this session."""
    told: Told = st.session_state.setdefault(_TOLD, Told())
    return told
