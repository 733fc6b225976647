"""The filters of the history as widgets; together they are one frozen question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.casework.history_choices import HistoryChoices
from core.casework.history_question import (
    EVER,
    HistoryQuestion,
    KnownOutcome,
    Overridden,
    Period,
    State,
    last_days,
    whole_days,
)
from core.portfolio.contract import Contract
from pages._ui import history_state as keys
from pages._ui.words import DECIDED, RECOMMENDED

FROM_TO: Final = "From … to …"
LAST_90: Final = "Last 90 days"
PERIODS: Final[Mapping[str, int | None]] = {
    LAST_90: 90,  # the first is what a new session has: a widget with another default could not be reset
    "Last 7 days": 7,
    "Last 30 days": 30,
    "Last 12 months": 365,
    "All time": None,
    FROM_TO: None,
}
OVERRIDES: Final = {
    Overridden.ANY: "Overridden",
    Overridden.LOW: "Low side",
    Overridden.HIGH: "High side",
    Overridden.REFERRAL: "Instead of a referral",
    Overridden.NONE: "Not overridden",
}
STATES: Final = {
    State.OPEN: "Scored, not decided",
    State.REFERRED: "Referred, waiting",
    State.CLOSED: "Closed",
    State.ERASED: "Erased",
}
OUTCOMES: Final = {
    KnownOutcome.NONE: "Not known",
    KnownOutcome.REPAID: "Repaid",
    KnownOutcome.DEFAULTED: "Defaulted",
}
_HIDDEN: Final = (
    *(keys.GRADE, keys.POLICY, keys.MODEL, keys.STATE, keys.OUTCOME),
    *(keys.AMOUNT_FROM, keys.AMOUNT_TO, keys.NOTE),
)
_Choice = TypeVar("_Choice")


@dataclass(frozen=True)
class Asked:
    """Where the filters come from."""

    choices: HistoryChoices
    contract: Contract
    about: Callable[[str], str]  # what was typed -> our id or reference of it
    now: datetime


def question(asked: Asked, narrow: bool) -> HistoryQuestion:
    """The filters of this moment; order and page are the list's own."""
    with _places(narrow) as (row, more):
        period = _period(row[0], asked.now)
        recommendations = _several(row[1], "Recommended", keys.RECOMMENDED, {c: w[0] for c, w in RECOMMENDED.items()})
        decisions = _several(row[2], "Decided", keys.DECIDED, _decisions(asked.contract))
        officers = _several(row[3], "By", keys.OFFICER, _themselves(asked.choices.officers), "Anyone")
        override = _one_of(row[4], "Override", keys.OVERRIDE, OVERRIDES)
        about = _text(row[5], "Application or client", keys.ABOUT, "Id or number", 40)
        with more:
            left, right = (more, more) if narrow else st.columns(2)
            hidden = HistoryQuestion(
                period,
                grades=_several(left, "Grade", keys.GRADE, _themselves(asked.choices.grades)),
                outcome=_one_of(right, "Outcome", keys.OUTCOME, OUTCOMES),
                state=_one_of(left, "State", keys.STATE, STATES, "Everything decided"),
                policy_versions=_several(right, "Policy", keys.POLICY, _themselves(asked.choices.policies)),
                amount_from=_amount(left, "Amount from", keys.AMOUNT_FROM),
                amount_to=_amount(right, "Amount to", keys.AMOUNT_TO),
                model_versions=_several(left, "Model", keys.MODEL, _themselves(asked.choices.models)),
                note=_text(right, "Part of a note", keys.NOTE, "In the newest 5,000", 80),
                recommendations=recommendations,
                decisions=decisions,
                officers=officers,
                override=override,
                about=asked.about(about) if about else "",
            )
    return hidden


def filtered(question: HistoryQuestion, now: datetime) -> bool:
    """Whether anything was chosen that a new session has not."""
    return question != HistoryQuestion(_since(now, PERIODS[LAST_90]))


def reset(alone: bool = True) -> None:
    st.button(
        "Reset filters",
        icon=":material/filter_alt_off:",
        type="secondary" if alone else "tertiary",
        on_click=keys.reset,
        args=(LAST_90,),
        key=f"reset_filters_{alone}",
    )


@contextmanager
def _places(narrow: bool) -> Iterator[tuple[Sequence[DeltaGenerator], DeltaGenerator]]:
    """Where the six main filters go, and where the others."""
    used = sum(bool(st.session_state.get(name)) or name in st.query_params for name in _HIDDEN)
    if narrow:
        with st.expander("Filters", icon=":material/filter_alt:"):
            yield [st.container() for _ in range(6)], st.container()
        return
    *row, last = st.columns([1.1, 1.05, 1.05, 1.05, 1, 1.1, 0.95], vertical_alignment="bottom")
    more = last.popover(
        f"More ({used})" if used else "More", icon=":material/tune:", key="more_filters", width="stretch"
    )
    yield row, more.container(width=520)


def _period(place: DeltaGenerator, now: datetime) -> Period:
    chosen = place.selectbox(
        "Period",
        list(PERIODS),
        key=keys.PERIOD,
        bind="query-params",
        persist_state="session",
    )
    if chosen == FROM_TO:
        return _between(place, now.astimezone(UTC).date())
    return _since(now, PERIODS.get(chosen))


def _since(now: datetime, days: int | None) -> Period:
    return EVER if days is None else last_days(now, days)


def _between(place: DeltaGenerator, today: date) -> Period:
    """A range that is half chosen is open on its other side."""
    chosen = place.date_input(
        "From and to, both included",
        value=[],
        max_value=today,
        key=keys.DAYS,
        format="DD/MM/YYYY",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    known = [day for day in days if isinstance(day, date)]
    if not known:
        return EVER
    return whole_days(*known[:2])


def _several(
    place: DeltaGenerator, label: str, key: str, options: Mapping[str, str], anything: str = "Any"
) -> tuple[str, ...]:
    chosen = place.multiselect(
        label,
        list(options),
        format_func=lambda code: options[code],
        key=key,
        placeholder=anything,
        bind="query-params",
        persist_state="session",
    )
    return tuple(chosen)


def _one_of(
    place: DeltaGenerator, label: str, key: str, options: Mapping[_Choice, str], anything: str = "Any"
) -> _Choice | None:
    chosen: _Choice | None = place.selectbox(
        label,
        list(options),
        index=None,
        format_func=lambda one: options[one],
        key=key,
        placeholder=anything,
        bind="query-params",
        persist_state="session",
    )
    return chosen


def _amount(place: DeltaGenerator, label: str, key: str) -> float | None:
    return place.number_input(
        label,
        min_value=0.0,
        value=None,
        step=10_000.0,
        format="%.0f",
        key=key,
        placeholder="Any",
        bind="query-params",
        persist_state="session",
    )


def _text(place: DeltaGenerator, label: str, key: str, hint: str, letters: int) -> str:
    """Not in the address, nor in the browser's memory of forms: it may name a person."""
    typed = place.text_input(
        label, key=key, placeholder=hint, max_chars=letters, autocomplete="off", persist_state="session"
    )
    return (typed or "").strip()


def _decisions(contract: Contract) -> Mapping[str, str]:
    return {code.code: DECIDED[code.code][0] if code.code in DECIDED else code.code for code in contract.decisions}


def _themselves(options: Sequence[str]) -> Mapping[str, str]:
    return {option: option for option in options}
