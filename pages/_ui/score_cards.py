"""The score of a case as cards, from frozen views: nothing is decided or computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from core.model.card import Card
from core.portfolio.contract import Contract, text
from core.portfolio.wording import percent
from core.scoring.facts import Fact
from core.scoring.key_figures import KeyFigure
from core.scoring.pd_scale import PdScale
from core.scoring.score import Reason, Score
from core.scoring.similar import SimilarClients, TooFewSimilar
from pages._ui import figure, pd_scale_chart, tables
from pages._ui.ready_figure import ReadyFigure
from pages._ui.words import RECOMMENDED, plain

_TILE = 215  # px: the longest comparison of a key figure on two lines


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


def figures(key_figures: Sequence[KeyFigure], narrow: bool) -> None:
    if narrow:
        tables.described(
            {plain(one.label): _in_one_line(one) for one in key_figures}, "Key figures with their comparisons"
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


def facts(rows: Sequence[Fact]) -> None:
    with st.container(border=True):
        with st.container(gap=None):
            st.subheader("Facts of the application", anchor=False)
            if any(fact.comparison for fact in rows):
                st.caption("Compared with clients whose value is known, a sample of those the model learnt from")
        tables.described(
            {plain(fact.label): plain(" · ".join(filter(None, (fact.shown, fact.comparison)))) for fact in rows},
            "Facts of the application, compared with other clients",
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


def behind_the_number(score: Score, card: Card, contract: Contract, language: str = "en") -> None:
    missing = [text(table.label, language) for table in contract.tables if table.name in card.source.missing_tables]
    lines = [
        _measured(card),
        f"Trained without: {', '.join(missing)}. What these say is missing from the score." if missing else "",
        f"Default means: {text(contract.portfolio.target_meaning, language)}",
        amounts_words(text(contract.portfolio.currency, language)),
        "The explanation says what moved the score; it names no cause, and not what the client should change.",
        f"Model {score.model_version}, {score.policy_version}, scored and explained in {score.latency_ms:.1f} ms.",
    ]
    with st.container(border=True):
        st.subheader("What stands behind the number", anchor=False)
        for line in filter(None, lines):
            st.caption(plain(line))


def amounts_words(currency: str) -> str:
    """In which unit every amount of the page is; `currency` is "" where the portfolio's contract names none."""
    if currency:
        return f"Amounts are in {currency}."
    return "Amounts are in the currency of the portfolio's tables; their publisher does not name it."


def _measured(card: Card) -> str:
    auc, measured = card.metrics.auc, card.metrics
    return (
        f"The model learnt from {card.rows.training:,} clients and {len(card.features)} features. "
        f"On {measured.clients:,} clients it never saw: mean PD {percent(measured.mean_pd)}, "
        f"{percent(measured.observed_rate.value)} defaulted; "
        f"AUC {auc.value:.3f} (95 % interval {auc.low:.3f} to {auc.high:.3f})."
    )
