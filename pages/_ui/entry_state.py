"""Keys of the entry form: its widgets, and whether it ever held something."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.portfolio.entry_fields import Typed
from pages._ui.field_widgets import FieldWidgets

_WIDGETS: Final = "entry_widgets"
_BEGUN: Final = "entry_begun"


def key(what: str) -> str:
    """Of a widget of the entry form."""
    return _widgets().key(what)


def field_key(column: str) -> str:
    """Of the widget of one field of the entry form."""
    return _widgets().key(_field(column))


def started_with(column: str, start: Typed) -> Typed:
    """What the field's widget was first drawn with: one that starts empty can be emptied again, whatever was typed."""
    widgets = _widgets().drawn(_field(column), start)
    st.session_state[_WIDGETS] = widgets
    return widgets.starts[_field(column)]


def empty_field(column: str) -> None:
    """Its widget starts anew, with what the draft says by then."""
    st.session_state[_WIDGETS] = _widgets().emptying(_field(column))


def begun(holds_something: bool) -> bool:
    """Whether the form of this session holds or ever held something: only then is an empty one meant."""
    if holds_something:
        st.session_state[_BEGUN] = True
    return bool(st.session_state.get(_BEGUN))


def forget() -> None:
    """The entry form starts empty again."""
    st.session_state[_WIDGETS] = _widgets().reset()


def _field(column: str) -> str:
    return f"field_{column}"


def _widgets() -> FieldWidgets:
    widgets: FieldWidgets = st.session_state.get(_WIDGETS) or FieldWidgets("entry")
    return widgets
