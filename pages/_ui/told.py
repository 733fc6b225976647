"""What became of a press, told on the page that is drawn next, whichever that is.

Whoever goes on at once is told too: one run may then answer both the press and the way to somebody else. And a browser
fetches what shows a message when the first one comes; a message that another run follows at once is gone by then. So it
is told again until a while after a run has told it and reached its end: one that stands already is not shown twice.
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
_STANDS: Final = timedelta(seconds=4)  # how long a message does


@dataclass(frozen=True)
class _Recorded:
    sequence: int
    told: bool = False  # a run has begun to
    told_at: datetime | None = None  # when the first that told it reached its end


@dataclass(frozen=True)
class _Refused:
    score: int  # number of the event of the score that was decided on
    reason: str


def recorded(sequence: int) -> None:
    """Shown by the next run of the whole page; where only a part of it runs, that part asks for one."""
    st.session_state[_RECORDED] = _Recorded(sequence)


def waits() -> bool:
    """Whether something was recorded that no run has told yet."""
    message = _recorded()
    return message is not None and not message.told


def begin() -> None:
    """Before anything else of the page: another run may overtake it."""
    message = _recorded()
    if message is None:
        return
    if message.told_at is not None and visitor.now() - message.told_at > _STANDS:
        del st.session_state[_RECORDED]
        return
    st.session_state[_RECORDED] = replace(message, told=True)
    st.toast(f"Recorded as event {message.sequence:,}.", icon=":material/task_alt:")


def end() -> None:
    """After the whole page: also a refusal whose card was not drawn any more."""
    message = _recorded()
    if message is not None and message.told and message.told_at is None:
        st.session_state[_RECORDED] = replace(message, told_at=visitor.now())
    refusal: _Refused | None = st.session_state.pop(_REFUSED, None)
    if refusal is not None:
        st.toast(f"What you pressed before: {plain(refusal.reason)}", icon=":material/block:", duration="long")


def refused(score: int, reason: str) -> None:
    st.session_state[_REFUSED] = _Refused(score, reason)


def take_refusal(score: int) -> str:
    """Why the last press on this score was refused, once; empty where it was not."""
    refusal: _Refused | None = st.session_state.get(_REFUSED)
    if refusal is None or refusal.score != score:
        return ""
    del st.session_state[_REFUSED]
    return refusal.reason


def _recorded() -> _Recorded | None:
    message: _Recorded | None = st.session_state.get(_RECORDED)
    return message
