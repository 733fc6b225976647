"""Whatever is asked of the history, page and figures are what somebody finds who looks at every row."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.casework.demo_decisions import demo_decisions
from core.casework.history import all_rows_sql, asked_rows, history_page
from core.casework.history_question import HistoryQuestion, KnownOutcome, Overridden, Period, SortBy, State
from core.casework.volumes import Grain, overrides, pd_histogram, volumes
from tests.unit.casework.history_book import DECISIONS, EVENTS, GRADES, OFFICERS, RowByRow, a_book
from tests.unit.casework.history_tables import MIDNIGHT, HistoryTables

Book = tuple[HistoryTables, RowByRow]


@pytest.fixture(scope="module")
def book() -> Book:
    tables = a_book(seed=7)
    return tables, RowByRow(tables)


def _some(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


_MOMENTS = st.none() | st.integers(0, EVENTS).map(lambda minutes: MIDNIGHT + timedelta(minutes=minutes))
QUESTIONS = st.builds(
    HistoryQuestion,
    period=st.builds(Period, start=_MOMENTS, end=_MOMENTS),
    decisions=_some(DECISIONS),
    grades=_some(GRADES),
    officers=_some(OFFICERS),
    override=st.none() | st.sampled_from(Overridden),
    amount_from=st.none() | st.sampled_from([25_000, 100_002, 100_003]),
    state=st.none() | st.sampled_from(State),
    outcome=st.none() | st.sampled_from(KnownOutcome),
    sort=st.sampled_from(SortBy),
    descending=st.booleans(),
    page=st.integers(1, 4),
    rows_per_page=st.sampled_from([1, 20, 100]),
)


def test_the_book_has_cases_of_every_state_and_outcome(book: Book) -> None:
    _, by_hand = book
    states = Counter(by_hand.state(row) for row in (*by_hand.scores, *by_hand.decisions))
    outcomes = Counter(by_hand.outcome(row) for row in by_hand.decisions)
    assert min(states[state] for state in State) >= 5
    assert min(outcomes[outcome] for outcome in KnownOutcome) >= 5
    assert len(by_hand.corrected) > 5


@pytest.mark.parametrize("outcome", [None, *KnownOutcome])
@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize("sort", SortBy)
def test_every_state_and_outcome_in_every_order_is_what_each_row_says(
    book: Book, state: State | None, outcome: KnownOutcome | None, sort: SortBy
) -> None:
    _compare(book, HistoryQuestion(Period(), state=state, outcome=outcome, sort=sort, rows_per_page=100))


@hypothesis_settings(max_examples=60, deadline=None)
@given(question=QUESTIONS)
def test_a_page_holds_the_rows_that_each_row_says_for_itself(book: Book, question: HistoryQuestion) -> None:
    _compare(book, question)


@hypothesis_settings(max_examples=25, deadline=None)
@given(question=QUESTIONS)
def test_an_export_holds_the_rows_of_all_pages_in_the_same_order(book: Book, question: HistoryQuestion) -> None:
    tables, by_hand = book
    asked, _ = asked_rows(tables.cursor, question, notes=None)
    exported = tables.cursor.execute(all_rows_sql(question, asked), asked.bound).fetchall()
    assert [row[0] for row in exported] == [row["sequence"] for row in by_hand.asked(question)]


@hypothesis_settings(max_examples=25, deadline=None)
@given(question=QUESTIONS)
def test_figures_count_the_rows_that_the_pages_show(book: Book, question: HistoryQuestion) -> None:
    tables, by_hand = book
    rows = by_hand.asked(question)
    binned = Counter[str]()
    for one in pd_histogram(tables.cursor, question):
        binned.update(dict(one.counts))
    final = [row for row in rows if row.get("decision") in ("approve", "decline")]
    total = overrides(tables.cursor, question).total
    assert sum(day.decisions for day in volumes(tables.cursor, question, Grain.DAY)) == len(rows)
    assert binned == Counter(row.get("decision", "") for row in rows if row["default_probability"] > 0)
    assert (total.decisions, total.low) == (len(final), sum(row["override_side"] == "low" for row in final))
    assert demo_decisions(tables.cursor, question) == sum(row["demo"] for row in rows)


def _compare(book: Book, question: HistoryQuestion) -> None:
    tables, by_hand = book
    wanted = by_hand.asked(question)
    found = history_page(tables.cursor, question)
    pages = max(1, -(-len(wanted) // question.rows_per_page))
    first = (min(question.page, pages) - 1) * question.rows_per_page
    on_page = wanted[first : first + question.rows_per_page]
    assert (found.total, found.pages, found.page) == (len(wanted), pages, min(question.page, pages))
    assert [row.sequence for row in found.rows] == [row["sequence"] for row in on_page]
    assert [row.state for row in found.rows] == [by_hand.state(row) for row in on_page]
    assert [row.outcome for row in found.rows] == [by_hand.outcome(row) for row in on_page]
