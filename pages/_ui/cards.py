"""Frozen views to screen: nothing is decided or computed here, and data is shown as text, never as markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from core.model.card import Card
from core.portfolio.contract import Contract, text
from core.portfolio.wording import percent
from core.scoring.facts import Fact
from core.scoring.key_figures import KeyFigure
from core.scoring.pd_scale import PdScale
from core.scoring.score import Reason, Score
from core.scoring.similar import SimilarClients, TooFewSimilar
from core.scoring.waterfall import Waterfall
from pages._ui import figure, pd_scale_chart, waterfall_chart
from pages._ui.ready_figure import ReadyFigure
from pages._ui.words import RECOMMENDED, plain

# px below which a third of the row is too narrow for its part, so that parts come to stand below each other
_COLUMN, _HEAD_COLUMN, _INNER_COLUMN = 280, 190, 260
DIRECTIONS = "▲ raises risk, ▼ lowers risk"
_TILE = 215  # px: the longest comparison of a key figure on two lines

_below_the_menu: ContextVar[DeltaGenerator] = ContextVar("below the menu of this run")


def header() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where the title goes, and where the controls of the page go."""
    row = st.grid(3, min_column_width=_HEAD_COLUMN)
    return row.cell(), row.cell(column_span=2)


def title(place: DeltaGenerator, words: str, aside: str) -> None:
    with place.container(gap=None):
        st.header(plain(words), anchor=False)
        st.caption(plain(aside))


def portfolio(contract: Contract, language: str = "en") -> str:
    return text(contract.portfolio.title, language)


def menu(pages: Mapping[str, Sequence[Page]]) -> None:
    with st.sidebar:
        for group, entries in pages.items():
            with st.container(gap="xxsmall"):
                st.caption(group)
                for page in entries:
                    st.page_link(page, icon=page.icon)
        _below_the_menu.set(st.container())


def two_thirds() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Side by side where there is room for both, else one below the other: no server knows how wide a window is."""
    row = st.grid(3, min_column_width=_COLUMN)
    return row.cell(column_span=2), row.cell()


def one_third_first() -> tuple[DeltaGenerator, DeltaGenerator]:
    """As `two_thirds`, the narrow part before the wide one; for the inside of a card."""
    row = st.grid(3, min_column_width=_INNER_COLUMN)
    return row.cell(), row.cell(column_span=2)


@contextmanager
def verdict(
    score: Score, headline: str, scale: PdScale, around: SimilarClients | TooFewSimilar, narrow: bool
) -> Iterator[None]:
    """The sentence, and below it the scale with the range of similar clients; the block adds warnings."""
    similar = around if isinstance(around, SimilarClients) else None
    name, icon, colour = RECOMMENDED[score.recommendation]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(name, icon=icon, color=colour)
            st.caption(
                f"Policy: approve below {percent(score.cut)}, refer from there, "
                f"decline from {percent(score.decline_from)}",
                width="content",
            )
        st.subheader(plain(headline), anchor=False)
        st.plotly_chart(
            ReadyFigure(pd_scale_chart.figure_of(scale, score.recommendation, narrow, similar)),
            config=figure.CONFIG,
            key="pd_scale",
            alt=f"Scale of default probabilities by grade: {scale.client.text}, {scale.cut.text}. "
            f"{similar.range if similar else ''}",
        )
        if similar:
            st.caption(plain(similar.range))
        if scale.note:
            st.caption(scale.note)
        yield


def problems(what: str, lines: Sequence[str]) -> None:
    """Everything that is wrong, a line each, in the core's words."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/error: **{plain(what)}**")
        for one in lines:
            st.caption(plain(one))


def figures(key_figures: Sequence[KeyFigure], narrow: bool) -> None:
    if narrow:
        st.table(
            {plain(one.label): _in_one_line(one) for one in key_figures},
            border="horizontal",
            alt="Key figures with their comparisons",
        )
        return
    pairs = st.grid(2, min_column_width=2 * _TILE + 30)
    for first in range(0, len(key_figures), 2):
        with pairs.cell(), st.grid(2, min_column_width=_TILE):
            for one in key_figures[first : first + 2]:
                _metric(one)


def _in_one_line(one: KeyFigure) -> str:
    return f"**{plain(one.shown)}** · {plain(' '.join(filter(None, (one.change, one.comparison))))}"


def _metric(one: KeyFigure) -> None:
    st.metric(
        one.label,
        plain(one.shown),
        one.change or None,
        delta_color="red" if one.worse else "green",
        delta_arrow="up" if one.up else "down",
        delta_description=one.comparison,
        help=plain(one.explanation) or None,
        border=True,
        height="stretch",
    )


@contextmanager
def why() -> Iterator[None]:
    with st.container(border=True):
        yield


def waterfall(view: Waterfall, narrow: bool) -> None:
    st.plotly_chart(
        ReadyFigure(waterfall_chart.figure_of(view, narrow)),
        config=figure.CONFIG,
        key="waterfall",
        alt=f"Waterfall from the model's base to this client. {view.sum_check}",
    )
    st.caption(DIRECTIONS)


def sum_check(view: Waterfall, not_used: str) -> None:
    st.caption(plain(f"Sum check: {view.sum_check}. {not_used} {view.note}"))


def facts(rows: Sequence[Fact]) -> None:
    with st.container(border=True):
        st.subheader("Facts of the application", anchor=False)
        st.table(
            {plain(fact.label): plain(" · ".join(filter(None, (fact.shown, fact.comparison)))) for fact in rows},
            border="horizontal",
            alt="Facts of the application, compared with other clients",
        )


def reasons(rows: Sequence[Reason]) -> None:
    with st.container(border=True):
        with st.container(gap=None):
            st.subheader("Principal reasons", anchor=False)
            st.caption("What raises this client's risk most, in the words of a letter")
        if not rows:
            st.markdown("No single factor raises the risk by a point or more.")
        for place, reason in enumerate(rows, start=1):
            with st.container(gap="xxsmall"):
                st.markdown(f"**{place}. {plain(reason.label)}**")
                st.caption(plain(reason.text))


@contextmanager
def nobody_yet() -> Iterator[None]:
    """The page before a number was given; the block adds what to try."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("large")
        st.subheader("Whom shall we look at?", anchor=False, width="content")
        st.caption(
            "Type a client number and press Enter, take the next application that waits, or try one of these.",
            text_alignment="center",
        )
        yield
        st.space("large")


@contextmanager
def sign_in_column() -> Iterator[None]:
    """The one narrow column of a visitor who is not at work yet."""
    with st.container(horizontal=True, horizontal_alignment="center"), st.container(width=420):
        st.space("medium")
        yield


def welcome(ended: str | None, nobody_yet: bool) -> None:
    """Above the sign-in form; `ended` says why an earlier session is over."""
    with st.container(gap=None):
        st.header("Solvent", anchor=False)
        st.caption("The credit analyst's desk")
    if nobody_yet:
        st.info("There are no accounts yet. On the machine itself: make setup, or python -m core people add.")
    elif ended:
        st.info(f"Your session has ended: {ended}.", icon=":material/logout:")


@contextmanager
def refusal(what: str, icon: str, message: str) -> Iterator[None]:
    """Thing, rule and remedy, as core said them; the block adds what to do instead."""
    with st.container(border=True):
        st.subheader(what, icon=icon, anchor=False)
        st.markdown(plain(message.replace("`", "")))
        yield


def in_force(model_version: str, policy_version: str) -> None:
    """Below the menu, above the way out: what scores are made with."""
    with _below_the_menu.get(st.sidebar):
        st.divider()
        with st.container(gap="xsmall"):
            st.badge(plain(f"Model {model_version}"), icon=":material/account_tree:", help="The model in use.")
            st.badge(plain(policy_version), icon=":material/policy:", help="The policy in force.")


def behind_the_number(score: Score, card: Card, contract: Contract, language: str = "en") -> None:
    missing = [text(table.label, language) for table in contract.tables if table.name in card.source.missing_tables]
    lines = [
        _measured(card),
        f"Trained without: {', '.join(missing)}. What these say is missing from the score." if missing else "",
        f"Default means: {text(contract.portfolio.target_meaning, language)}",
        "The explanation says what moved the score; it names no cause, and not what the client should change.",
        f"Model {score.model_version}, {score.policy_version}, scored and explained in {score.latency_ms:.1f} ms.",
    ]
    with st.container(border=True):
        st.subheader("What stands behind the number", anchor=False)
        for line in filter(None, lines):
            st.caption(plain(line))


def keyboard(keys: Sequence[tuple[str, str]]) -> None:
    """What can be done without a mouse, beside Tab, arrows and Enter."""
    with st.container(border=True):
        st.subheader("Keyboard", anchor=False)
        st.table({f"`{key}`": plain(does) for key, does in keys}, border="horizontal", alt="Keyboard shortcuts")
        st.caption("Outside a text field. Esc leaves one; Tab and the arrow keys reach everything else.")


def _measured(card: Card) -> str:
    auc, measured = card.metrics.auc, card.metrics
    return (
        f"The model learnt from {card.rows.training:,} clients and {len(card.features)} features. "
        f"On {measured.clients:,} clients it never saw: mean PD {percent(measured.mean_pd)}, "
        f"{percent(measured.observed_rate.value)} defaulted; "
        f"AUC {auc.value:.3f} (95 % interval {auc.low:.3f} to {auc.high:.3f})."
    )
