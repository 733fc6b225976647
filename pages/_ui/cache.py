"""The desk and what is read from it once for all visitors: the only `st.cache_*`."""

from __future__ import annotations

import streamlit as st

from core import settings
from core.desk import Desk, open_desk

_EXAMPLES = 4


def desk() -> Desk:
    """The one open desk; opened again when portfolio or model were replaced on disk."""
    opened = _opened()
    if opened.changed_on_disk():
        _opened.clear()
        opened = _opened()
    return opened


@st.cache_resource(show_spinner=False)
def _opened() -> Desk:
    return open_desk(settings.read())


def examples(of: Desk) -> list[str]:
    """A few client numbers to try."""
    return of.tables.keys(_EXAMPLES)


def waiting(of: Desk) -> list[str]:
    """The applications without an outcome, in the order of their numbers."""
    return _waiting(of.tables.about.fingerprint, of)


@st.cache_resource(show_spinner=False, max_entries=2)
def _waiting(fingerprint: str, _of: Desk) -> list[str]:
    return _of.tables.keys(None, labelled=False)
