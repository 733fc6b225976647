"""Keys of what-if: the widgets that change the fields of a case."""

from __future__ import annotations

from typing import Final

from core.portfolio.entry_fields import Typed
from pages._ui import shown
from pages._ui.field_widgets import FieldWidgets
from pages._ui.newest import Newest

_WIDGETS: Final[Newest[str, FieldWidgets]] = Newest("what_ifs")  # by their name: of case and look


def field_key(case: str, column: str) -> str:
    """Of the widget that changes this field of this case."""
    return _of(case).key(column)


def corrected_key(case: str) -> str:
    """Of the choice of facts to correct."""
    return _of(case).own_key


def started_with(case: str, column: str, start: Typed) -> Typed:
    """What the field's widget was first drawn with: the same until it starts anew, whatever was typed since."""
    widgets = _of(case).drawn(column, start)
    _keep(widgets)
    return widgets.starts[column]


def taken_as_not_given(case: str, column: str) -> bool:
    """Whether what-if plays with this field left out; every other widget of it is of its being so."""
    return _of(case).times_emptied(column) % 2 == 1


def take_as_not_given_or_back(case: str, column: str) -> None:
    """Its widget starts anew: empty, or as the application has it."""
    _keep(_of(case).emptying(column))


def reset(case: str) -> None:
    """Its widgets start anew, as the application has them."""
    _keep(_of(case).reset())


def _of(case: str) -> FieldWidgets:
    name = shown.key(f"what_if_{case}")
    return _WIDGETS.of(name, FieldWidgets(name))


def _keep(widgets: FieldWidgets) -> None:
    _WIDGETS.keep(widgets.name, widgets)
