"""A decision as it is asked for, with all that the rules look at, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.accounts.roles import Role
from core.casework.case_state import APPROVE, CHANGED_TERMS, DECLINE, REFER, WITHDRAWN, CaseState, Stage
from core.casework.layout import PublicScore
from core.casework.override_sides import HIGH, LOW, OVERRIDES, REFERRAL
from core.casework.versions import Versions
from core.errors import DecisionRefused
from core.portfolio.contract import Code, Contract, ReasonCode

KNOWN_DECISIONS = (APPROVE, CHANGED_TERMS, REFER, DECLINE, WITHDRAWN)  # those this Solvent knows the meaning of

# recommended and decided -> side; any other decision leaves no recommendation
SIDES: Mapping[tuple[str, str], str] = {
    (DECLINE, APPROVE): LOW,
    (APPROVE, DECLINE): HIGH,
    (REFER, APPROVE): REFERRAL,
    (REFER, DECLINE): REFERRAL,
}


@dataclass(frozen=True)
class Choice:
    """What a person chose, as it comes from a form."""

    score: int  # sequence of the scored event it is about
    decision: str
    override_code: str = ""
    note: str = ""
    idempotency_key: str = ""  # made with the form, before the click


@dataclass(frozen=True)
class Question:
    """All that the rules look at."""

    choice: Choice
    scored: PublicScore  # the score that was decided on
    state: CaseState
    role: Role
    in_force: Versions
    contract: Contract
    user_name: str = ""  # who asks; empty where nobody in particular does

    @property
    def note(self) -> str:
        return self.choice.note.strip()

    @property
    def override_side(self) -> str:
        """low or high: an override; referral: no override, but the second look was left out; empty: none of these.

        A risk manager who is asked answers, and overrides nothing: asked by whoever referred the case, or by the
        recommendation to refer it. Nobody gets round the reason by referring a case to themselves.
        """
        side = self._leaves
        return "" if self._was_referred or (side == REFERRAL and self.role is Role.RISK_MANAGER) else side

    @property
    def needs_note(self) -> bool:
        """Whoever leaves the recommendation says why, also in answer to a referral."""
        return bool(self.override_side) or (self._was_referred and self._leaves in OVERRIDES)

    @property
    def _leaves(self) -> str:
        return SIDES.get((self.scored.recommendation, self.choice.decision), "")

    @property
    def _was_referred(self) -> bool:
        """Whether somebody else asked for this decision."""
        referral = self.state.decision
        return self.state.stage is Stage.REFERRED and referral is not None and referral.actor.name != self.user_name

    @property
    def fitting(self) -> tuple[ReasonCode, ...]:
        """The contract's reasons for what was chosen."""
        return tuple(code for code in self.contract.overrides if self.choice.decision in code.fits)

    @property
    def possible(self) -> tuple[Code, ...]:
        """The contract's decisions, without those that cannot be recorded."""
        return tuple(
            code for code in self.contract.decisions if code.code in KNOWN_DECISIONS and code.code != CHANGED_TERMS
        )


@dataclass(frozen=True)
class Rule:
    broken: Callable[[Question], bool]
    words: Callable[[Question], str]
    refusal: type[DecisionRefused] = DecisionRefused


def shown(foreign: str) -> str:
    """What came from outside, short and harmless."""
    return repr(foreign[:40])
