"""Figures over the history: each rate with the number it rests on, empty where there is nothing to count."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from scipy.stats import binomtest

from core.casework.history_question import EVER, HistoryQuestion
from core.casework.volumes import Grain, Overrides, Volume, overrides, pd_histogram, volumes
from tests.unit.casework.history_tables import HistoryTables

EVERYTHING = HistoryQuestion(EVER)


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour)


def test_a_days_decisions_are_counted_by_what_was_decided() -> None:
    tables = HistoryTables()
    referral = tables.decided("a1", "refer", at=on(2))
    tables.decided("a1", "approve", at=on(2), settles=referral)
    tables.decided("a2", "approve", at=on(2, 23))
    tables.decided("a3", "approve_changed_terms", at=on(2))
    tables.decided("a4", "decline", at=on(2))
    tables.decided("a5", "withdrawn", at=on(2), settles=referral)
    tables.decided("a6", "decline", at=on(3, 0))
    first, second = volumes(tables.cursor, EVERYTHING, Grain.DAY)
    day = date(2026, 11, 2)
    assert first == Volume(day, 6, approved=3, declined=1, referred=1, withdrawn=1, settled=1, first=day, last=day)
    assert (first.approval_rate, first.without_referral) == (0.75, 0.75)
    assert (second.start, second.decisions, second.approval_rate) == (date(2026, 11, 3), 1, 0.0)


def test_a_week_begins_on_monday() -> None:
    tables = HistoryTables()
    for day in (1, 2, 8, 9):  # Sunday, Monday, Sunday, Monday
        tables.decided(f"a{day}", at=on(day))
    weeks = volumes(tables.cursor, EVERYTHING, Grain.WEEK)
    assert [(week.start, week.decisions) for week in weeks] == [
        (date(2026, 10, 26), 1),
        (date(2026, 11, 2), 2),
        (date(2026, 11, 9), 1),
    ]


def test_a_week_knows_the_days_of_its_first_and_its_last_decision_whatever_was_decided() -> None:
    tables = HistoryTables()
    for day, decision in ((3, "approve"), (4, "decline"), (7, "approve"), (8, "refer"), (11, "decline")):
        tables.decided(f"a{day}", decision, at=on(day, 23))
    first, second = volumes(tables.cursor, EVERYTHING, Grain.WEEK)
    assert (first.first, first.last) == (date(2026, 11, 3), date(2026, 11, 8))
    assert (second.first, second.last) == (date(2026, 11, 11), date(2026, 11, 11))


def test_a_day_of_referrals_alone_has_no_rates() -> None:
    tables = HistoryTables()
    tables.decided("a1", "refer")
    (day,) = volumes(tables.cursor, EVERYTHING, Grain.DAY)
    assert (day.approval_rate, day.without_referral) == (None, None)


def test_figures_follow_the_filter() -> None:
    tables = HistoryTables()
    tables.decided("a1", actor="ana")
    tables.decided("a2", actor="ben")
    only_ben = replace(EVERYTHING, officers=("ben",))
    assert sum(day.decisions for day in volumes(tables.cursor, only_ben, Grain.DAY)) == 1
    assert overrides(tables.cursor, only_ben).total.decisions == 1
    assert sum(n for one in pd_histogram(tables.cursor, only_ben) for _, n in one.counts) == 1


def test_nothing_decided_is_nothing_counted() -> None:
    tables = HistoryTables()
    assert volumes(tables.cursor, EVERYTHING, Grain.DAY) == ()
    assert pd_histogram(tables.cursor, EVERYTHING) == ()
    assert overrides(tables.cursor, EVERYTHING).total == Overrides("", 0, 0, 0, 0)
    assert overrides(tables.cursor, EVERYTHING).total.rate is None


def test_bins_are_equally_wide_in_log_odds_and_hold_every_decision_once() -> None:
    tables = HistoryTables()
    for number, pd in enumerate([0.01, 0.02, 0.08, 0.2, 0.5, 0.5]):
        tables.decided(f"a{number}", "decline" if pd > 0.1 else "approve", default_probability=pd)
    bins = pd_histogram(tables.cursor, EVERYTHING)
    widths = [math.log(one.high / (1 - one.high)) - math.log(one.low / (1 - one.low)) for one in bins]
    assert widths == pytest.approx([math.log(99) / 20] * 20)
    assert (bins[0].low, bins[-1].high) == pytest.approx((0.01, 0.5))
    assert bins[0].counts == (("approve", 1),)
    assert bins[-1].counts == (("decline", 2),)
    assert sum(count for one in bins for _, count in one.counts) == 6


def test_one_probability_alone_lies_in_the_first_bin() -> None:
    tables = HistoryTables()
    tables.decided("a1", default_probability=0.08)
    bins = pd_histogram(tables.cursor, EVERYTHING)
    assert [sum(count for _, count in one.counts) for one in bins] == [1] + [0] * 19


def test_overrides_are_counted_per_officer_and_way_among_what_could_be_one() -> None:
    tables = HistoryTables()
    tables.decided("a1", "approve", actor="ana", override_side="low")
    tables.decided("a2", "decline", actor="ana", override_side="high")
    tables.decided("a3", "approve", actor="ana")
    tables.decided("a4", "refer", actor="ana")
    tables.decided("a5", "withdrawn", actor="ben")
    tables.decided("a6", "decline", actor="ben")
    view = overrides(tables.cursor, EVERYTHING)
    assert view.by_officer == (
        Overrides("ana", 3, low=1, high=1, instead_of_referral=0),
        Overrides("ben", 1, low=0, high=0, instead_of_referral=0),
    )
    assert view.total == Overrides("", 4, low=1, high=1, instead_of_referral=0)


def test_what_was_decided_instead_of_a_referral_is_counted_apart_and_is_in_no_rate() -> None:
    tables = HistoryTables()
    tables.decided("a1", "approve", actor="ana", override_side="low")
    tables.decided("a2", "approve", actor="ana", recommendation="refer", override_side="referral")
    tables.decided("a3", "decline", actor="ana", recommendation="refer", override_side="referral")
    tables.decided("a4", "approve", actor="rita", recommendation="refer", role="risk_manager")
    total = overrides(tables.cursor, EVERYTHING).total
    assert total == Overrides("", 4, low=1, high=0, instead_of_referral=2)
    assert total.rate is not None
    assert total.rate.value == 0.25


def test_what_was_recorded_as_an_override_before_referrals_had_a_side_of_their_own_stays_one() -> None:
    tables = HistoryTables()
    tables.decided("a1", "approve", recommendation="refer", override_side="low")
    tables.decided("a2", "decline", recommendation="refer", override_side="high")
    assert overrides(tables.cursor, EVERYTHING).total == Overrides("", 2, low=1, high=1, instead_of_referral=0)


def test_an_override_rate_has_wilsons_interval() -> None:
    rate = Overrides("ana", 200, low=7, high=5, instead_of_referral=90).rate
    assert rate is not None
    truth = binomtest(12, 200).proportion_ci(method="wilson")
    assert (rate.value, rate.low, rate.high) == pytest.approx((0.06, truth.low, truth.high))


def test_days_are_those_of_utc() -> None:
    tables = HistoryTables()
    tables.decided("a1", at=datetime(2026, 11, 2, 23, 59, tzinfo=UTC).replace(tzinfo=None))
    (day,) = volumes(tables.cursor, EVERYTHING, Grain.DAY)
    assert day.start == date(2026, 11, 2)
