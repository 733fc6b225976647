"""What a person may decide on a score right now: the same rules that judge the decision, asked beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from core.accounts.roles import Role
from core.casework.case_rules import CASE_RULES
from core.casework.case_state import CaseState
from core.casework.decision_question import Choice, Question
from core.casework.layout import public_score
from core.casework.override_sides import REFERRAL
from core.casework.versions import Versions
from core.ledger.event import Event
from core.portfolio.contract import Code, Contract, ReasonCode


@dataclass(frozen=True)
class Possible:
    """One decision that can be recorded."""

    code: Code
    agrees: bool  # with the recommendation
    override_side: str  # low, high, referral: a reason and a note are needed; empty: no reason
    needs_note: bool
    reasons: tuple[ReasonCode, ...]  # of the contract, those that fit; empty where none is needed


@dataclass(frozen=True)
class Offer:
    """The decisions of the contract that are possible, in its order; none of them is chosen beforehand."""

    state: CaseState
    choices: tuple[Possible, ...]
    refusal: str  # why there is no choice; empty where there is one

    @property
    def agreeing(self) -> Possible | None:
        """The one that follows the recommendation."""
        return next((choice for choice in self.choices if choice.agrees), None)

    @property
    def instead_of_referral(self) -> bool:
        """Whether deciding would leave out a second look that is recommended."""
        return any(choice.override_side == REFERRAL for choice in self.choices)

    @property
    def needs_note(self) -> bool:
        """Whether one of them has to be explained."""
        return any(choice.needs_note for choice in self.choices)

    def may(self, decision: str) -> bool:
        return any(choice.code.code == decision for choice in self.choices)

    def reasons(self, decision: str) -> tuple[ReasonCode, ...]:
        """Those that fit this decision; while none is chosen, those of every choice. Empty: no reason is needed."""
        chosen = (choice for choice in self.choices if decision in ("", choice.code.code))
        return tuple({reason.code: reason for choice in chosen for reason in choice.reasons}.values())


def offer(
    scored: Event, state: CaseState, role: Role, in_force: Versions, contract: Contract, user_name: str = ""
) -> Offer:
    """What this person may decide on this score."""
    public = public_score(scored.public, scored.sequence)

    def asked(decision: str) -> Question:
        return Question(Choice(scored.sequence, decision), public, state, role, in_force, contract, user_name)

    refusals, choices = [], []
    for code in asked("").possible:
        question = asked(code.code)
        broken = next((rule for rule in CASE_RULES if rule.broken(question)), None)
        if broken is None:
            side = question.override_side
            agrees = code.code == public.recommendation
            choices.append(Possible(code, agrees, side, question.needs_note, question.fitting if side else ()))
        else:
            refusals.append(broken.words(question))
    return Offer(state, tuple(choices), refusals[0] if refusals and not choices else "")
