"""What everybody at work should know about the record: what was made good in it, and whether it can be trusted."""

from __future__ import annotations

import streamlit as st

from core.errors import SolventError
from pages._ui import beside, cache
from pages._ui.words import plain


def draw() -> None:
    """Nothing where the record is as it should be; a record that cannot be opened is said where it is needed."""
    notices: tuple[str, ...] = ()
    try:
        ledger = cache.ledger()
        notices = ledger.notices
        beside.verifying.catch_up(ledger)
    except SolventError:
        pass
    itself = beside.verifying.of_itself  # a kept head may be forged: what it refutes is for the auditor to judge
    if itself and not itself.found.sound:
        st.error(
            f"{_from(itself.found.first_bad)} it is not what was written: {plain(itself.found.finding)}. "
            "Work goes on, and everything new is recorded; tell the auditor and the person who runs Solvent.",
            title="The record is not sound",
            icon=":material/gpp_bad:",
        )
    if notices:
        st.info(
            "\n\n".join(plain(notice) for notice in notices), title="The record was made good", icon=":material/build:"
        )


def _from(first_bad: int | None) -> str:
    return "Beside its events" if first_bad is None else f"From event {first_bad:,} on"
