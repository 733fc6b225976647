"""The filtered rows to take along: made when the button is pressed, and on the record before they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.accounts import sessions
from core.accounts.roles import Action, Page
from core.accounts.store import AccountStore
from core.casework.export import Form, file_name
from core.casework.history_export import MOST_EXPORTED_ROWS, THE_HISTORY, Order, recorded_export
from core.casework.history_notes import notes_in
from core.casework.history_question import HistoryQuestion
from core.ledger.ledger import Ledger
from core.portfolio.wording import counted
from pages._ui import cache
from pages._ui.session import visitor

_FORMS: Final = {
    Form.CSV: ("CSV", ":material/csv:", "text/csv"),
    Form.PARQUET: ("Parquet", ":material/dataset:", "application/vnd.apache.parquet"),
}


@dataclass(frozen=True)
class Visit:
    """Who asks: looked up again in the thread that makes the file, where there is no visitor any more."""

    accounts: AccountStore
    token: str | None
    address: str


def button(ledger: Ledger, question: HistoryQuestion, rows: int) -> None:
    """`rows`: how many there will be."""
    with st.popover("Export", icon=":material/download:", type="primary", disabled=rows == 0):
        refused = _refused(ledger, rows)
        if refused:
            st.error(refused, icon=":material/error:")
            return
        how_many = "What fits the filters" if question.note else counted(rows, "row")
        st.markdown(f"**{how_many}**, newest first")
        st.caption("Our ids and references, and what can be filtered by: nothing that names a person.")
        visit = Visit(cache.accounts(), visitor.token(), visitor.address())
        notes = notes_in(ledger) if question.note else None
        with st.container(horizontal=True):
            for form, (label, icon, mime) in _FORMS.items():
                # the browser is told the name with the button, so the event has to be told it here too
                name = file_name(THE_HISTORY, visitor.now(), form.value)
                st.download_button(
                    label,
                    making(ledger, Order(question, form, name, notes), visit),
                    name,
                    mime,
                    key=f"export_{form.value}",
                    icon=icon,
                    on_click="ignore",
                )
        st.caption("Each export is an event of the record: by whom, the filters, and the file's SHA-256.")


def making(ledger: Ledger, order: Order, visit: Visit) -> Callable[[], bytes]:
    """Makes the file when it is wanted: whoever may not any more by then gets none."""

    def made() -> bytes:
        person = sessions.acting(visit.accounts, visit.token, Page.HISTORY, Action.EXPORT, visitor.now())
        return recorded_export(ledger, order, person, visit.address).content

    return made


def _refused(ledger: Ledger, rows: int) -> str:
    """Said before the button is pressed: a download cannot say why there is none."""
    if rows > MOST_EXPORTED_ROWS:
        return f"Export: at most {MOST_EXPORTED_ROWS:,} decisions in one file, got {rows:,}; choose a shorter period."
    if ledger.writable:
        return f"Export: nothing leaves the desk unrecorded, and nothing can be recorded now. {ledger.writable}"
    return ""
