"""Ordering a replay of everything, seeing how far it is, and reading how it ended."""

from __future__ import annotations

from time import sleep
from typing import Final

import streamlit as st

from core.accounts.roles import Action, Page
from core.casework.case_state import moment_words
from core.casework.replay import AT_ONCE
from core.casework.stored_record import REPLAYABLE
from core.ledger.ledger import Ledger
from pages._ui import guard
from pages._ui.audit_replay import replaying
from pages._ui.words import plain

_LOOK_EVERY: Final = 0.2  # seconds
_BEGINNING: Final = f"Replaying: opening models and portfolio, then the first {AT_ONCE:,} scores and decisions …"
_LOOKS: Final = {  # by whether it was sound; cancelled, it was neither
    True: (st.success, ":material/verified:"),
    False: (st.error, ":material/gpp_bad:"),
    None: (st.info, ":material/cancel:"),
}


def button() -> None:
    if st.button(
        "Replay all",
        icon=":material/replay:",
        disabled=replaying.running,
        help="Repeats every score and decision with the versions of then, beside the app, to the last bit.",
    ):
        guard.require(Page.HISTORY, Action.REPLAY)
        replaying.begin()
        st.rerun()


def draw() -> bool:
    """The way to cancel a replay under way, or how the last one ended; whether there is one to be waited for."""
    if replaying.running:
        if st.button("Cancel the replay", icon=":material/cancel:"):
            guard.require(Page.HISTORY, Action.REPLAY)
            replaying.end()
            st.rerun()
        return True
    answer, at = replaying.answer, replaying.at
    if answer is None or at is None:
        return False
    said, icon = _LOOKS[answer.sound]
    said(plain(answer.words), title=f"{answer.title}, {moment_words(at)}", icon=icon)
    for line in answer.lines:
        st.caption(plain(line))
    if st.button("Dismiss", icon=":material/close:", key="dismiss_replay"):
        guard.require(Page.HISTORY, Action.REPLAY)
        replaying.dismiss()
        st.rerun()
    return False


def wait(ledger: Ledger) -> None:
    """A bar while a replay goes on; then the page is drawn with its answer."""
    expected = _replayable(ledger)
    place = st.empty()
    while replaying.running:
        done = replaying.records
        words = f"Replaying: {done:,} of {expected:,} scores and decisions" if done else _BEGINNING
        place.progress(min(done / expected, 1.0) if expected else 0.0, words)
        sleep(_LOOK_EVERY)
    st.rerun()


def _replayable(ledger: Ledger) -> int:
    with ledger.reading() as cursor:
        ((count,),) = cursor.execute("select count(*) from events where kind = any(?)", [list(REPLAYABLE)]).fetchall()
    return int(count)
