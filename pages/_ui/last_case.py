"""What the Score page showed when it was left: there again for a visitor who comes back without naming anything.

The browser's way back from another page leads over an address from which Streamlit has already taken the client.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.accounts.roles import Page
from core.desk import Desk
from core.errors import UnknownApplicant
from pages._ui import shown, state

_CLIENT: Final = "last_client"
_APPLICATION: Final = "last_application"
_AWAY: Final = "away_from_score"


def passing(page: str) -> None:
    """Every run of the entry script says here which page it is about to draw."""
    if page != Page.SCORE.value:
        st.session_state[_AWAY] = True
        shown.begin(page)


def bring_back(desk: Desk) -> None:
    """Chooses the case of before, once, for whoever comes from another page; before the number's field is drawn.

    An address that names a case wins, and so does the entry form. A run that the browser's history began would set the
    field to what the address says, so the page begins anew.
    """
    if not st.session_state.pop(_AWAY, False) or _is_named():
        return
    client, application = _remembered(_CLIENT), _remembered(_APPLICATION)
    if client and _is_known(desk, client):
        state.choose_client(client)
    elif application:
        state.choose_application(application)
    else:
        return
    st.query_params.pop(state.RECORD, None)  # of the record that was looked at in between
    st.rerun()


def remember(client: str = "", application: str = "") -> None:
    """What is shown now; neither: nothing that could be brought back."""
    st.session_state[_CLIENT], st.session_state[_APPLICATION] = client, application


def _is_named() -> bool:
    return any(st.query_params.get(name) for name in (state.CLIENT, state.APPLICATION, state.ENTRY))


def _remembered(key: str) -> str:
    return str(st.session_state.get(key, ""))


def _is_known(desk: Desk, client: str) -> bool:
    """Whoever was forgotten meanwhile stays forgotten."""
    try:
        desk.application(client)
    except UnknownApplicant:
        return False
    return True
