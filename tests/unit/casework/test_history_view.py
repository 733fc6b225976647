"""What surrounds the list of decisions: its sentence, its shares by week, its choices and what it marks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path

import pytest

from core.casework.changes_in_force import Change, changes, policy_at_the_end, within
from core.casework.history_about import NOBODY, about
from core.casework.history_choices import ChoicesSoFar, HistoryChoices
from core.casework.history_question import EVER, HistoryQuestion, Period
from core.casework.history_summary import (
    Share,
    apart_words,
    days_of,
    in_a_sentence,
    moment_words,
    open_sentence,
    week_shares,
)
from core.casework.pd_spread import PdSpread
from core.casework.readings import READINGS
from core.casework.volumes import Overrides, OverrideView, PdBin, Volume, pd_histogram
from tests.ledgers import NOON, a_draft, a_ledger
from tests.unit.casework.history_tables import HistoryTables

MONDAY = date(2026, 11, 2)
ID = "A" + "ABCDEFGHIJKLMNOP"


class Keys:
    def reference_of(self, applicant_key: str) -> str | None:
        return {"100001": "PREFERENCE"}.get(applicant_key)


def a_week(approved: int = 0, declined: int = 0, settled: int = 0, start: date = MONDAY) -> Volume:
    return Volume(start, approved + declined, approved, declined, 0, 0, settled)


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
    weeks, days = [a_week(3, 1), a_week(0, 1)], (date(2026, 8, 31), date(2026, 11, 18))
    assert in_a_sentence(weeks, Overrides("", 5, 2, 1, 0), days) == (
        "5 decisions, 31 Aug 2026 to 18 Nov 2026: 60.0 % approved, 3 overrides (2 low-side, 1 high-side)."
    )
    assert in_a_sentence(weeks, Overrides("", 5, 0, 0, 1_250), days).endswith(
        "60.0 % approved, 0 overrides, 1,250 decided instead of a referral."
    )
    assert in_a_sentence([a_week(1)], Overrides("", 1, 0, 0, 0), days).endswith("100.0 % approved, 0 overrides.")
    assert in_a_sentence([], Overrides("", 0, 0, 0, 0), days) == "0 decisions, 31 Aug 2026 to 18 Nov 2026."
    assert open_sentence([a_week(1)], days).startswith("1 application scored and not decided, ")


def test_what_was_decided_instead_of_a_referral_is_told_apart_by_officer() -> None:
    ana, ben, cem = Overrides("ana", 9, 1, 0, 1_200), Overrides("ben", 7, 0, 0, 4), Overrides("cem", 3, 0, 1, 0)
    assert apart_words(OverrideView(Overrides("", 19, 1, 1, 1_204), (ana, ben, cem))) == (
        "Decided instead of a referral, which is no override: 1,204 (ana 1,200, ben 4)."
    )
    assert apart_words(OverrideView(cem, (cem,))) == ""


def test_the_days_end_with_the_last_one_that_counts() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    midnight = datetime(2026, 11, 10, tzinfo=UTC)
    assert days_of(EVER, [a_week()], now) == (MONDAY, now.date())
    assert days_of(EVER, [], now) == (now.date(), now.date())
    assert days_of(Period(midnight, midnight + timedelta(days=2)), [], now) == (midnight.date(), date(2026, 11, 11))


def test_shares_rest_on_what_was_approved_or_declined() -> None:
    (week,) = week_shares([a_week(6, 2, settled=3)], Share.APPROVED)
    assert (week.decided, week.share and week.share.value) == (8, 0.75)
    (week,) = week_shares([a_week(6, 2, settled=3)], Share.WITHOUT_REFERRAL)
    assert week.share is not None
    assert (week.share.value, week.share.low < 0.625 < week.share.high) == (0.625, True)
    assert week_shares([a_week()], Share.APPROVED)[0].share is None


def test_moments_are_told_in_utc() -> None:
    ahead = datetime(2026, 11, 19, 0, 43, tzinfo=UTC).astimezone()
    assert moment_words(ahead) == "19 Nov 2026, 00:43"


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
