"""What the believable past is made of: working hours, the choice of clients, habits, notes, an agenda."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.casework.demo import habits, notes
from core.casework.demo.agenda import Agenda, PastClock
from core.casework.demo.clients import DRIFT_DAYS, choose, most
from core.casework.demo.habits import Seen
from core.casework.demo.officers import MANAGER, OFFICERS, QUICK_AND_SURE
from core.casework.demo.working_time import next_working_moment, visits
from core.policy.recommendation import Recommendation
from core.portfolio.contract import ReasonCode
from tests.unit.casework.builders import scored
from tests.unit.casework.past_builders import NOW, some_clients

START = NOW - timedelta(days=89)
CODES = tuple(
    ReasonCode(code=code, label={"en": code}, fits=(decision,))
    for decision, reasons in (("approve", notes.APPROVING), ("decline", notes.DECLINING))
    for code in reasons
)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_visits_are_as_many_as_asked_for_in_the_order_of_time_and_within_hours() -> None:
    planned = visits(rng(), OFFICERS, START, NOW, 500)
    assert len(planned) == 500
    assert [at for at, _ in planned] == sorted(at for at, _ in planned)
    assert START <= planned[0][0] <= planned[-1][0] <= NOW
    assert all(officer.works_at(at) for at, officer in planned)
    assert {officer.user_name for _, officer in planned} == {officer.user_name for officer in OFFICERS}


def test_a_referral_on_a_friday_evening_waits_for_monday() -> None:
    friday_evening = datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert next_working_moment(rng(), MANAGER, friday_evening).date().isoformat() == "2026-11-23"


def test_nobody_comes_twice_and_in_the_last_weeks_others_come() -> None:
    clients = some_clients()
    moments = [at for at, _ in visits(rng(), OFFICERS, START, NOW, most(clients))]
    chosen = choose(rng(), clients, moments, NOW - timedelta(days=60), NOW)
    assert len(set(chosen.tolist())) == len(moments) == 144
    tilt = clients.tilt[chosen]
    drifted = np.array([at > NOW - timedelta(days=DRIFT_DAYS / 2) for at in moments])
    steady = np.array([at < NOW - timedelta(days=DRIFT_DAYS) for at in moments])
    assert abs(tilt[steady].mean()) < 0.25
    assert tilt[drifted].mean() > 0.25


def _shares(officer: str, default_probability: float, recommendation: Recommendation) -> dict[str, float]:
    person = next(p for p in OFFICERS if p.user_name == officer)
    score = replace(scored(), default_probability=default_probability, recommendation=recommendation)
    draw, seen = rng(), Seen(score, 1, defaults=False, codes=CODES)
    chosen = [habits.first_choice(draw, person, seen).decision for _ in range(2_000)]
    return {decision: chosen.count(decision) / 2_000 for decision in set(chosen)}


def test_officers_follow_the_desk_mostly_and_differ_in_their_habits() -> None:
    approving = _shares("ama.owusu", 0.04, Recommendation.APPROVE)
    assert approving["approve"] > 0.9
    assert approving["decline"] < 0.05
    chances = _shares("bruno.costa", 0.16, Recommendation.DECLINE)["approve"]
    assert chances > 2 * _shares("ama.owusu", 0.16, Recommendation.DECLINE)["approve"]
    assert chances > 2 * _shares("bruno.costa", 0.6, Recommendation.DECLINE)["approve"]
    doubts = _shares("carla.lindqvist", 0.085, Recommendation.APPROVE)["decline"]
    assert doubts > 2 * _shares("ama.owusu", 0.085, Recommendation.APPROVE)["decline"]


def test_a_risk_manager_says_yes_to_fewer_the_riskier_they_are() -> None:
    def yes(default_probability: float) -> float:
        score = replace(scored(), default_probability=default_probability)
        draw, seen = rng(), Seen(score, 1, defaults=False, codes=CODES)
        return float(np.mean([habits.settling_choice(draw, MANAGER, seen).decision == "approve" for _ in range(1_000)]))

    assert yes(0.09) > yes(0.149) + 0.1


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_a_reason_is_one_of_the_contract_that_fits_with_a_note_that_is_long_enough(decision: str) -> None:
    draw = rng()
    one_for_both = ReasonCode(code="data_corrected", label={"en": "Data"}, fits=("approve", "decline"))
    one_of_their_own = ReasonCode(code="something_else", label={"en": "Else"}, fits=("approve", "decline"))
    for codes in (CODES, (one_for_both, *CODES), (one_of_their_own,)):
        fitting = {code.code for code in codes if decision in code.fits}
        found = [notes.reason(draw, decision, codes) for _ in range(100)]
        assert all(code in fitting and len(note) >= 10 and "{" not in note for code, note in found)


def test_an_agenda_keeps_the_order_of_time_and_ends() -> None:
    clock, heard = PastClock(START), list[str]()
    agenda = Agenda(clock, NOW)
    agenda.at(START + timedelta(hours=2), lambda: heard.append("second"))
    agenda.at(NOW + timedelta(seconds=1), lambda: heard.append("never"))

    def first() -> None:
        heard.append("first")
        agenda.at(clock() + timedelta(days=1), lambda: heard.append("third"))

    agenda.at(START + timedelta(hours=1), first)
    agenda.run(lambda done: None)
    assert heard == ["first", "second", "third"]
    assert clock() == START + timedelta(days=1, hours=1)


def test_an_officer_works_in_the_own_hours_only() -> None:
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    hours = [hour / 10 for hour in range(240) if QUICK_AND_SURE.works_at(monday + timedelta(hours=hour / 10))]
    assert (min(hours), max(hours)) == (7.0, 15.5)
    assert not QUICK_AND_SURE.works_at(monday + timedelta(days=5, hours=10))
