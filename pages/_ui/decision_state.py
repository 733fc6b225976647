"""Keys of the decision's form on a score: its widgets, and the request it would make."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from pages._ui import shown
from pages._ui.newest import Newest


@dataclass(frozen=True)
class _Form:
    times_decided: int = 0
    request: str = ""  # empty: not named yet


_NOTES: Final[Newest[str, str]] = Newest("decision_notes")  # by the key of the field: what it was first drawn with
_FORMS: Final[Newest[int, _Form]] = Newest("decisions")  # by the number of the score's event


def key(score: int, part: str) -> str:
    """Of a widget of the decision on this score."""
    times = _of(score).times_decided
    return shown.key(f"decide_{score}_{part}{f'_{times}' if times else ''}")


def fields(score: int) -> tuple[str, str, str]:
    """The keys of decision, reason and note as they are drawn: those of a form that is sent again stay its own."""
    return key(score, "choice"), key(score, "reason"), key(score, "note")


def value(field: str) -> str:
    """What stands in a field of the form."""
    return str(st.session_state.get(field) or "")


def first_note(field: str, kept: str) -> str:
    """What the note's field starts with: the same as long as it is drawn, whatever is kept by then."""
    first = _NOTES.of(field, kept)
    _NOTES.keep(field, first)
    return first


def request(score: int) -> str:
    """Names the decision that the form on this score would make: made when it is drawn, the same until it is decided
    or refused by a rule."""
    form = _of(score)
    if not form.request:
        form = replace(form, request=secrets.token_hex(16))
        _FORMS.keep(score, form)
    return form.request


@dataclass(frozen=True)
class After:
    """What follows from a press on the form of a score; fetched before the press is carried out."""

    _score: int
    _form: _Form
    _keep: Callable[[int, _Form], None]

    def refused(self) -> None:
        """What is sent again in other words is another request; what was typed stays."""
        self._keep(self._score, replace(self._form, request=""))

    def decided(self) -> None:
        """What is decided next on this score is another decision, on an empty form."""
        self._keep(self._score, replace(self._form, times_decided=self._form.times_decided + 1, request=""))


def after(score: int) -> After:
    return After(score, _of(score), _FORMS.keeper())


def _of(score: int) -> _Form:
    return _FORMS.of(score, _Form())
