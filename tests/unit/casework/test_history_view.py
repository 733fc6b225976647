"""What surrounds the list of decisions: its sentence, its shares by week, its choices and what it marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path

import pytest

from core.casework.case_state import moment_words
from core.casework.changes_in_force import Change, changes, policy_at_the_end, within
from core.casework.history_about import NOBODY, about
from core.casework.history_choices import ChoicesSoFar, HistoryChoices
from core.casework.history_question import EVER, HistoryQuestion, Period, State, whole_days
from core.casework.history_summary import (
    Share,
    apart_words,
    counted,
    days_of,
    days_words,
    in_a_sentence,
    notes_sentence,
    open_sentence,
    thing,
    week_shares,
)
from core.casework.pd_spread import PdSpread
from core.casework.readings import READINGS
from core.casework.volumes import Overrides, OverrideView, PdBin, Volume, pd_histogram
from tests.ledgers import NOON, a_draft, a_ledger
from tests.unit.casework.history_tables import HistoryTables

MONDAY = date(2026, 11, 2)
EVER_DAYS = (date.min, date(2026, 11, 21))
ID = "A" + "ABCDEFGHIJKLMNOP"


class Keys:
    def reference_of(self, applicant_key: str) -> str | None:
        return {"100001": "PREFERENCE"}.get(applicant_key)


def a_week(approved: int = 0, declined: int = 0, settled: int = 0, start: date = MONDAY) -> Volume:
    """Its first decision is of Tuesday, its last of Saturday."""
    tuesday, saturday = start + timedelta(days=1), start + timedelta(days=5)
    return Volume(start, approved + declined, approved, declined, 0, 0, settled, tuesday, saturday)


def days_of_week(days: tuple[date, date], start: date = MONDAY) -> tuple[str, bool]:
    (week,) = week_shares([a_week(1, start=start)], Share.APPROVED, days)
    return week.days, week.is_whole


@pytest.mark.parametrize("typed", ["100001", " 100001 ", "0100001"])
def test_a_clients_number_becomes_our_reference(typed: str) -> None:
    assert about(typed, Keys()) == "PREFERENCE"


def test_our_ids_are_found_in_small_letters_too() -> None:
    assert about(ID.lower(), Keys()) == ID


@pytest.mark.parametrize("typed", ["100002", ID[:-1], ID + "A", "Q" + ID[1:], "A" + "1" * 16, "Anna Meier", "٣"])
def test_what_nobody_knows_goes_no_further(typed: str) -> None:
    assert about(typed, Keys()) == NOBODY


def test_choices_are_those_of_decisions_and_scores_with_the_last_used_version_first() -> None:
    tables = HistoryTables()
    tables.decided(actor="ben", grade="D", model_version="m1", policy_version="p1")
    tables.decided(actor="ana", grade="B", model_version="m2", policy_version="p1")
    tables.scored(actor="cem", grade="F", model_version="m2", policy_version="p0")
    known = ChoicesSoFar()
    assert known.now(tables.cursor) == HistoryChoices(
        officers=("ana", "ben", "cem"), grades=("B", "D", "F"), models=("m2", "m1"), policies=("p0", "p1")
    )
    tables.decided(actor="dora", grade="B", model_version="m1", policy_version="p1")
    assert known.now(tables.cursor) == HistoryChoices(
        officers=("ana", "ben", "cem", "dora"), grades=("B", "D", "F"), models=("m1", "m2"), policies=("p1", "p0")
    )


def test_the_sentence_says_how_many_were_approved_and_overridden_and_which_way() -> None:
    weeks = [a_week(3, 1), a_week(0, 1, start=date(2026, 11, 9))]
    days = date(2026, 11, 3), date(2026, 11, 14)
    assert in_a_sentence(weeks, Overrides("", 5, 2, 1, 0), days) == (
        "5 decisions, 3 Nov to 14 Nov 2026: 60.0 % approved, 3 overrides (2 low-side, 1 high-side)."
    )
    assert in_a_sentence(weeks, Overrides("", 5, 0, 0, 1_250), days).endswith(
        "60.0 % approved, 0 overrides, 1,250 decided instead of a referral."
    )
    assert in_a_sentence([a_week(1)], Overrides("", 1, 1, 0, 0), days).endswith(
        "100.0 % approved, 1 override (1 low-side, 0 high-side)."
    )


def test_the_sentence_names_the_days_asked_for_and_beside_them_those_of_the_first_and_the_last_row() -> None:
    none, asked = Overrides("", 0, 0, 0, 0), (date(2026, 11, 1), date(2026, 11, 22))
    exactly, ever = (date(2026, 11, 3), date(2026, 11, 7)), (date.min, date(2026, 11, 22))
    assert in_a_sentence([a_week()], none, asked) == (
        "0 decisions, 1 Nov to 22 Nov 2026 (found from 3 Nov to 7 Nov 2026)."
    )
    assert in_a_sentence([a_week()], none, exactly) == "0 decisions, 3 Nov to 7 Nov 2026."
    assert in_a_sentence([a_week()], none, ever) == "0 decisions, 3 Nov to 7 Nov 2026."
    one_day = replace(a_week(), last=date(2026, 11, 3))
    assert in_a_sentence([one_day], none, asked) == "0 decisions, 1 Nov to 22 Nov 2026 (found on 3 Nov 2026)."
    assert open_sentence([a_week(1)], exactly) == "1 application scored and not decided, 3 Nov to 7 Nov 2026."
    assert open_sentence([a_week(1_200)], asked).startswith("1,200 applications scored and not decided, 1 Nov to 22 ")


def test_without_rows_the_sentence_names_the_days_asked_for_alone() -> None:
    none, asked, ever = Overrides("", 0, 0, 0, 0), (date(2026, 11, 1), date(2026, 11, 22)), (date.min, date.max)
    assert in_a_sentence([], none, asked) == "No decisions, 1 Nov to 22 Nov 2026."
    assert in_a_sentence([], none, ever) == "No decisions."
    assert open_sentence([], asked) == "No applications scored and not decided, 1 Nov to 22 Nov 2026."
    assert open_sentence([], ever) == "No applications scored and not decided."


def test_the_year_is_told_once_where_it_is_one() -> None:
    day = date(2026, 1, 2)
    assert days_words(day, day) == "2 Jan 2026"
    assert days_words(date(2026, 1, 1), day) == "1 Jan to 2 Jan 2026"
    assert days_words(date(2025, 12, 31), day) == "31 Dec 2025 to 2 Jan 2026"


def test_a_search_in_notes_is_said_to_narrow_no_figures() -> None:
    assert notes_sentence(HistoryQuestion(EVER)) == ""
    assert notes_sentence(HistoryQuestion(EVER, note="rent")) == (
        "The search in notes narrows only the list, not these figures."
    )


@pytest.mark.parametrize("state", list(State))
def test_what_is_not_decided_is_counted_as_applications(state: State) -> None:
    assert thing(HistoryQuestion(EVER, state=state)) == ("application" if state is State.OPEN else "decision")
    assert thing(HistoryQuestion(EVER)) == "decision"


@pytest.mark.parametrize(("number", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_674, "1,674 rows")])
def test_one_is_singular(number: int, said: str) -> None:
    assert counted(number, "row") == said


def test_what_was_decided_instead_of_a_referral_is_told_apart_by_officer() -> None:
    ana, ben, cem = Overrides("ana", 9, 1, 0, 1_200), Overrides("ben", 7, 0, 0, 4), Overrides("cem", 3, 0, 1, 0)
    assert apart_words(OverrideView(Overrides("", 19, 1, 1, 1_204), (ana, ben, cem))) == (
        "Decided instead of a referral, which is no override: 1,204 (ana 1,200, ben 4)."
    )
    assert apart_words(OverrideView(cem, (cem,))) == ""


def test_the_days_end_with_the_last_one_that_counts_and_never_after_today() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    first, today = date(2026, 11, 10), now.date()
    assert days_of(EVER, now) == (date.min, today)
    assert days_of(whole_days(first), now) == (first, today)
    assert days_of(whole_days(first, date(2026, 11, 11)), now) == (first, date(2026, 11, 11))
    assert days_of(whole_days(first, today), now) == (first, today)


def test_a_week_has_the_days_that_the_period_holds_of_it() -> None:
    tuesday, saturday, sunday = date(2026, 11, 3), date(2026, 11, 7), date(2026, 11, 8)
    assert days_of_week((date.min, sunday)) == ("2 Nov to 8 Nov 2026", True)
    assert days_of_week((MONDAY, date(2026, 11, 21))) == ("2 Nov to 8 Nov 2026", True)
    assert days_of_week((tuesday, sunday)) == ("3 Nov to 8 Nov 2026", False)
    assert days_of_week((MONDAY, saturday)) == ("2 Nov to 7 Nov 2026", False)
    assert days_of_week((tuesday, saturday)) == ("3 Nov to 7 Nov 2026", False)


def test_what_is_written_after_midnight_while_somebody_looks_belongs_to_its_week() -> None:
    assert days_of_week((date.min, date(2026, 11, 1))) == ("2 Nov to 7 Nov 2026", False)


def test_shares_rest_on_what_was_approved_or_declined() -> None:
    (week,) = week_shares([a_week(6, 2, settled=3)], Share.APPROVED, EVER_DAYS)
    assert (week.decided, week.share and week.share.value) == (8, 0.75)
    (week,) = week_shares([a_week(6, 2, settled=3)], Share.WITHOUT_REFERRAL, EVER_DAYS)
    assert week.share is not None
    assert (week.share.value, week.share.low < 0.625 < week.share.high) == (0.625, True)
    assert week_shares([a_week()], Share.APPROVED, EVER_DAYS)[0].share is None


def test_moments_are_told_in_utc() -> None:
    ahead = datetime(2026, 11, 19, 0, 43, tzinfo=UTC).astimezone()
    assert moment_words(ahead) == "19 Nov 2026, 00:43 UTC"


def test_changes_are_read_from_the_chain_and_the_first_of_each_replaces_nothing(tmp_path: Path) -> None:
    cuts = {"approve_below": 0.09, "decline_from": 0.15}
    with a_ledger(tmp_path, READINGS) as ledger:
        ledger.append(
            [
                a_draft("model_activated", subject="m1", at=NOON - timedelta(days=3)),
                a_draft("policy_activated", subject="p1", public=cuts, at=NOON - timedelta(days=2)),
                a_draft("policy_activated", subject="p2", public=cuts, at=NOON - timedelta(days=1)),
            ]
        )
        found = changes(ledger)
    second = Change(NOON - timedelta(days=1), True, "p2", False, 0.09, 0.15)
    assert within(found, EVER) == (second,)
    assert within(found, Period(start=second.at)) == (second,)
    assert within(found, Period(end=second.at)) == ()
    assert policy_at_the_end(found, EVER) == second
    ended = policy_at_the_end(found, Period(end=second.at))
    assert ended is not None
    assert ended.version == "p1"
    assert policy_at_the_end(found, Period(end=NOON - timedelta(days=2))) is None


def test_a_probability_has_its_place_between_the_bins() -> None:
    spread = PdSpread((PdBin(0.1, 0.5, (("approve", 2), ("refer", 1))), PdBin(0.5, 0.9, (("decline", 4),))))
    assert [spread.place(at) for at in (0.1, 0.5)] == [pytest.approx(-2.1972, abs=1e-4), 0.0]
    assert [(bar.start, bar.end) for bar in spread.bars][1] == (0.0, pytest.approx(2.1972, abs=1e-4))
    assert spread.place(0.0049) is None
    assert spread.place(0.91) is None
    assert spread.counts(("approve", "refer")) == (3, 0)
    assert spread.bars[1].words == "PD 50.0 % to 90.0 %"


TICKS = ["0.5 %", "1 %", "2 %", "5 %", "10 %", "20 %", "40 %"]


def logit(probability: float) -> float:
    return log(probability / (1 - probability))


def spread_of(*probabilities: float) -> PdSpread:
    tables = HistoryTables()
    for probability in probabilities:
        tables.decided(default_probability=probability)
    return PdSpread(pd_histogram(tables.cursor, HistoryQuestion(EVER)))


def test_one_decision_stands_at_its_probability_and_the_cut_offs_at_theirs() -> None:
    spread = spread_of(0.101)
    (bar,) = spread.bars
    assert ((bar.start + bar.end) / 2, bar.decisions, bar.words) == (pytest.approx(logit(0.101)), 1, "PD 10.1 %")
    assert bar.end < logit(0.15)
    assert [spread.place(cut) for cut in (0.091, 0.15)] == [pytest.approx(logit(0.091)), pytest.approx(logit(0.15))]
    assert [tick.text for tick in spread.ticks] == TICKS


def test_a_few_decisions_close_together_make_bars_that_can_be_seen_on_the_whole_axis() -> None:
    few = (0.090, 0.091, 0.095, 0.101, 0.105, 0.110)
    spread = spread_of(*few)
    assert [tick.text for tick in spread.ticks] == TICKS
    assert None not in [spread.place(cut) for cut in (0.091, 0.15)]
    assert sum(bar.decisions for bar in spread.bars) == len(few)
    assert (spread.bars[0].start, spread.bars[-1].end) == (pytest.approx(logit(0.09)), pytest.approx(logit(0.11)))
    assert len(spread.bars) == 1  # a twentieth of the axis holds them all


def test_many_different_probabilities_keep_their_bins_and_widen_the_axis() -> None:
    spread = spread_of(0.002, 0.1, 0.8)
    assert len(spread.bars) == 20
    assert (spread.start, spread.end) == (pytest.approx(logit(0.002)), pytest.approx(logit(0.8)))
