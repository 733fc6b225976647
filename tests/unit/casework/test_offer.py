"""What the page offers is what the rules allow, before anything is clicked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.accounts.roles import Role
from core.casework.case_state import CaseState, Stage
from core.casework.deciding import judge
from core.casework.decision_question import Choice, Question
from core.casework.layout import public_score
from core.casework.offer import Offer, offer
from core.casework.recording import scored_draft
from core.casework.versions import Versions
from core.errors import DecisionRefused
from core.ledger.event import Event
from core.ledger.keys import ApplicationKey
from core.policy.recommendation import Recommendation
from tests.unit.casework.builders import ACTOR, a_case, a_lender, as_event, scored

IN_FORCE = Versions(scored().model_version, scored().policy_version)


def scored_event(recommendation: Recommendation = Recommendation.DECLINE) -> Event:
    case = a_case(replace(scored(), recommendation=recommendation))
    return as_event(scored_draft(case, ApplicationKey("A-1", "P-1"), ACTOR))[0]


def decided(event: Event, decision: str) -> CaseState:
    stage = Stage.REFERRED if decision == "refer" else Stage.CLOSED
    last = replace(event, sequence=7, kind="decided", public={**event.public, "decision": decision})
    return CaseState(stage, last, event)


def offered(
    state: CaseState | None = None,
    role: Role = Role.OFFICER,
    versions: Versions = IN_FORCE,
    recommendation: Recommendation = Recommendation.DECLINE,
) -> Offer:
    event = scored_event(recommendation)
    return offer(event, state or CaseState(Stage.OPEN, None, event), role, versions, a_lender())


def test_an_open_case_offers_every_decision_but_changed_terms_and_says_which_need_a_reason() -> None:
    found = offered()
    assert [(c.code.code, c.agrees, c.override_side) for c in found.choices] == [
        ("approve", False, "low"),
        ("refer", False, ""),
        ("decline", True, ""),
        ("withdrawn", False, ""),
    ]
    assert [reason.code for reason in found.choices[0].reasons] == ["known_client", "data_corrected"]
    assert not any(choice.reasons for choice in found.choices[1:])
    assert found.agreeing is not None
    assert found.agreeing.code.code == "decline"
    assert not found.instead_of_referral
    assert found.refusal == ""


def test_the_reasons_are_those_of_every_choice_until_one_is_chosen_and_then_those_that_fit_it() -> None:
    found = offered(recommendation=Recommendation.REFER)
    assert found.instead_of_referral
    assert {chosen: [reason.code for reason in found.reasons(chosen)] for chosen in ("", "approve", "decline")} == {
        "": ["known_client", "data_corrected", "income_doubtful"],
        "approve": ["known_client", "data_corrected"],
        "decline": ["income_doubtful", "data_corrected"],
    }
    assert found.reasons("refer") == found.reasons("withdrawn") == ()
    assert (found.may("refer"), found.may("approve_changed_terms")) == (True, False)


def test_a_risk_manager_is_offered_no_reason_where_a_referral_is_recommended() -> None:
    found = offered(role=Role.RISK_MANAGER, recommendation=Recommendation.REFER)
    assert (found.reasons(""), found.instead_of_referral) == ((), False)


def test_a_referred_case_offers_an_officer_nothing_and_says_who_decides() -> None:
    found = offered(decided(scored_event(), "refer"))
    assert found.choices == ()
    assert "a referred case is decided by a risk manager" in found.refusal
    assert "ana" in found.refusal


def test_a_risk_manager_decides_a_referred_case_without_a_reason_and_cannot_refer_it_again() -> None:
    found = offered(decided(scored_event(), "refer"), Role.RISK_MANAGER)
    assert [(c.code.code, c.override_side) for c in found.choices] == [
        ("approve", ""),
        ("decline", ""),
        ("withdrawn", ""),
    ]
    assert found.reasons("") == ()


def test_a_closed_case_offers_nothing_and_says_what_was_decided() -> None:
    found = offered(decided(scored_event(), "approve"), Role.RISK_MANAGER)
    assert found.choices == ()
    assert "approved by ana" in found.refusal


def test_a_score_of_another_policy_offers_nothing_but_scoring_again() -> None:
    found = offered(versions=Versions(IN_FORCE.model_version, "policy-00000000"))
    assert found.choices == ()
    assert "score the application again" in found.refusal


@pytest.mark.parametrize("decision", ["approve", "refer", "decline", "withdrawn", "approve_changed_terms", "else"])
def test_what_is_offered_is_exactly_what_is_accepted(decision: str) -> None:
    event, lender = scored_event(), a_lender()
    state = CaseState(Stage.OPEN, None, event)
    possible = {choice.code.code: choice for choice in offered().choices}
    reason = "known_client" if decision in possible and possible[decision].override_side else ""
    choice = Choice(event.sequence, decision, reason, "a note of ten and more", "k" * 16)
    question = Question(choice, public_score(event.public, 1), state, Role.OFFICER, IN_FORCE, lender)
    if decision in possible:
        assert judge(question).override_side == possible[decision].override_side
    else:
        with pytest.raises(DecisionRefused):
            judge(question)
