"""The visitor of this run: the person behind the cookie, read from the accounts; no run remembers another one's."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime

import streamlit as st

from core.accounts import sessions
from core.accounts.people import Person
from core.accounts.proxies import LOOPBACK
from core.accounts.roles import Action, Page
from core.accounts.sessions import Ended
from pages._ui import cache
from pages._ui.session import cookies, peer

_read_last: ContextVar[Person | None] = ContextVar("who was read from the accounts last", default=None)


def now() -> datetime:
    return datetime.now(UTC)


def token() -> str | None:
    """The session's token as the browser sent it when it connected."""
    return cookies.read(st.context.cookies, cookies.SESSION, _scheme())


def browser() -> str | None:
    """What tells this browser from others; a ticket is good in it alone."""
    return cookies.read(st.context.cookies, cookies.BROWSER, _scheme())


def address() -> str:
    """Where the visitor asks from; Streamlit says None for this machine."""
    seen = st.context.ip_address
    return seen if isinstance(seen, str) else LOOPBACK


def person() -> Person | None:
    """Read now; the entry script does so before anything else of a run of the whole page."""
    _read_last.set(None)
    found = sessions.current(cache.accounts(), token(), now())
    _read_last.set(found)
    return found


def read_last() -> Person | None:
    """Whom `person` found: within a run of the whole page, what may be seen; never who may do something."""
    return _read_last.get()


def why_ended() -> Ended | None:
    return sessions.why_ended(cache.accounts(), token())


def acting(page: Page, action: Action) -> Person:
    """The person, allowed at this moment to do this here, or a refusal."""
    return sessions.acting(cache.accounts(), token(), page, action, now())


def sign_out() -> None:
    sessions.sign_out(cache.accounts(), token(), address(), now())


def _scheme() -> str:
    said = st.context.headers.get(peer.SCHEME_HEADER)
    return said if isinstance(said, str) else "http"
