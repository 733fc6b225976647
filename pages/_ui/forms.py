"""Widgets to frozen questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from core.scoring.waterfall import Grouping, Unit
from pages._ui import state, words

NEXT_KEY, REFERRED_KEY = "N", "E"
LONGEST_NUMBER = 40  # characters
_TOO_LONG = "number_too_long"
TOO_LONG = f"A client number has at most {LONGEST_NUMBER} characters."


@dataclass(frozen=True)
class WhyQuestion:
    unit: Unit
    grouping: Grouping
    bars: int


def how_asked() -> bool:
    """Whether a new application is typed in; else a client is asked for by number."""
    st.segmented_control(
        "Whom to score",
        list(words.ENTRIES),
        default=state.first_entry(),
        key=state.ENTRY,
        format_func=lambda choice: words.ENTRIES[choice],
        required=True,
        label_visibility="collapsed",
    )
    state.link_entry()
    return state.by_form()


def client_number(waiting: Sequence[str], is_open: Callable[[str], bool]) -> str:
    """The client number that was typed, linked to or taken from the waiting applications; empty when there is none.

    `is_open`: whether nothing was decided on a waiting application yet.
    """
    with st.container(horizontal=True, vertical_alignment="center", width="content", gap="xsmall"):
        st.text_input(
            "Client number",
            key=state.CLIENT,
            bind="query-params",
            label_visibility="collapsed",
            placeholder="Client number, then Enter",
            icon=":material/search:",
            on_change=_refuse_too_long,  # not max_chars: the browser drops a longer one without a word
            width=200,
        )
        st.button(
            "Next waiting",
            shortcut=NEXT_KEY,
            help=f"The next undecided one of {len(waiting):,} new applications, in the order of their numbers.",
            disabled=not waiting,
            on_click=_choose_following,
            args=(waiting, is_open),
        )
    return state.client()


def _refuse_too_long() -> None:
    """The page says why; in the address it would be in the way of everything else."""
    if len(state.client()) > LONGEST_NUMBER:
        state.choose_client("")
        st.session_state[_TOO_LONG] = True


def is_too_long(client: str) -> bool:
    """Whether what was typed, just now, or stands in the address is longer than any number."""
    return bool(st.session_state.pop(_TOO_LONG, False)) or len(client) > LONGEST_NUMBER


def next_referred(take: Callable[[], None]) -> None:
    """For those who decide what others have referred."""
    st.button(
        "Next referred",
        shortcut=REFERRED_KEY,
        help="The oldest application that was referred and waits for a risk manager, then the one after it.",
        on_click=take,
    )
    if state.take_nothing_referred():
        st.toast("No referred application waits.", icon=":material/task_alt:")


def _choose_following(waiting: Sequence[str], is_open: Callable[[str], bool]) -> None:
    state.choose_client(next_open(state.client(), waiting, is_open))


def next_open(current: str, waiting: Sequence[str], is_open: Callable[[str], bool]) -> str:
    """The first open one behind the current; just the one behind where all are decided."""
    first = following(current, waiting)
    candidate = first
    for _ in waiting:
        if is_open(candidate):
            return candidate
        candidate = following(candidate, waiting)
    return first


def following(current: str, waiting: Sequence[str]) -> str:
    """The waiting application after the current one; the first when the current one does not wait or is the last."""
    place = waiting.index(current) + 1 if current in waiting else 0
    return waiting[place % len(waiting)] if waiting else ""


def try_one(keys: Sequence[str], alignment: Literal["left", "center"] = "left") -> None:
    """Known client numbers to choose from."""
    with st.container(horizontal=True, horizontal_alignment=alignment):
        for key in keys:
            st.button(key, key=f"try_{key}", on_click=state.choose_client, args=(key,))


def unit(key: str) -> Unit:
    """What contributions are shown in; `key`: of this control."""
    chosen = st.segmented_control(
        "Unit",
        list(Unit),
        default=Unit.POINTS,
        key=key,
        format_func=lambda choice: words.UNITS[choice],
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or Unit.POINTS


def why() -> WhyQuestion:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Why", anchor=False, width="content")
        with st.container(horizontal=True, horizontal_alignment="right", width="content"):
            chosen_unit = unit(state.UNIT)
            grouping = st.segmented_control(
                "One bar for each",
                list(Grouping),
                default=Grouping.FAMILY,
                key=state.GROUPING,
                format_func=lambda choice: words.GROUPINGS[choice],
                required=True,
                label_visibility="collapsed",
                persist_state="session",
            )
    return WhyQuestion(chosen_unit, grouping or Grouping.FAMILY, state.bars())


def bars() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        st.caption("Bars shown", width="content")
        st.segmented_control(
            "Number of bars",
            state.BAR_CHOICES,
            default=state.BAR_CHOICES[1],
            key=state.BARS,
            format_func=lambda choice: f":gray[{choice}]",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )


def as_table() -> ExpanderContainer:
    """The part that holds the table beside the chart; it is drawn only while the part is open."""
    return st.expander("The same as a table", icon=":material/table_rows:", key=state.AS_TABLE, on_change="rerun")
