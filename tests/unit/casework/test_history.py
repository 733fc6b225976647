"""The history shows what was asked for, in an order that does not move from page to page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import numpy as np
import pandas as pd
import pytest

from core.casework import history
from core.casework.history import history_page
from core.casework.history_question import (
    EVER,
    HistoryQuestion,
    KnownOutcome,
    Overridden,
    Period,
    SortBy,
    State,
    last_days,
    whole_days,
)
from tests.unit.casework.history_tables import MIDNIGHT, NOW, HistoryTables

EVERYTHING = HistoryQuestion(EVER)


def sequences(tables: HistoryTables, question: HistoryQuestion) -> list[int]:
    return [row.sequence for row in history_page(tables.cursor, question).rows]


def test_a_row_says_what_was_decided_and_what_is_known_since() -> None:
    tables = HistoryTables()
    approved = tables.decided("a1", "approve", recommendation="decline", override_side="low", override_code="known")
    tables.outcome(approved, "repaid")
    (row,) = history_page(tables.cursor, EVERYTHING).rows
    assert row == history.HistoryRow(
        sequence=approved,
        at=MIDNIGHT + timedelta(minutes=1),
        application="a1",
        applicant="r-a1",
        officer="ana",
        role="officer",
        decision="approve",
        recommendation="decline",
        override_code="known",
        override_side="low",
        default_probability=0.05,
        points=600.0,
        grade="B",
        amount=100_000.0,
        model_version="m1",
        policy_version="p1",
        demo=False,
        state=State.CLOSED,
        outcome=KnownOutcome.REPAID,
        observed_on=date(2026, 11, 20),
    )


def test_an_empty_history_is_one_empty_page() -> None:
    page = history_page(HistoryTables().cursor, EVERYTHING)
    assert (page.rows, page.total, page.page, page.pages) == ((), 0, 1, 1)


def test_the_default_period_is_the_last_ninety_days_with_today_as_the_ninetieth() -> None:
    assert last_days(NOW) == Period(start=datetime(2026, 8, 24, tzinfo=UTC))


@pytest.mark.parametrize(("days", "first"), [(1, 21), (7, 15)])
@pytest.mark.parametrize("hour", [0, 23])
def test_last_days_are_calendar_days_of_utc_with_today_among_them(days: int, first: int, hour: int) -> None:
    now = NOW.replace(hour=hour).astimezone(timezone(timedelta(hours=9)))
    assert last_days(now, days) == whole_days(date(2026, 11, first))


def test_chosen_days_are_whole_and_the_last_one_belongs_to_them() -> None:
    chosen = whole_days(date(2026, 11, 1), date(2026, 11, 2))
    assert chosen == Period(MIDNIGHT, MIDNIGHT + timedelta(days=2))
    assert whole_days(date(2026, 11, 1)) == Period(MIDNIGHT)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    tables = HistoryTables()
    first, _ = tables.decided("a1"), tables.decided("a2")
    period = Period(MIDNIGHT + timedelta(minutes=first), MIDNIGHT + timedelta(minutes=first + 1))
    assert sequences(tables, HistoryQuestion(period)) == [first]


def test_a_period_in_another_time_zone_is_the_same_period() -> None:
    tables = HistoryTables()
    first = tables.decided("a1")
    tokyo = (MIDNIGHT + timedelta(minutes=1)).astimezone(datetime.strptime("+0900", "%z").tzinfo)
    assert sequences(tables, HistoryQuestion(Period(start=tokyo))) == [first]
    assert sequences(tables, HistoryQuestion(Period(end=tokyo))) == []


def test_moments_without_a_time_zone_are_no_period() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Period(start=datetime(2026, 1, 1))


FILTERS = [
    ({"decisions": ("decline", "withdrawn")}, {"decision": "decline"}),
    ({"recommendations": ("refer",)}, {"recommendation": "refer"}),
    ({"grades": ("D", "E")}, {"grade": "E"}),
    ({"officers": ("ben",)}, {"actor": "ben"}),
    ({"override": Overridden.ANY}, {"override_side": "high"}),
    ({"override": Overridden.LOW}, {"override_side": "low"}),
    ({"override": Overridden.HIGH}, {"override_side": "high"}),
    ({"override": Overridden.REFERRAL}, {"override_side": "referral"}),
    ({"model_versions": ("m2",)}, {"model_version": "m2"}),
    ({"policy_versions": ("p2",)}, {"policy_version": "p2"}),
    ({"amount_from": 100_001}, {"amount": 100_000.51}),
    ({"amount_to": 99_999}, {"amount": 99_999.49}),
    ({"about": "r-found"}, {"applicant": "r-found"}),
    ({"about": "found"}, {"application": "found"}),
]


@pytest.mark.parametrize(("filters", "cells"), FILTERS, ids=lambda words: "-".join(words))
def test_each_filter_lets_through_what_it_names_alone(filters: dict[str, object], cells: dict[str, object]) -> None:
    tables = HistoryTables()
    tables.decided("other")
    wanted = tables.decided(**({"application": "a2"} | cells))
    assert sequences(tables, replace(EVERYTHING, **filters)) == [wanted]


@pytest.mark.parametrize(
    ("override", "sides"),
    [
        (Overridden.ANY, {"low", "high"}),
        (Overridden.NONE, {"", "referral"}),
        (Overridden.LOW, {"low"}),
        (Overridden.HIGH, {"high"}),
        (Overridden.REFERRAL, {"referral"}),
        (None, {"", "low", "high", "referral"}),
    ],
)
def test_overridden_is_low_or_high_and_not_what_was_decided_instead_of_a_referral(
    override: Overridden | None, sides: set[str]
) -> None:
    tables = HistoryTables()
    by_side = {side: tables.decided(f"a-{side}", override_side=side) for side in ("", "low", "high", "referral")}
    wanted = {by_side[side] for side in sides}
    assert set(sequences(tables, replace(EVERYTHING, override=override))) == wanted


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (replace(EVERYTHING, override=Overridden.ANY), "override: overridden"),
        (replace(EVERYTHING, override=Overridden.REFERRAL), "override: instead of a referral"),
        (replace(EVERYTHING, decisions=("decline",), override=Overridden.LOW), "decided: declined; override: low side"),
        (replace(EVERYTHING, recommendations=("refer",), grades=("D", "E")), "recommended: refer; grade: D or E"),
        (replace(EVERYTHING, officers=("ana",), state=State.OPEN), "by: ana; state: scored, not decided"),
        (replace(EVERYTHING, outcome=KnownOutcome.NONE), "outcome: not known"),
    ],
)
def test_a_filter_is_told_in_the_words_of_the_screen(asked: HistoryQuestion, said: str) -> None:
    assert asked.in_words() == said


@pytest.mark.parametrize(("name", "choices"), [("override", Overridden), ("state", State), ("outcome", KnownOutcome)])
def test_every_choice_of_a_filter_has_words(name: str, choices: type[StrEnum]) -> None:
    assert all(replace(EVERYTHING, **{name: one}).in_words().startswith(f"{name}: ") for one in choices)


def test_limits_of_the_amount_are_included() -> None:
    tables = HistoryTables()
    exact = tables.decided("a1", amount=250_000.0)
    assert sequences(tables, replace(EVERYTHING, amount_from=250_000, amount_to=250_000)) == [exact]


@pytest.mark.parametrize(
    "amount", [402_745.5, 402_745.49, 402_746.5, 402_744.5, 402_746.499_999_99, 0.5, 0.499_999_999_999_999_94, 2.5]
)
def test_an_amount_is_found_by_the_whole_units_that_the_table_shows(amount: float) -> None:
    tables = HistoryTables()
    found = tables.decided("a1", amount=amount)
    shown = float(pd.Series([amount]).round()[0])
    assert sequences(tables, replace(EVERYTHING, amount_from=shown, amount_to=shown)) == [found]
    assert sequences(tables, replace(EVERYTHING, amount_from=shown + 1)) == []
    assert sequences(tables, replace(EVERYTHING, amount_to=shown - 1)) == []
    assert sequences(tables, replace(EVERYTHING, amount_from=amount, amount_to=amount)) == [found]


@pytest.mark.parametrize("typed", ["' or 1=1 --", "a1' union select", "%", "$about"])
def test_what_is_typed_is_a_value_and_never_sql(typed: str) -> None:
    tables = HistoryTables()
    tables.decided("a1")
    assert sequences(tables, replace(EVERYTHING, about=typed, officers=(typed,))) == []


def a_book_of_states() -> tuple[HistoryTables, dict[str, int]]:
    tables, told = HistoryTables(), {}
    told["undecided before"] = tables.scored("open", grade="A")
    told["open"] = tables.scored("open", grade="B")
    score = tables.scored("done")
    told["done"] = tables.decided("done", score_sequence=score)
    told["waiting"] = tables.decided("waiting", "refer")
    told["referred before"] = tables.decided("settled", "refer")
    told["settled"] = tables.decided("settled", "decline", settles=told["referred before"], role="risk_manager")
    told["forgotten application"] = tables.decided("gone")
    told["forgotten person"] = tables.decided("gone too", applicant="r9")
    tables.scored("gone and open", applicant="r9")
    tables.erased(application="gone", applicant="r-gone")
    tables.erased(applicant="r9")
    return tables, told


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (State.OPEN, ["open"]),
        (State.REFERRED, ["waiting"]),
        (State.CLOSED, ["settled", "referred before", "done"]),
        (State.ERASED, ["forgotten person", "forgotten application"]),
    ],
)
@pytest.mark.parametrize("period", [EVER, Period(start=MIDNIGHT)])
def test_each_state_holds_its_cases_alone_and_says_so(state: State, wanted: list[str], period: Period) -> None:
    tables, told = a_book_of_states()
    page = history_page(tables.cursor, HistoryQuestion(period, state=state))
    assert [row.sequence for row in page.rows] == [told[name] for name in wanted]
    assert {row.state for row in page.rows} == {state}


def test_a_score_that_was_decided_on_by_another_score_is_not_open() -> None:
    tables = HistoryTables()
    tables.scored("a1")
    second = tables.scored("a1")
    tables.decided("a1", score_sequence=second)
    assert sequences(tables, replace(EVERYTHING, state=State.OPEN)) == []


def test_an_open_case_scored_again_after_the_period_is_shown_where_it_was_scored_last() -> None:
    tables = HistoryTables()
    tables.scored("a1")
    tables.scored("a1")
    before_the_second = HistoryQuestion(Period(end=MIDNIGHT + timedelta(minutes=2)), state=State.OPEN)
    assert sequences(tables, before_the_second) == []


def test_open_cases_can_be_filtered_and_have_no_decision() -> None:
    tables = HistoryTables()
    tables.scored("a1", grade="A")
    wanted = tables.scored("a2", grade="F")
    (row,) = history_page(tables.cursor, replace(EVERYTHING, state=State.OPEN, grades=("F",))).rows
    assert (row.sequence, row.decision, row.override_side, row.outcome) == (wanted, "", "", KnownOutcome.NONE)


def test_all_decisions_of_every_state_are_shown_without_a_state() -> None:
    tables, _ = a_book_of_states()
    assert len(sequences(tables, EVERYTHING)) == 6


def test_the_correction_of_an_outcome_wins() -> None:
    tables = HistoryTables()
    approved = tables.decided("a1")
    wrong = tables.outcome(approved, "repaid")
    tables.outcome(approved, "defaulted", corrects=wrong)
    (row,) = history_page(tables.cursor, EVERYTHING).rows
    assert row.outcome is KnownOutcome.DEFAULTED
    assert sequences(tables, replace(EVERYTHING, outcome=KnownOutcome.REPAID)) == []
    assert sequences(tables, replace(EVERYTHING, outcome=KnownOutcome.DEFAULTED)) == [approved]


def test_decisions_without_an_outcome_are_found_too() -> None:
    tables = HistoryTables()
    repaid, unknown = tables.decided("a1"), tables.decided("a2")
    tables.outcome(repaid, "repaid")
    assert sequences(tables, replace(EVERYTHING, outcome=KnownOutcome.NONE)) == [unknown]


@pytest.mark.parametrize("nowhere", [-1, 10**15])
def test_an_outcome_of_no_decision_of_this_chain_changes_nothing(nowhere: int) -> None:
    tables = HistoryTables()
    unknown = tables.decided("a1")
    tables.outcome(nowhere, "repaid")
    assert sequences(tables, replace(EVERYTHING, outcome=KnownOutcome.NONE)) == [unknown]
    assert sequences(tables, replace(EVERYTHING, outcome=KnownOutcome.REPAID)) == []


def a_large_book(rows: int = 300) -> HistoryTables:
    tables = HistoryTables()
    rng = np.random.default_rng(5)
    for number in range(rows):
        tables.decided(
            f"a{number}",
            decision=str(rng.choice(["approve", "decline", "refer"])),
            actor=str(rng.choice(["ana", "ben", "eva"])),
            default_probability=round(float(rng.uniform(0.001, 0.4)), 2),
            points=round(float(rng.uniform(400, 700))),
            grade=str(rng.choice(list("ABCDEFG"))),
            amount=None if rng.random() < 0.05 else float(rng.integers(1, 40) * 25_000),
        )
    return tables


@pytest.fixture(scope="module")
def large_book() -> HistoryTables:
    return a_large_book()


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", list(SortBy))
def test_pages_put_together_are_the_whole_in_order_with_no_row_twice(
    large_book: HistoryTables, sort: SortBy, descending: bool
) -> None:
    question = replace(EVERYTHING, sort=sort, descending=descending, rows_per_page=70)
    pages = [history_page(large_book.cursor, replace(question, page=page)) for page in range(1, 6)]
    rows = [row for page in pages for row in page.rows]
    assert {(page.total, page.pages) for page in pages} == {(300, 5)}
    assert [len(page.rows) for page in pages] == [70] * 4 + [20]
    newest_first = sorted(rows, key=lambda row: -row.sequence)
    wanted = sorted(newest_first, key=lambda row: -1 if getattr(row, sort) is None else getattr(row, sort))
    if descending:
        wanted = sorted(newest_first, key=lambda row: _turned(-1 if getattr(row, sort) is None else getattr(row, sort)))
    assert [row.sequence for row in rows] == [row.sequence for row in wanted]
    assert len({row.sequence for row in rows}) == 300


def _turned(value: float | str | datetime) -> object:
    """Sorts the other way round and leaves equal ones where they are."""
    if isinstance(value, str):
        return [-ord(letter) for letter in value.ljust(12)]
    return -value.timestamp() if isinstance(value, datetime) else -value


def test_a_page_behind_the_last_is_the_last(large_book: HistoryTables) -> None:
    page = history_page(large_book.cursor, replace(EVERYTHING, page=99, rows_per_page=100))
    assert (page.page, page.pages, len(page.rows)) == (3, 3, 100)


@pytest.mark.parametrize(("rows", "allowed"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_page_has_one_to_a_hundred_rows(rows: int, allowed: bool) -> None:
    if allowed:
        assert replace(EVERYTHING, rows_per_page=rows).rows_per_page == rows
    else:
        with pytest.raises(ValueError, match="rows_per_page"):
            replace(EVERYTHING, rows_per_page=rows)


def test_there_is_no_page_before_the_first() -> None:
    with pytest.raises(ValueError, match="page"):
        replace(EVERYTHING, page=0)


def test_a_note_is_found_in_any_case_of_letters_among_filtered_rows() -> None:
    tables = HistoryTables()
    first, second, other = tables.decided("a1"), tables.decided("a2"), tables.decided("a3", grade="G")
    kept = {first: "Pays the STRASSE rent", second: "nothing", other: "strasse"}
    question = replace(EVERYTHING, note="straße", grades=("B",))

    def notes(asked: Sequence[int]) -> Mapping[int, str]:
        return {sequence: kept[sequence] for sequence in asked}

    page = history_page(tables.cursor, question, notes)
    assert ([row.sequence for row in page.rows], page.total, page.notes_searched) == ([first], 1, 2)


def test_a_note_is_searched_in_the_newest_filtered_rows_only(
    large_book: HistoryTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_NOTES", 10)
    asked: list[int] = []

    def notes(sequences: Sequence[int]) -> Mapping[int, str]:
        asked.extend(sequences)
        return dict.fromkeys(sequences, "the same note")

    page = history_page(large_book.cursor, replace(EVERYTHING, note="note"), notes)
    assert asked == list(range(300, 290, -1))
    assert (page.total, page.notes_searched) == (10, 10)


def test_erased_notes_are_not_found() -> None:
    tables = HistoryTables()
    tables.decided("a1")
    page = history_page(tables.cursor, replace(EVERYTHING, note="a"), lambda asked: {})
    assert (page.total, page.notes_searched) == (0, 1)


def test_a_filter_in_words_names_everything_but_the_words_of_a_note() -> None:
    question = replace(
        EVERYTHING,
        period=last_days(NOW, 90),
        decisions=("approve", "refer"),
        amount_from=100_000,
        override=Overridden.LOW,
        note="secret",
    )
    assert question.in_words() == (
        "since 24 Aug 2026; decided: approved or referred; override: low side; amount from 100,000; part of a note"
    )
    assert EVERYTHING.in_words() == "everything decided"
