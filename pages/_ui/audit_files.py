"""Files an auditor takes away: made when they are clicked, and only for a session that may have them then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from core.accounts import sessions
from core.accounts.people import Person
from core.accounts.roles import Action, Page
from core.casework.audit import AuditQuestion
from core.casework.audit_records import MOST_EXPORTED_ROWS, THE_AUDIT, Order, recorded_export, recorded_head
from core.casework.audit_words import THE_HEAD
from core.casework.export import Form, file_name
from core.ledger.ledger import Ledger
from core.portfolio.wording import counted
from pages._ui import cache
from pages._ui.session import visitor

_MIME = {Form.CSV: "text/csv", Form.PARQUET: "application/vnd.apache.parquet"}
_WORDS = {Form.CSV: "CSV", Form.PARQUET: "Parquet"}


def head_button(ledger: Ledger) -> None:
    name = file_name(THE_HEAD, _now(), "json")
    st.download_button(
        "Download the head",
        head_maker(ledger, name),
        name,
        "application/json",
        on_click="ignore",
        key="download_head",
        icon=":material/download:",
        disabled=bool(ledger.writable),
        help="How long the chain is and how it ends. Keep it elsewhere: whoever rewrites the chain cannot rewrite it.",
    )


def export_buttons(ledger: Ledger, question: AuditQuestion, rows: int) -> None:
    with st.popover("Export", icon=":material/ios_share:", disabled=bool(ledger.writable)):
        if rows > MOST_EXPORTED_ROWS:
            st.caption(
                f"{rows:,} events are too many for one file of at most {MOST_EXPORTED_ROWS:,}: choose fewer days."
            )
            return
        st.caption(f"{counted(rows, 'event')}, as filtered. The export is an event itself.")
        for form in Form:
            # the browser is told the name with the button, so the event has to be told it here too
            name = file_name(THE_AUDIT, _now(), form.value)
            st.download_button(
                _WORDS[form],
                export_maker(ledger, Order(question, form, name)),
                name,
                _MIME[form],
                on_click="ignore",
                key=f"export_{form.value}",
                icon=":material/table:",
                width="stretch",
            )


def head_maker(ledger: Ledger, name: str) -> Callable[[], str]:
    """Makes the head's file at the click."""
    asks, address = _asking(), visitor.address()
    return lambda: recorded_head(ledger, asks(), address, name)


def export_maker(ledger: Ledger, order: Order) -> Callable[[], bytes]:
    """Makes the file of these events at the click."""
    asks, address = _asking(), visitor.address()
    return lambda: recorded_export(ledger, order, asks(), address)


def _asking() -> Callable[[], Person]:
    """Who clicks, looked up at that moment: the click passes no page, and the session may have ended since."""
    token, accounts = visitor.token(), cache.accounts()
    return lambda: sessions.acting(accounts, token, Page.AUDIT, Action.DOWNLOAD, _now())


def _now() -> datetime:
    return datetime.now(UTC)
