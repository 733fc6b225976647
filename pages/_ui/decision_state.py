"""Keys of the decision's form on a score: its widgets, the request it would make, and what became of the last press."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from pages._ui import shown
from pages._ui.newest import Newest


@dataclass(frozen=True)
class _Form:
    times_decided: int = 0
    request: str = ""  # empty: not named yet
    answer: int | str | None = None


_FORMS: Final[Newest[int, _Form]] = Newest("decisions")  # by the number of the score's event


def key(score: int, part: str) -> str:
    """Of a widget of the decision on this score."""
    times = _of(score).times_decided
    return shown.key(f"decide_{score}_{part}{f'_{times}' if times else ''}")


def fields(score: int) -> tuple[str, ...]:
    """The keys of decision, reason and note as they are drawn: those of a form that is sent again stay its own."""
    return tuple(key(score, part) for part in ("choice", "reason", "note"))


def value(field: str) -> str:
    """What stands in a field of the form."""
    return str(st.session_state.get(field) or "")


def request(score: int) -> str:
    """Names the decision that the form on this score would make: made when it is drawn, the same until it is decided
    or refused by a rule."""
    form = _of(score)
    if not form.request:
        form = replace(form, request=secrets.token_hex(16))
        _FORMS.keep(score, form)
    return form.request


def new_request(score: int) -> None:
    """What was refused and is sent again in other words is another request; what was typed stays."""
    _FORMS.keep(score, replace(_of(score), request=""))


def new_decision(score: int) -> None:
    """What is decided next on this score is another decision, on an empty form."""
    form = _of(score)
    _FORMS.keep(score, replace(form, times_decided=form.times_decided + 1, request=""))


def answer(score: int, told: int | str) -> None:
    """What became of a press: the event's number, or why there is none."""
    _FORMS.keep(score, replace(_of(score), answer=told))


def take_answer(score: int) -> int | str | None:
    """Told once."""
    form = _of(score)
    if form.answer is not None:
        _FORMS.keep(score, replace(form, answer=None))
    return form.answer


def _of(score: int) -> _Form:
    return _FORMS.of(score, _Form())
