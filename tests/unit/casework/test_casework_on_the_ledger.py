"""Deciding through the real ledger: durable, once, also from several threads and after a restart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest

from core.accounts.roles import Role
from core.casework.case_state import Stage, moment_words
from core.casework.casework import Casework
from core.casework.decision_question import Choice
from core.casework.readings import READINGS
from core.casework.recording import stored_lookup
from core.casework.versions import Versions
from core.errors import DecisionRefused, ErasedRecord, SolventError
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, SetClock, a_ledger
from tests.unit.casework.builders import a_case, a_lender, scored
from tests.unit.scoring.builders import POLICY

IN_FORCE = Versions("model-1", POLICY.version)


@dataclass(frozen=True)
class Officer:
    user_name: str
    role: Role = Role.OFFICER


def casework_of(ledger: Ledger) -> Casework:
    return Casework(ledger, a_lender(), SetClock())


def referring(score: int, form: str) -> Choice:
    return Choice(score, "refer", idempotency_key=f"{form:0>16}")


def test_of_officers_who_decide_at_once_each_on_their_own_desk_one_wins(tmp_path: Path) -> None:
    with a_ledger(tmp_path, READINGS) as ledger:
        score = casework_of(ledger).record_score(a_case(scored(applicant="7")), Officer("ana"))
        start = Barrier(6)

        def try_to(number: int) -> str:
            start.wait()
            try:
                casework_of(ledger).decide(
                    referring(score.sequence, str(number)), Officer(f"officer-{number}"), IN_FORCE
                )
            except SolventError as refused:
                return str(refused)
            return ""

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(try_to, range(6)))
        assert answers.count("") == 1
        winner = f"referred by officer-{answers.index('')} on {moment_words(NOON)}"
        assert all(winner in answer for answer in answers if answer)
        assert (ledger.head.count, ledger.verify().sound) == (2, True)


def test_different_applications_are_decided_at_once(tmp_path: Path) -> None:
    with a_ledger(tmp_path, READINGS) as ledger:
        casework = casework_of(ledger)

        def work(number: int) -> int:
            officer = Officer(f"officer-{number}")
            score = casework.record_score(a_case(scored(applicant=str(number))), officer)
            return casework.decide(referring(score.sequence, str(number)), officer, IN_FORCE).sequence

        with ThreadPoolExecutor(8) as pool:
            sequences = list(pool.map(work, range(24)))
        assert len(set(sequences)) == 24
        assert (ledger.head.count, ledger.verify().sound) == (48, True)


def test_one_form_sent_for_two_applications_at_once_decides_one_of_them(tmp_path: Path) -> None:
    with a_ledger(tmp_path, READINGS) as ledger:
        casework = casework_of(ledger)
        scores = [casework.record_score(a_case(scored(applicant=key)), Officer("ana")).sequence for key in "12"]
        start = Barrier(2)

        def try_to(score: int) -> str:
            start.wait()
            try:
                casework.decide(referring(score, "same"), Officer("ana"), IN_FORCE)
            except DecisionRefused as refused:
                return str(refused)
            return ""

        with ThreadPoolExecutor(2) as pool:
            refused = "".join(pool.map(try_to, scores))
        assert "sent before with another content, and the application was referred by ana" in refused
        assert ledger.head.count == 3


def test_after_a_restart_the_form_is_known_and_the_case_stands_where_it_stood(tmp_path: Path) -> None:
    with a_ledger(tmp_path, READINGS) as ledger:
        casework = casework_of(ledger)
        score = casework.record_score(a_case(scored(applicant="7")), Officer("ana"))
        first = casework.decide(referring(score.sequence, "a"), Officer("ana"), IN_FORCE)
    with a_ledger(tmp_path, READINGS) as ledger:
        casework = casework_of(ledger)
        again = casework.decide(referring(score.sequence, "a"), Officer("ana"), IN_FORCE)
        assert (again.sequence, again.hash) == (first.sequence, first.hash)
        assert casework.record_score(a_case(scored(applicant="7")), Officer("ana")).sequence == score.sequence
        assert casework.state_of_lookup(stored_lookup("7")).stage is Stage.REFERRED
        with pytest.raises(DecisionRefused, match="decided by a risk manager"):
            casework.decide(referring(score.sequence, "b"), Officer("ben"), IN_FORCE)


def test_a_forgotten_application_cannot_be_decided_and_the_same_client_starts_anew(tmp_path: Path) -> None:
    with a_ledger(tmp_path, READINGS) as ledger:
        casework = casework_of(ledger)
        score = casework.record_score(a_case(scored(applicant="7")), Officer("ana"))
        ledger.keys.destroy_applicant(score.applicant)
        with pytest.raises(ErasedRecord):
            casework.decide(referring(score.sequence, "a"), Officer("ana"), IN_FORCE)
        again = casework.record_score(a_case(scored(applicant="7")), Officer("ana"))
        assert again.application != score.application
        assert casework.decide(referring(again.sequence, "b"), Officer("ana"), IN_FORCE).kind == "decided"
