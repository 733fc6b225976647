"""One field of the application as a widget of its kind; drawn empty where nothing is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.portfolio.entry_fields import EntryField, Typed
from pages._ui import field_widgets
from pages._ui.words import label, plain

_AS_GIVEN = "%.12g"  # 24700.5 and 135000 as they are, without zeros behind


@dataclass(frozen=True)
class Beside:
    """A small button beside a field, for what its widget cannot do: one drawn with a value is never empty again."""

    icon: str
    says: str
    does: Callable[[], None]


def field(asked: EntryField, key: str, start: Typed, beside: Beside | None = None) -> Typed:
    """What stands in the widget now; `start` is what it shows when it is drawn for the first time.

    No limits are set: the core says what is wrong in words, and a draft may hold a mistake.
    """
    if beside is None:
        return _widget(asked, key, start)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xxsmall"):
        typed = _widget(asked, key, start)
        st.button("", icon=beside.icon, key=f"beside_{key}", help=plain(beside.says), on_click=beside.does)
    return typed


def _widget(asked: EntryField, key: str, start: Typed) -> Typed:
    if asked.choices:
        return _choice(asked, key, start)
    return _number(asked, key, None if isinstance(start, str) else start)


def _choice(asked: EntryField, key: str, start: Typed) -> Typed:
    values = list(asked.choices)
    return st.selectbox(
        label(asked.label),
        values,
        index=values.index(start) if start in values else None,
        key=key,
        format_func=lambda value: asked.choices.get(value, str(value)),
        placeholder="Not given",
        help=plain(asked.hint) or None,
    )


def _number(asked: EntryField, key: str, start: float | int | None) -> Typed:
    """The label repeats a large amount as it is read, 1,350,000: no format of the widget separates thousands."""
    read = asked.read_as(field_widgets.value_in(key, start))
    return st.number_input(
        label(f"{asked.label} · {read}" if read else asked.label),
        value=start,
        step=int(asked.step) if asked.whole else asked.step,
        format="%d" if asked.whole else _AS_GIVEN,
        key=key,
        placeholder="Not given",
        help=plain(asked.hint) or None,
    )
