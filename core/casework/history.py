"""One page of what was decided, filtered, sorted and cut where the rows are: quick among a million decisions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import Any

import duckdb

from core.casework.history_question import HistoryQuestion, KnownOutcome, State
from core.casework.history_sql import ERASED, LATEST_OUTCOMES, ORDERS, Matching, matching

MOST_NOTES = 5_000  # newest filtered rows whose notes are unsealed for one search

Notes = Callable[[Sequence[int]], Mapping[int, str]]  # decisions by sequence -> their notes; erased ones are left out
Step = str | float | int
_FEW = (State.OPEN, State.REFERRED)  # dear to find, so found once instead of for the count and again for the page

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
    steps = _steps(cursor, question, asked)
    total = sum(count for _, count in steps)
    pages = max(1, -(-total // question.rows_per_page))
    shown = replace(question, page=min(question.page, pages))
    rows = _rows(cursor, shown, _keys(cursor, shown, asked, steps)) if total else ()
    return HistoryPage(rows, total, shown.page, pages, searched)


def asked_rows(
    cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, notes: Notes | None
) -> tuple[Matching, int | None]:
    """The rows of all pages, and how many notes were searched for them."""
    filtered = matching(question)
    if question.about or question.state in _FEW:
        filtered = filtered.only(_sequences(cursor, filtered, ""))
    if not question.note:
        return filtered, None
    if notes is None:
        raise ValueError("history: a search in notes needs what unseals them")
    sequences = _sequences(cursor, filtered, f"order by sequence desc limit {MOST_NOTES}")
    wanted = question.note.casefold()
    found = [sequence for sequence, note in notes(sequences).items() if wanted in note.casefold()]
    return filtered.only(found), len(sequences)


def _sequences(cursor: duckdb.DuckDBPyConnection, asked: Matching, which: str) -> list[int]:
    found = cursor.execute(f"select sequence from {asked.sql} {which}", asked.bound).fetchall()
    return [sequence for (sequence,) in found]


def _steps(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, asked: Matching) -> list[tuple[Step, int]]:
    """How many rows each step of the sort column holds, in the asked direction."""
    step = ORDERS[question.sort].step
    counted = cursor.execute(f"select {step}, count(*) from {asked.sql} group by 1", asked.bound).fetchall()
    return sorted(counted, reverse=question.descending)


def _keys(
    cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, asked: Matching, steps: Sequence[tuple[Step, int]]
) -> list[int]:
    """The page's sequences: only its steps are sorted, so a page in the middle costs what the first one does."""
    skipped = (question.page - 1) * question.rows_per_page
    ends = list(accumulate(count for _, count in steps))
    first = bisect_right(ends, skipped)
    last = min(bisect_left(ends, skipped + question.rows_per_page), len(ends) - 1)
    order, way = ORDERS[question.sort], _way(question)
    low, high = (steps[last], steps[first]) if question.descending else (steps[first], steps[last])
    narrow = asked.also(f"{order.step} between $low_step and $high_step", {"low_step": low[0], "high_step": high[0]})
    page = (
        f"select sequence from {narrow.sql} order by {order.key} {way}, sequence desc "
        f"limit {question.rows_per_page} offset {skipped - ends[first] + steps[first][1]}"
    )
    return [sequence for (sequence,) in cursor.execute(page, narrow.bound).fetchall()]


def _rows(
    cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, sequences: Sequence[int]
) -> tuple[HistoryRow, ...]:
    page = matching(question).only(sequences)
    sql = _rows_sql(question, page, only="= any($only)")
    return tuple(_row(cells) for cells in cursor.execute(sql, page.bound).fetchall())


def all_rows_sql(question: HistoryQuestion, asked: Matching) -> str:
    """Every row in the asked order, to be run with the values bound in `asked`."""
    return _rows_sql(question, asked, only="is not null")


def _rows_sql(question: HistoryQuestion, asked: Matching, only: str) -> str:
    """`only`: which decisions' outcomes and settlements are looked at; a page needs few."""
    order, way = ORDERS[question.sort], _way(question)
    return _ROW.format(page=asked.sql, erased=ERASED, latest=LATEST_OUTCOMES, only=only, key=order.key, way=way)


def _way(question: HistoryQuestion) -> str:
    return "desc" if question.descending else "asc"


def _row(cells: tuple[Any, ...]) -> HistoryRow:
    row = HistoryRow(*cells)
    return replace(row, at=row.at.replace(tzinfo=UTC), state=State(row.state), outcome=KnownOutcome(row.outcome))
