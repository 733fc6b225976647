"""What the visitor looks at by now, as the last run that began to draw says it: its widgets are of this look alone.

A run that is overtaken leaves its values on the server and its widgets nowhere. Whoever comes back would see a new
widget with its first value while the page counts with the old one; under a new key both begin anew.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages._ui.newest import Newest

Look = tuple[str, int]  # at what, and how often before

_NOW: Final = "shown_now"
_LOOKS: Final[Newest[str, int]] = Newest("shown_before")  # by what: how often


def begin(what: str) -> None:
    """Before anything of it is drawn; the same once more is the same look."""
    if look()[0] != what:
        times = _LOOKS.of(what, 0)
        _LOOKS.keep(what, times + 1)
        st.session_state[_NOW] = (what, times)


def look() -> Look:
    """A widget drawn at one look is no widget of the next."""
    now: Look = st.session_state.get(_NOW, ("", 0))
    return now


def key(name: str) -> str:
    """Of a widget that belongs to this look."""
    _, times = look()
    return f"{name}_look{times}" if times else name
