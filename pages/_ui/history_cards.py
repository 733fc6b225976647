"""The head of the history and its charts: what the filtered decisions come to, over time and by probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

import streamlit as st

from core.accounts.roles import Action, Page
from core.casework.case_state import day_words
from core.casework.changes_in_force import Change, changes, policy_at_the_end, within
from core.casework.demo_decisions import demo_decisions, demo_sentence
from core.casework.history_question import HistoryQuestion, State
from core.casework.history_summary import (
    Share,
    apart_words,
    days_of,
    in_a_sentence,
    notes_sentence,
    open_sentence,
    thing,
    week_shares,
)
from core.casework.pd_spread import PdSpread
from core.casework.volumes import Grain, OverrideView, PdBin, Volume, overrides, pd_histogram, volumes
from core.ledger.ledger import Ledger
from pages._ui import beside, cache, figure, guard, history_spread_chart, history_state, history_trend_chart, screen
from pages._ui.ready_figure import ReadyFigure
from pages._ui.words import plain

_SHARES: Final = {Share.APPROVED: "Approval rate", Share.WITHOUT_REFERRAL: "Decided without referral"}
_SPREADS: Final = {"pd": "PD by decision", "overrides": "Overrides"}
_NOTHING: Final = {
    "pd": "None of these has a default probability.",
    "overrides": "Nothing was approved or declined here, so nothing can be an override.",
}
_CHART: Final = 420  # px: the labels of its axes have room
_Choice = TypeVar("_Choice")


@dataclass(frozen=True)
class HistoryView:
    """The filtered decisions all together."""

    days: tuple[date, date]  # the first and the last one that are looked at
    thing: str  # what is counted: "decision" or "application"
    weeks: Sequence[Volume]
    bins: Sequence[PdBin]
    overridden: OverrideView
    sentence: str
    changes: Sequence[Change]  # of the period
    policy: Change | None  # in force when it ended


def view(ledger: Ledger, question: HistoryQuestion, now: datetime) -> HistoryView:
    with ledger.reading() as cursor:
        weeks = volumes(cursor, question, Grain.WEEK)
        bins = pd_histogram(cursor, question)
        overridden = overrides(cursor, question)
        demo = demo_decisions(cursor, question)
    known = changes(ledger)
    days = days_of(question.period, now)
    sentences = (
        open_sentence(weeks, days) if question.state is State.OPEN else in_a_sentence(weeks, overridden.total, days),
        demo_sentence(demo, sum(week.decisions for week in weeks)),
        notes_sentence(question),
    )
    period = question.period
    return HistoryView(
        days=days,
        thing=thing(question),
        weeks=weeks,
        bins=bins,
        overridden=overridden,
        sentence=" ".join(said for said in sentences if said),
        changes=within(known, period),
        policy=policy_at_the_end(known, period),
    )


def head(sentence: str) -> None:
    with st.container(gap=None):
        st.header("Decision history", anchor=False)
        st.caption(plain(f"{sentence} {verified()}".strip()))


def verified() -> str:
    """What is known of the chain at this moment."""
    found = beside.verifying.found
    if found is None:
        return "The chain is being verified."
    if found.sound:
        behind = cache.ledger().head.count - found.events
        return f"Chain verified up to event {found.events:,}{f'; {behind:,} came since' if behind > 0 else ''}."
    where = "" if found.first_bad is None else f" from event {found.first_bad:,} on"
    return f"The record is not sound{where}."


def charts(seen: HistoryView) -> None:
    """Side by side where both can be read, else below each other."""
    places = st.grid(2, min_column_width=_CHART, border=True)
    with places.cell():
        _over_time(seen)
    with places.cell():
        _spread(seen)


@st.fragment
def _over_time(seen: HistoryView) -> None:
    guard.require(Page.HISTORY, Action.READ)
    chosen = _head_with_switch("Over time", history_state.SHARE, _SHARES, Share.APPROVED)
    weeks = week_shares(seen.weeks, chosen, seen.days)
    names = history_trend_chart.Names(_SHARES[chosen], seen.thing)
    marked = history_trend_chart.marks(weeks, seen.changes)
    st.plotly_chart(
        ReadyFigure(history_trend_chart.figure_of(weeks, marked, names, screen.is_narrow())),
        config=figure.CONFIG,
        key="history_trend",
        alt=f"{_SHARES[chosen]} and number of {seen.thing}s by week. {seen.sentence}",
    )
    of = f"Share of what was approved or declined; weeks begin on Monday. {history_trend_chart.cut_off(weeks)}"
    st.caption(
        " ".join([plain(of.strip()), *(f"**{mark.number}** {plain(_in_force(mark.change))}" for mark in marked)])
    )


def _in_force(change: Change) -> str:
    thing = "policy" if change.is_policy else "model"
    version = change.version.removeprefix("policy-")
    return f"New {thing} {version} from {day_words(change.at.date())} on."


@st.fragment
def _spread(seen: HistoryView) -> None:
    guard.require(Page.HISTORY, Action.READ)
    chosen = _head_with_switch("Spread", history_state.SPREAD, _SPREADS, "pd")
    if chosen == "pd" and seen.bins:
        _by_probability(seen)
    elif chosen == "overrides" and seen.overridden.total.decisions:
        _overrides(seen.overridden)
    else:
        st.caption(_NOTHING[chosen])


def _by_probability(seen: HistoryView) -> None:
    spread = PdSpread(seen.bins)
    st.plotly_chart(
        ReadyFigure(history_spread_chart.spread(spread, seen.policy, seen.thing, screen.is_narrow())),
        config=figure.CONFIG,
        key="history_pd",
        alt=f"{seen.thing.capitalize()}s by default probability, each bar split by what was decided. {seen.sentence}",
    )
    cut = "" if seen.policy is None else f" Cut-offs: {seen.policy.version}, in force when the period ends."
    st.caption(f"{history_spread_chart.legend(spread)}. {plain(f'The axis is in log-odds.{cut}')}")


def _overrides(overridden: OverrideView) -> None:
    st.plotly_chart(
        ReadyFigure(history_spread_chart.overrides(overridden)),
        config=figure.CONFIG,
        key="history_overrides",
        alt="Override rate of each officer and of everybody, split into low side and high side",
    )
    st.caption(
        f"{history_spread_chart.SIDES_LEGEND}. Low side: approved where decline was recommended. High side: declined "
        "where approve was. An answer to a referral is no override. Share of what was approved or declined, with its "
        f"95 % interval. {plain(f'{history_spread_chart.left_out(overridden)} {apart_words(overridden)}'.strip())}"
    )


def _head_with_switch(title: str, key: str, choices: Mapping[_Choice, str], first: _Choice) -> _Choice:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False, width="content")
        chosen = st.segmented_control(
            title,
            list(choices),
            default=first,
            key=key,
            format_func=lambda choice: f":gray[{choices[choice]}]",
            required=True,
            label_visibility="collapsed",
        )
    return first if chosen is None else chosen


def nothing_yet() -> None:
    with st.container(border=True, horizontal_alignment="center"):
        st.space("medium")
        st.subheader("Nothing has been decided yet", anchor=False, width="content")
        st.caption(
            "Every decision on the Score page stands here from the moment it is recorded, for good.",
            text_alignment="center",
        )
        st.space("medium")
