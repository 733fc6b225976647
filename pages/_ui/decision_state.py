"""Keys of the decision's form on a score: its widgets, and the request it would make."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from pages._ui import shown
from pages._ui.decision_draft import Begun
from pages._ui.newest import Newest


@dataclass(frozen=True)
class _Form:
    times_decided: int = 0
    request: str = ""  # empty: not named yet


@dataclass(frozen=True)
class Fields:
    """The keys of the widgets."""

    decision: str
    reason: str
    note: str


_STARTS: Final[Newest[Fields, Begun]] = Newest("decision_starts")
_FORMS: Final[Newest[int, _Form]] = Newest("decisions")  # by the number of the score's event


def key(score: int, part: str) -> str:
    """Of a widget of the decision on this score."""
    times = _of(score).times_decided
    return shown.key(f"decide_{score}_{part}{f'_{times}' if times else ''}")


def fields(score: int) -> Fields:
    """As they are drawn: those of a form that is sent again stay its own."""
    return Fields(*(key(score, part) for part in ("choice", "reason", "note")))


def first_drawn_with(fields: Fields, begun: Begun) -> Begun:
    """What the fields start with: the same as long as they are drawn, whatever is begun by then."""
    starts = _STARTS.of(fields, begun)
    _STARTS.keep(fields, starts)
    return starts


def begun(fields: Fields) -> Begun:
    """What stands in the fields."""
    return Begun(*(str(st.session_state.get(field) or "") for field in (fields.decision, fields.reason, fields.note)))


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


def _of(score: int) -> _Form:
    return _FORMS.of(score, _Form())
