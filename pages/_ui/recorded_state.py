"""Keys of what this session has written down: its scores, and the question that was refused last."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

import streamlit as st

from core.ledger.event import Event
from pages._ui.newest import Newest

_SCORES: Final[Newest[str, Event | None]] = Newest("recorded")
_REFUSED: Final = "refused"  # the last question that was refused, and its name


def event_of(score: str) -> Event | None:
    """The event of a score that this session has written down."""
    return _SCORES.of(score, None)


def keeper() -> Callable[[str, Event | None], None]:
    """Fetched before a score is written down, which must not be forgotten by a press in between."""
    return _SCORES.keeper()


def refused_question(question: str) -> str:
    """Names what was asked and refused: the same as long as nothing else is asked, new when it is asked again."""
    last, name = st.session_state.get(_REFUSED, ("", ""))
    if last != question:
        name = secrets.token_hex(16)
        st.session_state[_REFUSED] = (question, name)
    return str(name)


def nothing_refused() -> None:
    """Asked again later, the same question is another one."""
    st.session_state.pop(_REFUSED, None)
