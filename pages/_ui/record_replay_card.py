"""One record scored once more with the versions of then, and how that compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.replay_report import Replay, Verdict
from core.casework.stored_record import REPLAYABLE
from core.desk import Desk
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from pages._ui import guard, history_versions
from pages._ui.words import Badge, plain

_HELP: Final = "Scores the stored feature row again with the model, calibrator and policy of then."
_VERDICTS: Final[Mapping[Verdict, Badge]] = {
    Verdict.SAME: ("The same to the last bit", ":material/verified:", "green"),
    Verdict.DIFFERS: ("It comes out differently", ":material/difference:", "red"),
    Verdict.ERASED: ("Erased", ":material/person_off:", "gray"),
    Verdict.IMPOSSIBLE: ("It cannot be repeated", ":material/help:", "orange"),
}


def replay(ledger: Ledger, desk: Desk, event: Event, person: Person) -> None:
    """For whoever may: the record once more with the versions of then."""
    if event.kind not in REPLAYABLE or not may(person.role, Page.HISTORY, Action.REPLAY):
        return
    st.fragment(_replayed)(ledger, desk, event.sequence)


def _replayed(ledger: Ledger, desk: Desk, sequence: int) -> None:
    guard.require(Page.HISTORY, Action.REPLAY)
    if st.button("Replay", icon=":material/replay:", key=f"replay_{sequence}", width="stretch", help=_HELP):
        with guard.refusals(), st.spinner("Scoring once more with the versions of then …"):
            _verdict(history_versions.repeated(ledger, desk, sequence))


def _verdict(found: Replay) -> None:
    name, icon, colour = _VERDICTS[found.verdict]
    st.badge(name, icon=icon, color=colour)
    st.caption(plain(found.words))
    for difference in found.differences:
        st.markdown(f"**{difference.part.value.capitalize()}**: {plain(difference.words)}")
    if found.verdict is Verdict.SAME and found.not_from_raw:
        st.caption(plain(f"Not from the raw application: {found.not_from_raw}."))
