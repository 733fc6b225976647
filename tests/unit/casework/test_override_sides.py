"""Which decision is an override, which is made instead of a referral, and which is neither: every cell of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest

from core.accounts.roles import Role
from core.casework.case_state import CaseState, Stage
from core.casework.deciding import judge
from core.casework.decision_question import Choice, Question
from core.casework.layout import public_score
from core.casework.offer import offer
from core.casework.override_sides import OVERRIDES, SIDE_WORDS
from core.casework.recording import scored_draft
from core.casework.versions import Versions
from core.errors import DecisionRefused
from core.ledger.event import Actor, Event
from core.ledger.keys import ApplicationKey
from core.policy.recommendation import Recommendation
from tests.unit.casework.builders import ACTOR, a_case, a_lender, as_event, scored

IN_FORCE = Versions(scored().model_version, scored().policy_version)
NOTE = "Guarantor signed on Friday."
ROLES = (Role.OFFICER, Role.RISK_MANAGER)
DECIDED = ("approve", "refer", "decline", "withdrawn")
REFERRED_BY = ("nobody", "themselves", "somebody else")
FITS = {"approve": "known_client", "decline": "income_doubtful"}

Cell = tuple[Recommendation, str, Role, str]

# recommended, decided, role, referred by -> side; every other cell that can be recorded has none
SIDES: Mapping[Cell, str] = {
    (Recommendation.DECLINE, "approve", Role.OFFICER, "nobody"): "low",
    (Recommendation.DECLINE, "approve", Role.RISK_MANAGER, "nobody"): "low",
    (Recommendation.DECLINE, "approve", Role.RISK_MANAGER, "themselves"): "low",
    (Recommendation.APPROVE, "decline", Role.OFFICER, "nobody"): "high",
    (Recommendation.APPROVE, "decline", Role.RISK_MANAGER, "nobody"): "high",
    (Recommendation.APPROVE, "decline", Role.RISK_MANAGER, "themselves"): "high",
    (Recommendation.REFER, "approve", Role.OFFICER, "nobody"): "referral",
    (Recommendation.REFER, "decline", Role.OFFICER, "nobody"): "referral",
}
# no override, and yet the answer to a referral goes against the recommendation: it needs a note alone
ANSWERS_AGAINST = frozenset(
    {
        (Recommendation.DECLINE, "approve", Role.RISK_MANAGER, "somebody else"),
        (Recommendation.APPROVE, "decline", Role.RISK_MANAGER, "somebody else"),
    }
)
CELLS: tuple[Cell, ...] = tuple(product(Recommendation, DECIDED, ROLES, REFERRED_BY))


def scored_event(recommendation: Recommendation) -> Event:
    case = a_case(replace(scored(), recommendation=recommendation))
    return as_event(scored_draft(case, ApplicationKey("A-1", "P-1"), ACTOR))[0]


def state(event: Event, referred_by: str) -> CaseState:
    if referred_by == "nobody":
        return CaseState(Stage.OPEN, None, event)
    by = Actor("ana" if referred_by == "themselves" else "ben", "officer", "")
    referral = replace(event, sequence=7, kind="decided", actor=by, public={**event.public, "decision": "refer"})
    return CaseState(Stage.REFERRED, referral, event)


def question(cell: Cell, code: str = "", note: str = "") -> Question:
    """ana decides."""
    recommended, decided, role, referred_by = cell
    event = scored_event(recommended)
    choice = Choice(event.sequence, decided, code, note, "k" * 16)
    public = public_score(event.public, event.sequence)
    return Question(choice, public, state(event, referred_by), role, IN_FORCE, a_lender(), "ana")


def is_recorded(cell: Cell) -> bool:
    """A referred case is a risk manager's, and is not referred again."""
    _, decided, role, referred_by = cell
    return referred_by == "nobody" or (role is Role.RISK_MANAGER and decided != "refer")


def refusal(asked: Question) -> str:
    with pytest.raises(DecisionRefused) as refused:
        judge(asked)
    return str(refused.value)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "-".join(cell))
def test_every_cell_has_its_side_and_needs_a_reason_and_a_note_exactly_where_it_has_one(cell: Cell) -> None:
    if not is_recorded(cell):
        assert "case" in refusal(question(cell)) or "waits for a decision already" in refusal(question(cell))
        return
    needs_reason, needs_note = cell in SIDES, cell in SIDES or cell in ANSWERS_AGAINST
    code = FITS[cell[1]] if needs_reason else ""
    assert judge(question(cell, code, "x" * 10 if needs_note else "")).override_side == SIDES.get(cell, "")
    if needs_note:
        assert "needs a note of at least 10 characters, got 9" in refusal(question(cell, code, "x" * 9))
    if needs_reason:
        assert "needs a reason from the list, got none" in refusal(question(cell, "", NOTE))
    else:
        assert "leave the reason out" in refusal(question(cell, "known_client", NOTE))


def test_the_table_speaks_of_cells_that_are_recorded_and_overrides_are_of_two_sides() -> None:
    assert [cell for cell in SIDES if not is_recorded(cell)] == []
    assert sum(is_recorded(cell) for cell in CELLS) == 24 + 9 + 9
    assert OVERRIDES == ("low", "high")
    assert set(SIDE_WORDS) == set(SIDES.values())


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "-".join(cell))
def test_what_is_offered_is_the_same_table_with_the_reasons_that_fit(cell: Cell) -> None:
    recommended, decided, role, referred_by = cell
    event = scored_event(recommended)
    found = offer(event, state(event, referred_by), role, IN_FORCE, a_lender(), "ana")
    choice = next((one for one in found.choices if one.code.code == decided), None)
    assert (choice is not None) is is_recorded(cell)
    if choice is not None:
        fitting = {"approve": ["known_client", "data_corrected"], "decline": ["income_doubtful", "data_corrected"]}
        assert choice.override_side == SIDES.get(cell, "")
        assert choice.needs_note is (cell in SIDES or cell in ANSWERS_AGAINST)
        assert [code.code for code in choice.reasons] == (fitting[decided] if cell in SIDES else [])


@pytest.mark.parametrize("cell", SIDES, ids=lambda cell: "-".join(cell))
def test_a_reason_that_does_not_fit_the_decision_is_refused_with_those_that_do(cell: Cell) -> None:
    other, both = FITS["decline" if cell[1] == "approve" else "approve"], "data_corrected"
    doing, choose = {
        "approve": ("approving", "choose one of “Known client”, “Data corrected”."),
        "decline": ("declining", "choose one of “Income doubtful”, “Data corrected”."),
    }[cell[1]]
    where = "instead of a referral" if cell[0] == "refer" else f"where {cell[0].value} is recommended"
    label = other.replace("_", " ").capitalize()
    said = f"Reason: {doing} {where} needs one that fits {doing}, got “{label}”; {choose}"
    assert refusal(question(cell, other, NOTE)) == said
    assert "“Terms changed”" in refusal(question(cell, "terms_changed", NOTE))
    assert judge(question(cell, both, NOTE)).override_code == both


@pytest.mark.parametrize(
    ("cell", "reason", "note"),
    [
        (
            (Recommendation.DECLINE, "approve", Role.OFFICER, "nobody"),
            "Reason: approving where decline is recommended needs a reason from the list, got 'gut_feeling'; "
            "choose one of “Known client”, “Data corrected”.",
            "Note: approving where decline is recommended needs a note of at least 10 characters, got 0; "
            "write down what the recommendation does not know.",
        ),
        (
            (Recommendation.APPROVE, "decline", Role.OFFICER, "nobody"),
            "Reason: declining where approve is recommended needs a reason from the list, got 'gut_feeling'; "
            "choose one of “Income doubtful”, “Data corrected”.",
            "Note: declining where approve is recommended needs a note of at least 10 characters, got 0; "
            "write down what the recommendation does not know.",
        ),
        (
            (Recommendation.REFER, "decline", Role.OFFICER, "nobody"),
            "Reason: declining instead of a referral needs a reason from the list, got 'gut_feeling'; "
            "choose one of “Income doubtful”, “Data corrected”, or refer it.",
            "Note: declining instead of a referral needs a note of at least 10 characters, got 0; "
            "write down why nobody else had to look.",
        ),
    ],
    ids=["low", "high", "referral"],
)
def test_each_side_is_refused_in_words_of_its_own(cell: Cell, reason: str, note: str) -> None:
    assert refusal(question(cell, "gut_feeling", NOTE)) == reason
    assert refusal(question(cell, FITS[cell[1]])) == note


def test_a_reason_where_none_is_needed_is_refused_in_words() -> None:
    settled = (Recommendation.REFER, "approve", Role.RISK_MANAGER, "nobody")
    assert refusal(question(settled, "known_client", NOTE)) == (
        "Reason: only a decision that overrides the recommendation or is made instead of a referral has one, "
        "got 'known_client'; leave the reason out."
    )
