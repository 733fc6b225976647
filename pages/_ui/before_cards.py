"""What was decided on this client before, newest first."""

from __future__ import annotations

import streamlit as st

from core.casework.history import HistoryRow, history_page
from core.casework.history_question import EVER, HistoryQuestion, KnownOutcome
from core.ledger.event import Event
from core.portfolio.wording import money, percent
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
            st.subheader("This client before", anchor=False, width="content")
            st.caption(_count(page.total), width="content")
        st.table(
            [_in_two_columns(row) if narrow else dict(zip(_HEADS, _cells(row), strict=True)) for row in page.rows],
            border="horizontal",
            alt="Earlier decisions on this client, newest first",
        )


def _count(total: int) -> str:
    shown = f", the newest {_MOST} shown" if total > _MOST else ""
    return f"{total:,} decision{'' if total == 1 else 's'}{shown}"


def _in_two_columns(row: HistoryRow) -> dict[str, str]:
    """For a phone: when and by whom, then all else in one sentence."""
    at, officer, amount, pd, recommended, decided, outcome = _cells(row)
    what = f"{decided} (recommended: {recommended.lower()}). Credit amount {amount}, PD {pd}; outcome {outcome}"
    return {"Decided": f"{at}, {officer}", "As": what}


def _cells(row: HistoryRow) -> tuple[str, ...]:
    recommended, *_ = RECOMMENDED.get(row.recommendation, (row.recommendation, "", ""))
    decided, *_ = DECIDED.get(row.decision, DECIDED_OTHERWISE)
    outcome = "not known" if row.outcome is KnownOutcome.NONE else f"{row.outcome}"
    cells = (
        f"{row.at:%-d %b %Y}",
        row.officer,
        "not given" if row.amount is None else money(row.amount),
        percent(row.default_probability),
        recommended,
        f"{decided}, {row.override_side}-side override" if row.override_side else decided,
        outcome if row.decision.startswith("approve") else "not granted",
    )
    return tuple(plain(cell) for cell in cells)
