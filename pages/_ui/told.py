"""What became of a press, told on the page that is drawn next, whichever that is.

Whoever goes on at once is told too: one run may then answer both the press and the way to somebody else. And a browser
fetches what shows a message when the first one comes; a message that another run follows at once is gone by then. So
whatever is drawn in the next moments tells it again: one that stands already is not shown twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from pages._ui.session import visitor
from pages._ui.words import plain

_RECORDED: Final = "told_recorded"
_REFUSED: Final = "told_refused"
_AGAIN: Final = timedelta(seconds=2)  # shorter than a message stands


@dataclass(frozen=True)
class _Recorded:
    sequence: int
    first_shown_at: datetime | None = None


@dataclass(frozen=True)
class _Refused:
    score: int  # number of the event of the score that was decided on
    reason: str


def recorded(sequence: int) -> None:
    """Shown by the next run of the whole page; where only a part of it runs, that part asks for one."""
    st.session_state[_RECORDED] = _Recorded(sequence)


def waits() -> bool:
    """Whether something was recorded that no run has told yet."""
    told = _recorded()
    return told is not None and told.first_shown_at is None


def show() -> None:
    """Before anything else of the page: another run may overtake it."""
    told = _recorded()
    if told is None:
        return
    now = visitor.now()
    if told.first_shown_at is None:
        told = replace(told, first_shown_at=now)
        st.session_state[_RECORDED] = told
    elif now - told.first_shown_at > _AGAIN:
        del st.session_state[_RECORDED]
        return
    st.toast(f"Recorded as event {told.sequence:,}.", icon=":material/task_alt:")


def refused(score: int, reason: str) -> None:
    st.session_state[_REFUSED] = _Refused(score, reason)


def take_refusal(score: int) -> str:
    """Why the last press on this score was refused, once; empty where it was not."""
    told: _Refused | None = st.session_state.get(_REFUSED)
    if told is None or told.score != score:
        return ""
    del st.session_state[_REFUSED]
    return told.reason


def show_refusal() -> None:
    """After the whole page, where the card that it belongs to was not drawn any more."""
    told: _Refused | None = st.session_state.pop(_REFUSED, None)
    if told is not None:
        st.toast(f"What you pressed before: {plain(told.reason)}", icon=":material/block:", duration="long")


def _recorded() -> _Recorded | None:
    told: _Recorded | None = st.session_state.get(_RECORDED)
    return told
