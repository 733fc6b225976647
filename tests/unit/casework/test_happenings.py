"""A record of the past with everything that happened to its application, through the real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.accounts.roles import Role
from core.casework.casework import Casework
from core.casework.decision_question import Choice
from core.casework.happenings import happenings, history_record
from core.casework.readings import READINGS
from core.casework.versions import Versions
from core.errors import ErasedRecord, ModelMissing
from core.ledger.event import Actor, Draft, Event
from core.ledger.ledger import Ledger
from core.policy.recommendation import Recommendation
from tests.ledgers import SetClock, a_ledger
from tests.unit.casework.builders import MODEL, a_case, a_lender, scored
from tests.unit.scoring.builders import POLICY, LinearModel

IN_FORCE = Versions("model-1", POLICY.version)
SCORE = scored((0.0, -3.0, -1.0, 2.0, 0.0), "7")


@dataclass(frozen=True)
class Somebody:
    user_name: str
    role: Role


ANA, RITA = Somebody("ana", Role.OFFICER), Somebody("rita", Role.RISK_MANAGER)
ADMIN = Actor("adam", "administrator")


def the_model(version: str) -> LinearModel:
    return MODEL


def no_model(version: str) -> LinearModel:
    raise ModelMissing(f"Model {version}: gone.")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: SetClock) -> Iterator[Ledger]:
    with a_ledger(tmp_path, READINGS, clock) as opened:
        yield opened


@pytest.fixture
def declined(ledger: Ledger, clock: SetClock) -> Event:
    """Scored and referred by an officer, declined by the risk manager a day later; then it defaulted elsewhere."""
    casework = Casework(ledger, a_lender(), clock)
    score = casework.record_score(a_case(SCORE, lookup="stored:7"), ANA)
    casework.decide(Choice(score.sequence, "refer", idempotency_key="a" * 16), ANA, IN_FORCE)
    clock.passes(timedelta(days=1))
    decision = Choice(score.sequence, "decline", note="Debts in another town.", idempotency_key="b" * 16)
    casework.decide(decision, RITA, IN_FORCE)
    other = casework.record_score(a_case(scored(applicant="8"), lookup="stored:8"), ANA)
    outcome = {"outcome": "defaulted", "observed_on": "2026-03-01"}
    ledger.append(
        [
            Draft("outcome", ADMIN, score.application, outcome, score.application, score.applicant),
            Draft("outcome", ADMIN, other.application, outcome, other.application, other.applicant),
        ]
    )
    return score


def test_a_record_comes_with_what_happened_before_and_since(ledger: Ledger, declined: Event) -> None:
    history = history_record(ledger, 2, a_lender(), the_model)
    assert (history.record.decision, history.record.actor.name, history.record.score) == ("refer", "ana", SCORE)
    assert [one.words for one in history.before] == [
        "Scored by ana on 2 Mar 2026, 12:00 UTC: PD 69.0 %, decline recommended."
    ]
    assert [one.words for one in history.since] == [
        "Declined by rita on 3 Mar 2026, 12:00 UTC.",
        "Outcome: defaulted, observed on 1 Mar 2026; entered by adam on 3 Mar 2026, 12:00 UTC.",
    ]
    assert history_record(ledger, 3, a_lender(), the_model).record.note == "Debts in another town."


def test_a_record_can_be_read_when_its_models_files_are_gone(ledger: Ledger, declined: Event) -> None:
    record = history_record(ledger, 2, a_lender(), no_model).record
    assert "The files of model model-1 are not here any more" in record.caveat
    assert record.score == SCORE


def test_a_forgotten_person_leaves_what_happened_and_nothing_else(ledger: Ledger, declined: Event) -> None:
    ledger.append([Draft("erased", ADMIN, declined.applicant, {}, applicant=declined.applicant)])
    ledger.keys.destroy_applicant(declined.applicant)
    with pytest.raises(ErasedRecord):
        history_record(ledger, 2, a_lender(), the_model)
    told = happenings(ledger, ledger.event(2))
    assert [one.kind for one in told] == ["scored", "decided", "decided", "outcome", "erased"]
    assert told[-1].words == "Erased by adam on 3 Mar 2026, 12:00 UTC: its data can no longer be read from the record."


def test_an_override_tells_its_reason_and_a_correction_what_it_corrects(ledger: Ledger, clock: SetClock) -> None:
    casework = Casework(ledger, a_lender(), clock)
    score = casework.record_score(a_case(SCORE, lookup="stored:7"), ANA)
    choice = Choice(score.sequence, "approve", "known_client", "Guarantor signed.", "c" * 16)
    casework.decide(choice, ANA, IN_FORCE)
    corrected = {"outcome": "repaid", "observed_on": "", "corrects": 1203}
    ledger.append([Draft("corrected", ADMIN, score.application, corrected, score.application)])
    ledger.append([Draft("put_aside", ADMIN, score.application, {}, score.application)])
    assert [one.words for one in history_record(ledger, 1, a_lender(), the_model).since] == [
        "Approved by ana on 2 Mar 2026, 12:00 UTC although that was not recommended; reason: known client.",
        "Outcome: repaid, which corrects event 1,203; entered by adam on 2 Mar 2026, 12:00 UTC.",
        "Put aside by adam on 2 Mar 2026, 12:00 UTC.",
    ]


def test_a_decision_instead_of_a_referral_is_told_as_that(ledger: Ledger, clock: SetClock) -> None:
    casework = Casework(ledger, a_lender(), clock)
    score = casework.record_score(a_case(replace(SCORE, recommendation=Recommendation.REFER), lookup="stored:7"), ANA)
    choice = Choice(score.sequence, "approve", "known_client", "Guarantor signed.", "c" * 16)
    decided = casework.decide(choice, ANA, IN_FORCE)
    assert [one.words for one in happenings(ledger, decided)][1:] == [
        "Approved by ana on 2 Mar 2026, 12:00 UTC, instead of a referral; reason: known client."
    ]


def test_the_readings_follow_what_was_decided(ledger: Ledger, declined: Event) -> None:
    with ledger.reading() as cursor:
        decisions = cursor.execute("select decision, score_sequence, settles from decisions order by 1").fetchall()
        scores = cursor.execute("select count(*), min(grade) from scores").fetchall()
    assert (decisions, scores) == ([("decline", 1, 2), ("refer", 1, None)], [(2, "E")])
