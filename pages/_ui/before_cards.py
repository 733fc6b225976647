"""What was decided on this client so far, newest first; what was decided on the case on the screen is marked."""

from __future__ import annotations

import streamlit as st

from core.casework.case_state import REFER
from core.casework.history import HistoryRow, history_page
from core.casework.history_question import EVER, HistoryQuestion, KnownOutcome, State
from core.casework.override_sides import SIDE_WORDS
from core.ledger.event import Event
from core.portfolio.wording import counted, money, percent
from pages._ui import cache, guard
from pages._ui.words import DECIDED, DECIDED_OTHERWISE, RECOMMENDED, plain

_MOST = 10
_HEADS = ("Decided", "By", "Credit amount", "PD", "Recommended", "Decided as", "Outcome")


def before(scored: Event | str, narrow: bool) -> None:
    """Nothing is drawn for a client on whom nothing was decided, or while there is no record."""
    if isinstance(scored, str) or not scored.applicant:
        return
    with guard.refusals(), cache.ledger().reading() as cursor:
        page = history_page(cursor, HistoryQuestion(EVER, about=scored.applicant, rows_per_page=_MOST))
    if not page.rows:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Decided on this client so far", anchor=False, width="content")
            st.caption(_count(page.total), width="content")
        st.table(
            [_row(row, scored.application, narrow) for row in page.rows],
            border="horizontal",
            alt="Decisions on this client, newest first",
        )


def _count(total: int) -> str:
    shown = f", the newest {_MOST} shown" if total > _MOST else ""
    return f"{counted(total, 'decision')}{shown}"


def _row(row: HistoryRow, here: str, narrow: bool) -> dict[str, str]:
    """On a phone in two columns: when and by whom, then all else in one sentence."""
    cells = _cells(row, here)
    if not narrow:
        return dict(zip(_HEADS, cells, strict=True))
    at, officer, amount, pd, recommended, decided, outcome = cells
    what = f"{decided} (recommended: {recommended.lower()}). Credit amount {amount}, PD {pd}; outcome {outcome}"
    return {"Decided": f"{at}, {officer}", "As": what}


def _cells(row: HistoryRow, here: str) -> tuple[str, ...]:
    """`here`: the application on the screen."""
    recommended, *_ = RECOMMENDED.get(row.recommendation, (row.recommendation, "", ""))
    decided, *_ = DECIDED.get(row.decision, DECIDED_OTHERWISE)
    cells = (
        f"{row.at:%-d %b %Y}, this application" if row.application == here else f"{row.at:%-d %b %Y}",
        row.officer,
        "not given" if row.amount is None else money(row.amount),
        percent(row.default_probability),
        recommended,
        f"{decided}, {SIDE_WORDS[row.override_side]}" if row.override_side in SIDE_WORDS else decided,
        _outcome(row),
    )
    return tuple(plain(cell) for cell in cells)


def _outcome(row: HistoryRow) -> str:
    """What became of the loan; where none was granted, why."""
    if row.decision.startswith("approve"):
        return "not known" if row.outcome is KnownOutcome.NONE else f"{row.outcome}"
    if row.decision == REFER:
        return "waiting" if row.state is State.REFERRED else "decided since"
    return "not granted"
