"""Session keys of the retention page: whom it is about, the order being prepared, and the work that was ordered."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from core.casework.erasure import Erased
from core.casework.erasure_preview import Preview
from core.ledger.verification import Verification
from pages._ui.job import Job

_TIMES: Final = "erasures_of_session"
_PREPARED: Final = "erasure_prepared"
_SHOWN: Final = "erasure_shown"
_JOB: Final = "erasure_job"
_RUN: Final = "retention_run"


@dataclass(frozen=True)
class Prepared:
    """A person who was looked up, and the key of the order that may follow: made before the click."""

    whom: str
    preview: Preview
    events: int  # on record before the person was looked up
    idempotency_key: str

    def key(self, what: str) -> str:
        """Of a widget of this order alone: what was typed about one person never stands under the next."""
        return f"erasure_{what}_{self.idempotency_key}"


@dataclass(frozen=True)
class Done:
    """What was carried out, and what the chain said of itself afterwards."""

    erased: tuple[Erased, ...]
    applications: int  # forgotten because their time was over
    verified: Verification


def key(what: str) -> str:
    """Of a widget that stands before anybody is looked up: after an erasure the page starts empty."""
    return f"erasure_{what}_{int(st.session_state.get(_TIMES, 0))}"


def prepared(whom: str, events: int, look: Callable[[], Preview]) -> Prepared:
    """The person looked up again only when the record has grown, not at every click: the files are searched for it.

    The order keeps its key: it is the same one, about the same person.
    """
    kept = st.session_state.get(_PREPARED)
    if not isinstance(kept, Prepared) or kept.whom != whom:
        kept = Prepared(whom, look(), events, secrets.token_hex(16))
    elif kept.events != events:
        kept = replace(kept, preview=look(), events=events)
    st.session_state[_PREPARED] = kept
    return kept


def was_shown(preview: Preview) -> bool:
    """Whether just this stood on the page before, and is what a press was about; asked once it is drawn."""
    before = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = preview
    return bool(before == preview)


def run_key() -> str:
    """Of the next retention run, made before the click."""
    return str(st.session_state.setdefault(_RUN, secrets.token_hex(16)))


def order(job: Job[Done]) -> None:
    st.session_state[_JOB] = job


def ordered() -> Job[Done] | None:
    job: Job[Done] | None = st.session_state.get(_JOB)
    return job


def start_anew() -> None:
    """Nothing is looked up or ordered; the next order gets a key of its own."""
    st.session_state[_TIMES] = int(st.session_state.get(_TIMES, 0)) + 1
    for name in (_PREPARED, _SHOWN, _JOB, _RUN):
        st.session_state.pop(name, None)
