"""What has just been done, told on the page that is drawn anew because of it.

A browser fetches what shows a message when the first one comes; a message that another run follows at once is gone
by then. So whatever is drawn in the next moments tells it again: one that stands already is not shown twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from pages._ui.session import visitor

_TOLD: Final = "told"
_AGAIN: Final = timedelta(seconds=2)  # shorter than a message stands


@dataclass(frozen=True)
class _Message:
    sentence: str
    first_shown_at: datetime | None = None


def recorded(sequence: int) -> None:
    """Shown by the next run of the whole page; the caller sees to it that there is one."""
    st.session_state[_TOLD] = _Message(f"Recorded as event {sequence:,}.")


def show() -> None:
    """Before anything else of the page: another run may overtake it."""
    message: _Message | None = st.session_state.get(_TOLD)
    if message is None:
        return
    now = visitor.now()
    if message.first_shown_at is None:
        message = replace(message, first_shown_at=now)
        st.session_state[_TOLD] = message
    elif now - message.first_shown_at > _AGAIN:
        del st.session_state[_TOLD]
        return
    st.toast(message.sentence, icon=":material/task_alt:")
