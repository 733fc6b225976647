"""The filters of the history as widgets; together they are one frozen question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.casework.history_choices import HistoryChoices
from core.casework.history_question import (
    EVER,
    OUTCOME_WORDS,
    OVERRIDE_WORDS,
    STATE_WORDS,
    HistoryQuestion,
    Period,
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
ANY: Final = "Any"
ANYTHING_DECIDED: Final = "Everything decided"
OVERRIDES: Final = {one: words.capitalize() for one, words in OVERRIDE_WORDS.items()}
STATES: Final = {one: words.capitalize() for one, words in STATE_WORDS.items()}
OUTCOMES: Final = {one: words.capitalize() for one, words in OUTCOME_WORDS.items()}
_NOTHING: Final[Mapping[str, object]] = {  # what a filter has that leaves everything in, where that is a choice
    keys.OVERRIDE: ANY,
    keys.OUTCOME: ANY,
    keys.STATE: ANYTHING_DECIDED,
}
_HIDDEN: Final = (
    *(keys.GRADE, keys.POLICY, keys.MODEL, keys.STATE, keys.OUTCOME),
    *(keys.AMOUNT_FROM, keys.AMOUNT_TO, keys.NOTE),
)
_IN_A_ROW: Final = 4
_COLUMN: Final = 190  # px: the name of an officer with its cross
_DAYS: Final = 250  # px: two dates
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
    with _places(narrow) as place:
        period = _period(_period_place(place, narrow), asked.now, narrow)
        recommendations = _several(place(1), "Recommended", keys.RECOMMENDED, {c: w[0] for c, w in RECOMMENDED.items()})
        decisions = _several(place(1), "Decided", keys.DECIDED, _decisions(asked.contract))
        officers = _several(place(1), "By", keys.OFFICER, _themselves(asked.choices.officers), "Anyone")
        override = _one_of(place(1), "Override", keys.OVERRIDE, OVERRIDES)
        about = _text(place(1), "Application or client", keys.ABOUT, "Id or number", 40)
        more = place(1) if narrow else _more(place(1), asked.choices)
        with more:
            left, right = (more, more) if narrow else st.columns(2)
            hidden = HistoryQuestion(
                period,
                grades=_several(left, "Grade", keys.GRADE, _themselves(asked.choices.grades)),
                outcome=_one_of(right, "Outcome", keys.OUTCOME, OUTCOMES),
                state=_one_of(left, "State", keys.STATE, STATES),
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
    """`alone`: it stands where a list would be, a part of the page that is drawn by itself."""
    pressed = st.button(
        "Reset filters",
        icon=":material/filter_alt_off:",
        type="secondary" if alone else "tertiary",
        on_click=keys.reset,
        args=({keys.PERIOD: LAST_90, **_NOTHING},),
        key=f"reset_filters_{alone}",
    )
    if pressed and alone:
        st.rerun()  # the filters and the charts stand outside that part


@contextmanager
def _places(narrow: bool) -> Iterator[Callable[[int], DeltaGenerator]]:
    """Where the next of the main filters goes, so many columns wide: as many side by side as can be read."""
    if narrow:
        with st.expander("Filters", icon=":material/filter_alt:"):
            yield lambda _: st.container()
        return
    filters = st.grid(_IN_A_ROW, min_column_width=_COLUMN)
    yield lambda columns: filters.cell(column_span=columns)


def _period_place(place: Callable[[int], DeltaGenerator], narrow: bool) -> DeltaGenerator:
    """With room for the days beside it: nothing else moves when they are asked for."""
    both = place(2)
    return both if narrow else both.container(horizontal=True)


def _more(place: DeltaGenerator, choices: HistoryChoices) -> DeltaGenerator:
    """Where the other filters go; how many of them are in use is on the button."""
    offered: dict[str, Collection[str]] = {
        keys.GRADE: choices.grades,
        keys.POLICY: choices.policies,
        keys.MODEL: choices.models,
        keys.STATE: STATES.values(),
        keys.OUTCOME: OUTCOMES.values(),
    }
    used = sum(_in_use(name, offered.get(name)) for name in _HIDDEN)
    place.space("small")  # where its neighbours have their label
    more = place.popover(
        f"More ({used})" if used else "More", icon=":material/tune:", key="more_filters", width="stretch"
    )
    return more.container(width=520)


def _in_use(name: str, offered: Collection[str] | None) -> bool:
    """A link may ask for what is not offered: that is left out. `offered`: None where any value is."""
    linked = st.query_params.get_all(name)
    chosen = st.session_state.get(name)
    asked = any(offered is None or one in offered for one in linked)
    return asked or (bool(chosen) and chosen != _NOTHING.get(name))


def _period(place: DeltaGenerator, now: datetime, narrow: bool) -> Period:
    chosen = place.selectbox(
        "Period",
        list(PERIODS),
        key=keys.PERIOD,
        bind="query-params",
        persist_state="session",
    )
    if chosen == FROM_TO:
        return _between(place, now.astimezone(UTC).date(), "stretch" if narrow else _DAYS)
    return _since(now, PERIODS.get(chosen))


def _since(now: datetime, days: int | None) -> Period:
    return EVER if days is None else last_days(now, days)


def _between(place: DeltaGenerator, today: date, width: int | Literal["stretch"]) -> Period:
    """A range that is half chosen is open on its other side."""
    chosen = place.date_input(
        "From and to, both included",
        value=[],
        max_value=today,
        key=keys.DAYS,
        format="DD/MM/YYYY",
        width=width,
        bind="query-params",
        persist_state="session",
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    known = [day for day in days if isinstance(day, date)]
    if not known:
        return EVER
    return whole_days(*known[:2])


def _several(
    place: DeltaGenerator, label: str, key: str, options: Mapping[str, str], anything: str = ANY
) -> tuple[str, ...]:
    chosen = place.multiselect(
        label,
        list(options),
        format_func=lambda code: options[code],
        key=key,
        placeholder=anything,
        wrap=True,
        bind="query-params",
        persist_state="session",
    )
    return tuple(chosen)


def _one_of(place: DeltaGenerator, label: str, key: str, options: Mapping[_Choice, str]) -> _Choice | None:
    """What lets everything through is a choice too: a list that can be cleared is cleared by the Esc that closes it."""
    chosen = place.selectbox(
        label,
        [_NOTHING[key], *options.values()],
        key=key,
        bind="query-params",
        persist_state="session",
    )
    return next((one for one, words in options.items() if words == chosen), None)


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
