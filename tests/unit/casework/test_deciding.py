"""Who may decide what on which score, without any page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from core.accounts.roles import Role
from core.casework.case_state import Stage, done_by, done_words
from core.casework.casework import Casework
from core.casework.decision_question import Choice
from core.casework.recording import stored_lookup
from core.casework.versions import Versions
from core.errors import (
    DecisionRefused,
    ErasedRecord,
    LedgerUnwritable,
    PermissionRefused,
    ScoreStale,
    SolventError,
    UnknownRecord,
)
from core.ledger.event import Event
from tests.unit.casework.builders import a_case, a_lender, scored
from tests.unit.casework.chain import FakeChain
from tests.unit.scoring.builders import NOW, POLICY

IN_FORCE = Versions("model-1", POLICY.version)
NOTE = "Guarantor signed on Friday."
SAFE, MIDDLE, RISKY = (8.0, 1.0, -1.0, 0.0, 0.0), (0.0, -0.4, -1.0, 0.0, 0.0), (0.0, -3.0, -1.0, 2.0, 0.0)
VALUES = {"approve": SAFE, "refer": MIDDLE, "decline": RISKY}


@dataclass(frozen=True)
class Somebody:
    user_name: str
    role: Role


ANA, BEN = Somebody("ana", Role.OFFICER), Somebody("ben", Role.OFFICER)
RITA = Somebody("rita", Role.RISK_MANAGER)


class Bench:
    """A casework over a chain in memory, with a clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW
        self.chain = FakeChain(lambda: self.now)
        self.casework = Casework(self.chain, a_lender(), lambda: self.now)
        self._forms = 0

    def score(self, recommendation: str = "approve", applicant: str = "7", acting: Somebody = ANA) -> Event:
        score = scored(VALUES[recommendation], applicant)
        assert score.recommendation == recommendation
        return self.casework.record_score(a_case(score), acting)

    def choice(self, event: Event, decision: str, code: str = "", note: str = "", form: str = "") -> Choice:
        self._forms += 1
        return Choice(event.sequence, decision, code, note, form or f"form-{self._forms:016}")

    def decide(
        self, event: Event, decision: str, code: str = "", note: str = "", acting: Somebody = ANA, form: str = ""
    ) -> Event:
        return self.casework.decide(self.choice(event, decision, code, note, form), acting, IN_FORCE)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("recommendation", ["approve", "decline"])
def test_agreeing_is_one_action(bench: Bench, recommendation: str) -> None:
    score = bench.score(recommendation)
    event = bench.decide(score, recommendation)
    assert (event.kind, event.public["decision"], event.public["override_side"]) == ("decided", recommendation, "")
    assert (event.public["score"], event.application, event.actor.name) == (score.sequence, score.application, "ana")
    assert bench.casework.state_of(score.application).stage is Stage.CLOSED


@pytest.mark.parametrize(
    ("recommended", "decided", "code", "side"),
    [
        ("decline", "approve", "known_client", "low"),
        ("approve", "decline", "income_doubtful", "high"),
        ("refer", "approve", "known_client", "referral"),
        ("refer", "decline", "income_doubtful", "referral"),
    ],
)
def test_leaving_the_recommendation_is_recorded_with_its_side_its_reason_and_a_sealed_note(
    bench: Bench, recommended: str, decided: str, code: str, side: str
) -> None:
    score = bench.score(recommended)
    with pytest.raises(DecisionRefused, match="needs a reason from the list"):
        bench.decide(score, decided, note=NOTE)
    with pytest.raises(DecisionRefused, match="needs a note of at least 10 characters, got 0"):
        bench.decide(score, decided, code)
    event = bench.decide(score, decided, code, NOTE)
    assert (event.public["override_side"], event.public["override_code"]) == (side, code)
    assert bench.chain.unsealed(event)["note"] == NOTE
    assert NOTE not in repr(event)


@pytest.mark.parametrize("recommended", ["approve", "refer", "decline"])
@pytest.mark.parametrize("decided", ["refer", "withdrawn"])
def test_referring_and_withdrawing_are_no_override(bench: Bench, recommended: str, decided: str) -> None:
    event = bench.decide(bench.score(recommended), decided)
    assert event.public["override_side"] == ""


def test_a_referred_case_waits_for_a_risk_manager_whose_answer_is_no_override(bench: Bench) -> None:
    score = bench.score("decline")
    referral = bench.decide(score, "refer")
    assert bench.casework.state_of(score.application).stage is Stage.REFERRED
    for officer in (ANA, BEN):
        with pytest.raises(DecisionRefused, match=r"decided by a risk manager, and this one was referred by ana on"):
            bench.decide(score, "approve", "known_client", NOTE, officer)
    event = bench.decide(score, "approve", note="x" * 10, acting=RITA)
    assert (event.public["override_side"], event.public["settles"]) == ("", referral.sequence)
    assert bench.casework.state_of(score.application).stage is Stage.CLOSED


@pytest.mark.parametrize(
    ("recommended", "decided", "needs_note"),
    [
        ("decline", "approve", True),
        ("approve", "decline", True),
        ("approve", "approve", False),
        ("decline", "decline", False),
        ("refer", "approve", False),
        ("refer", "decline", False),
        ("decline", "withdrawn", False),
    ],
)
def test_whoever_answers_a_referral_against_the_recommendation_says_why(
    bench: Bench, recommended: str, decided: str, needs_note: bool
) -> None:
    score = bench.score(recommended)
    bench.decide(score, "refer")
    if needs_note:
        with pytest.raises(DecisionRefused, match=r"needs a note of at least 10 characters, got 9"):
            bench.decide(score, decided, note="x" * 9, acting=RITA)
    event = bench.decide(score, decided, note="x" * 10 if needs_note else "", acting=RITA)
    assert event.public["override_side"] == ""


def test_a_risk_manager_overrides_like_everybody_where_nothing_was_referred(bench: Bench) -> None:
    with pytest.raises(DecisionRefused, match="needs a reason"):
        bench.decide(bench.score("decline"), "approve", acting=RITA)


def test_a_risk_manager_does_not_get_round_the_reason_by_referring_to_themselves(bench: Bench) -> None:
    score = bench.score("decline")
    bench.decide(score, "refer", acting=RITA)
    with pytest.raises(DecisionRefused, match="approving where decline is recommended needs a reason"):
        bench.decide(score, "approve", acting=RITA)
    assert bench.decide(score, "approve", "known_client", NOTE, RITA).public["override_side"] == "low"
    agreed = bench.score("decline", applicant="8")
    bench.decide(agreed, "refer", acting=RITA)
    assert bench.decide(agreed, "decline", acting=RITA).public["override_side"] == ""


def test_where_a_referral_is_recommended_a_risk_manager_decides_without_a_reason(bench: Bench) -> None:
    for applicant, decided in (("7", "approve"), ("8", "decline")):
        event = bench.decide(bench.score("refer", applicant), decided, acting=RITA)
        assert (event.public["override_side"], event.public["settles"]) == ("", None)


def test_a_referred_case_is_not_referred_again(bench: Bench) -> None:
    score = bench.score("refer")
    bench.decide(score, "refer")
    with pytest.raises(DecisionRefused, match="waits for a decision already"):
        bench.decide(score, "refer", acting=RITA)


@pytest.mark.parametrize("first", ["approve", "decline", "withdrawn"])
def test_a_closed_case_is_not_decided_again_and_it_is_said_who_decided_what_and_when(bench: Bench, first: str) -> None:
    score = bench.score("approve")
    bench.decide(score, first, *(("income_doubtful", NOTE) if first == "decline" else ()))
    done = {"approve": "approved", "decline": "declined", "withdrawn": "closed as withdrawn"}[first]
    for acting in (BEN, RITA):
        with pytest.raises(DecisionRefused, match=rf"was {done} by ana on 21 Nov 2026, 12:00 UTC \(event 2\)"):
            bench.decide(score, "decline", "income_doubtful", NOTE, acting)
    assert len(bench.chain.written) == 2


def test_changed_terms_are_refused_until_they_exist(bench: Bench) -> None:
    with pytest.raises(DecisionRefused, match="changed terms cannot be recorded yet"):
        bench.decide(bench.score(), "approve_changed_terms")


@pytest.mark.parametrize("decision", ["", "APPROVE", "maybe", "approve " * 100])
def test_a_decision_that_is_none_is_refused_with_those_that_are(bench: Bench, decision: str) -> None:
    with pytest.raises(DecisionRefused, match="one of approve, refer, decline, withdrawn, got") as refused:
        bench.decide(bench.score(), decision)
    assert len(str(refused.value)) < 160


def test_a_reason_for_an_override_that_is_none_is_refused(bench: Bench) -> None:
    with pytest.raises(DecisionRefused, match="leave the reason out"):
        bench.decide(bench.score("approve"), "approve", "known_client", NOTE)


def test_a_reason_outside_the_list_is_refused(bench: Bench) -> None:
    with pytest.raises(DecisionRefused, match=r"got 'gut_feeling'; choose one of “Known client”, “Data corrected”"):
        bench.decide(bench.score("decline"), "approve", "gut_feeling", NOTE)


@pytest.mark.parametrize(("length", "fits"), [(9, False), (10, True), (2_000, True), (2_001, False)])
def test_a_note_of_an_override_has_10_to_2000_characters(bench: Bench, length: int, fits: bool) -> None:
    score = bench.score("decline")
    note = f"  {'x' * length}\n"
    if fits:
        assert bench.chain.unsealed(bench.decide(score, "approve", "known_client", note))["note"] == "x" * length
    else:
        with pytest.raises(DecisionRefused, match="Note:"):
            bench.decide(score, "approve", "known_client", note)


def test_agreeing_may_have_a_short_note(bench: Bench) -> None:
    event = bench.decide(bench.score(), "approve", note="fine")
    assert bench.chain.unsealed(event)["note"] == "fine"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\u202e", "\u2066", "\ud800"])
def test_a_note_with_control_characters_is_refused(bench: Bench, sign: str) -> None:
    with pytest.raises(DecisionRefused, match=f"U\\+{ord(sign):04X}"):
        bench.decide(bench.score(), "approve", note=f"good{sign}client")


def test_a_note_may_have_lines_and_any_language(bench: Bench) -> None:
    note = "Première ligne\n\tدوم 👨‍👩‍👧"
    assert bench.chain.unsealed(bench.decide(bench.score(), "approve", note=note))["note"] == note


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICER, Role.RISK_MANAGER)])
def test_only_officers_and_risk_managers_decide(bench: Bench, role: Role) -> None:
    score = bench.score()
    with pytest.raises(PermissionRefused, match="may not decide here"):
        bench.decide(score, "approve", acting=Somebody("eve", role))
    assert len(bench.chain.written) == 1


@pytest.mark.parametrize(("role", "may"), [(Role.CONSOLE, True), (Role.DATA_SCIENTIST, True), (Role.AUDITOR, False)])
def test_who_may_score_is_recorded_and_nobody_else(bench: Bench, role: Role, may: bool) -> None:
    if may:
        assert bench.score(acting=Somebody("eve", role)).actor.role == role
    else:
        with pytest.raises(PermissionRefused):
            bench.score(acting=Somebody("eve", role))


@pytest.mark.parametrize("role", Role)
def test_a_refused_score_is_recorded_for_those_whom_the_page_is_open_to(bench: Bench, role: Role) -> None:
    if role is Role.ADMINISTRATOR:
        with pytest.raises(PermissionRefused):
            bench.casework.record_refusal("UnknownApplicant", "", Somebody("eve", role))
    else:
        bench.casework.record_refusal("UnknownApplicant", "", Somebody("eve", role))
    assert len(bench.chain.written) == (role is not Role.ADMINISTRATOR)


@pytest.mark.parametrize("key", ["", "short", "x" * 15, "x" * 65, "x" * 15 + " ", "x" * 16 + "\n"])
def test_a_form_without_a_key_of_its_own_is_refused(bench: Bench, key: str) -> None:
    score = bench.score()
    with pytest.raises(DecisionRefused, match="must carry a key of 16 to 64"):
        bench.casework.decide(Choice(score.sequence, "approve", idempotency_key=key), ANA, IN_FORCE)


def test_the_same_form_sent_twice_is_one_decision(bench: Bench) -> None:
    score = bench.score("decline")
    first = bench.decide(score, "approve", "known_client", NOTE, form="f" * 16)
    bench.now += timedelta(minutes=1)
    later = Choice(score.sequence, "approve", "known_client", f"{NOTE}\n", "f" * 16)
    again = bench.casework.decide(later, ANA, Versions("a later model", "a later policy"))
    assert again is first
    assert len(bench.chain.written) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "decline", "override_code": ""},
        {"override_code": "income_doubtful"},
        {"note": NOTE + " Or not."},
        {"score": 3},
    ],
)
def test_the_same_form_with_another_content_is_refused(bench: Bench, change: dict[str, str]) -> None:
    score = bench.score("decline")
    bench.decide(score, "approve", "known_client", NOTE, form="f" * 16)
    bench.score("decline", applicant="8")
    other = replace(Choice(score.sequence, "approve", "known_client", NOTE, "f" * 16), **change)
    with pytest.raises(DecisionRefused, match="was sent before with another content, and the application was approved"):
        bench.casework.decide(other, ANA, IN_FORCE)


def test_the_form_of_somebody_else_is_refused(bench: Bench) -> None:
    score = bench.score()
    bench.decide(score, "approve", form="f" * 16)
    with pytest.raises(DecisionRefused, match="sent before"):
        bench.decide(score, "approve", acting=BEN, form="f" * 16)


def test_the_same_form_is_known_again_after_the_person_was_forgotten(bench: Bench) -> None:
    score = bench.score()
    first = bench.decide(score, "approve", form="f" * 16)
    bench.chain.erased.add(score.application)
    assert bench.decide(score, "approve", form="f" * 16) is first


@pytest.mark.parametrize(
    "in_force", [Versions("model-2", POLICY.version), Versions("model-1", "policy-00000000"), Versions("", "")]
)
def test_a_score_by_other_versions_than_those_in_force_is_stale(bench: Bench, in_force: Versions) -> None:
    score = bench.score()
    with pytest.raises(ScoreStale, match="score the application again and decide on that score"):
        bench.casework.decide(bench.choice(score, "approve"), ANA, in_force)
    assert len(bench.chain.written) == 1


def test_a_score_that_another_result_overtook_is_stale(bench: Bench) -> None:
    first = bench.casework.record_score(a_case(scored(SAFE, "7"), lookup="stored:7"), ANA)
    bench.casework.record_score(a_case(scored(RISKY, "7"), lookup="stored:7"), BEN)
    with pytest.raises(ScoreStale, match=r"scored again with another result \(event 2\)"):
        bench.decide(first, "approve")


def test_a_score_that_somebody_repeated_with_the_same_result_can_be_decided_on(bench: Bench) -> None:
    first = bench.score()
    assert bench.score(acting=BEN).sequence == 2
    assert bench.decide(first, "approve").public["score"] == 1


def test_a_decision_is_about_a_score_that_exists(bench: Bench) -> None:
    score = bench.score()
    decision = bench.decide(score, "refer")
    with pytest.raises(UnknownRecord):
        bench.casework.decide(Choice(99, "approve", idempotency_key="k" * 16), RITA, IN_FORCE)
    with pytest.raises(DecisionRefused, match="got event 2, which is 'decided'"):
        bench.decide(decision, "approve", acting=RITA)


def test_nothing_is_decided_about_a_person_who_was_forgotten(bench: Bench) -> None:
    score = bench.score()
    bench.chain.erased.add(score.application)
    with pytest.raises(ErasedRecord):
        bench.decide(score, "approve")


def test_while_the_ledger_cannot_be_written_deciding_is_refused_with_its_reason(bench: Bench) -> None:
    score = bench.score()
    bench.chain.unwritable = "Ledger: the disk is full; free some space."
    with pytest.raises(LedgerUnwritable, match="the disk is full"):
        bench.decide(score, "approve")
    bench.chain.unwritable = ""
    assert bench.decide(score, "approve").sequence == 2


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(bench: Bench) -> None:
    score = bench.score("refer")
    start = Barrier(8)

    def try_to(number: int) -> str:
        # half of them through a casework of their own, as after the desk was opened again
        own = bench.casework if number % 2 else Casework(bench.chain, a_lender(), lambda: NOW)
        decision, code = ("approve", "known_client") if number < 4 else ("decline", "income_doubtful")
        start.wait()
        try:
            own.decide(Choice(score.sequence, decision, code, NOTE, f"thread-{number:012}"), ANA, IN_FORCE)
        except SolventError as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(try_to, range(8)))
    assert answers.count("") == 1
    assert all("a closed case is not decided again" in answer for answer in answers if answer)
    assert [event.kind for event in bench.chain.written] == ["scored", "decided"]


def test_a_page_that_runs_again_writes_the_score_once(bench: Bench) -> None:
    first = bench.score()
    bench.now += timedelta(minutes=3)
    assert bench.score() is first
    assert len(bench.chain.written) == 1


def test_a_score_is_an_event_again_for_another_person_day_result_or_version(bench: Bench) -> None:
    bench.now = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
    bench.score()
    bench.score(acting=BEN)
    bench.casework.record_score(a_case(scored(RISKY, "7"), lookup="stored:7"), ANA)
    bench.casework.record_score(a_case(replace(scored(SAFE, "7"), policy_version="policy-2")), ANA)
    bench.now += timedelta(minutes=1)
    bench.score()
    assert [event.kind for event in bench.chain.written] == ["scored"] * 5
    assert {event.application for event in bench.chain.written} == {"A1"}


def test_the_state_of_a_case_is_found_by_what_was_scored(bench: Bench) -> None:
    state = bench.casework.state_of_lookup
    assert (state(stored_lookup("7")).stage, state(stored_lookup("7")).words) == (Stage.OPEN, "Not decided yet")
    bench.decide(bench.score(), "approve")
    assert state(stored_lookup("7")).words == "Approved by ana on 21 Nov 2026, 12:00 UTC (event 2)"


def test_a_decision_is_told_with_its_number_as_numbers_are_written(bench: Bench) -> None:
    event = replace(bench.decide(bench.score(), "approve"), sequence=7418)
    assert done_words(event) == "approved by ana on 21 Nov 2026, 12:00 UTC (event 7,418)"
    assert done_by(event) == "approved by ana on 21 Nov 2026, 12:00 UTC"


def test_a_refused_score_says_which_rule_and_never_the_value(bench: Bench) -> None:
    refuse: Callable[..., None] = bench.casework.record_refusal
    refuse("ApplicationRefused", "fields must be inside the contract", ANA, "10.0.0.7")
    refuse("ApplicationRefused", "fields must be inside the contract", ANA)
    refuse("ApplicationRefused", "Income: must not lie below 0, got -77777", ANA)
    refuse("Income -77777", "", ANA)
    written = [(event.kind, event.subject, event.public["rule"]) for event in bench.chain.written]
    assert written == [
        ("score_refused", "ApplicationRefused", "fields must be inside the contract"),
        ("score_refused", "ApplicationRefused", "the score must be possible"),
        ("score_refused", "SolventError", "the score must be possible"),
    ]
    assert "77777" not in repr(bench.chain.written)
    bench.now += timedelta(minutes=1)
    refuse("ApplicationRefused", "fields must be inside the contract", ANA)
    assert len(bench.chain.written) == 4
