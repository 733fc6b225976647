"""One page of what was decided, filtered, sorted and cut: quick among a million decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from core.casework.history_cut import cut
from core.casework.history_question import HistoryQuestion, KnownOutcome, State
from core.casework.history_sql import ERASED, LATEST_OUTCOMES, ORDERS, Matching, matching

MOST_NOTES = 5_000  # newest filtered rows whose notes are unsealed for one search

Notes = Callable[[Sequence[int]], Mapping[int, str]]  # decisions by sequence -> their notes; erased ones are left out

_ROW = """
    select page.sequence, page."at" as at_utc, page.application, page.applicant, page.actor as officer, page.role,
        page.decision, page.recommendation, page.override_code, page.override_side, page.default_probability,
        page.points, page.grade, page.amount, page.model_version, page.policy_version, page.demo,
        case
            when {erased} then 'erased'
            when page.decision = '' then 'open'
            when page.decision = 'refer'
                and page.sequence not in (select settles from decisions where settles {only}) then 'referred'
            else 'closed'
        end as state,
        coalesce(latest.outcome, 'none') as outcome, latest.observed_on
    from {page} as page
    left join (select * from {latest} where decision_sequence {only}) as latest
        on latest.decision_sequence = page.sequence
    order by {key} {way}, page.sequence desc"""


@dataclass(frozen=True)
class HistoryRow:
    """One decision (or one open score) with what is known of its application by now."""

    sequence: int
    at: datetime
    application: str
    applicant: str
    officer: str
    role: str
    decision: str  # empty: nothing decided yet
    recommendation: str
    override_code: str
    override_side: str
    default_probability: float
    points: float | None
    grade: str
    amount: float | None
    model_version: str
    policy_version: str
    demo: bool
    state: State
    outcome: KnownOutcome  # the latest; of the decision that approved
    observed_on: date | None


@dataclass(frozen=True)
class HistoryPage:
    rows: tuple[HistoryRow, ...]
    total: int  # rows of all pages
    page: int  # the last one where a later one was asked for
    pages: int  # at least 1
    notes_searched: int | None = None  # newest filtered rows whose notes were searched; None: no note was asked for


def history_page(
    cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, notes: Notes | None = None
) -> HistoryPage:
    """The asked page; equal rows stand newest first, so pages never overlap.

    `notes` unseals them; a question for a note without it is a mistake of the caller.
    """
    asked, searched = asked_rows(cursor, question, notes)
    found = cut(cursor, asked, question)
    rows = _rows(cursor, question, asked.only(found.sequences)) if found.total else ()
    return HistoryPage(rows, found.total, found.page, found.pages, searched)


def asked_rows(
    cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, notes: Notes | None
) -> tuple[Matching, int | None]:
    """The rows of all pages, and how many notes were searched for them."""
    filtered = matching(cursor, question)
    if not question.note:
        return filtered, None
    if notes is None:
        raise ValueError("history: a search in notes needs what unseals them")
    newest = f"select sequence from {filtered.sql} order by sequence desc limit {MOST_NOTES}"
    sequences = [sequence for (sequence,) in cursor.execute(newest, filtered.bound).fetchall()]
    wanted = question.note.casefold()
    found = [sequence for sequence, note in notes(sequences).items() if wanted in note.casefold()]
    return filtered.only(found), len(sequences)


def _rows(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, page: Matching) -> tuple[HistoryRow, ...]:
    sql = _rows_sql(question, page, only="= any($only)")
    return tuple(_row(cells) for cells in cursor.execute(sql, page.bound).fetchall())


def all_rows_sql(question: HistoryQuestion, asked: Matching) -> str:
    """Every row in the asked order, to be run with the values bound in `asked`."""
    return _rows_sql(question, asked, only="is not null")


def _rows_sql(question: HistoryQuestion, asked: Matching, only: str) -> str:
    """`only`: which decisions' outcomes and settlements are looked at; a page needs few."""
    key, way = ORDERS[question.sort].key, "desc" if question.descending else "asc"
    return _ROW.format(page=asked.sql, erased=ERASED, latest=LATEST_OUTCOMES, only=only, key=key, way=way)


def _row(cells: tuple[Any, ...]) -> HistoryRow:
    row = HistoryRow(*cells)
    return replace(row, at=row.at.replace(tzinfo=UTC), state=State(row.state), outcome=KnownOutcome(row.outcome))
