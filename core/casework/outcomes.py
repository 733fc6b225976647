"""What became of an approved loan, known later: the rules of recording it and of correcting what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.casework.case_state import APPROVE, CHANGED_TERMS
from core.casework.kinds import CORRECTED, OUTCOME
from core.ledger.event import Actor, Draft, Public

APPROVALS = (APPROVE, CHANGED_TERMS)
SHORTEST_REASON, LONGEST_REASON = 10, 500  # characters
LONGEST_SHOWN = 40  # characters of a foreign text in a refusal


class Repayment(StrEnum):
    REPAID = "repaid"
    DEFAULTED = "defaulted"


@dataclass(frozen=True)
class Outcome:
    """What somebody says about one application."""

    application: str
    outcome: Repayment
    observed_on: date
    reason: str = ""  # why what was recorded is wrong; empty: this is the first outcome


@dataclass(frozen=True)
class Recorded:
    """An outcome that stands on the chain."""

    sequence: int
    outcome: str
    observed_on: date | None
    corrects: int | None

    @property
    def words(self) -> str:
        return f"'{self.outcome}' observed on {self.observed_on} (event {self.sequence:,})"


@dataclass(frozen=True)
class Approval:
    sequence: int
    at: datetime  # UTC
    applicant: str


@dataclass(frozen=True)
class Case:
    """What the record knows of one application."""

    application: str
    last_decision: str  # empty: none
    approval: Approval | None
    erased: bool
    outcomes: tuple[Recorded, ...] = ()  # in the order they were recorded

    @property
    def current(self) -> Recorded | None:
        return self.outcomes[-1] if self.outcomes else None


@dataclass(frozen=True)
class Refusal:
    """Why an outcome is not recorded."""

    thing: str
    rule: str
    got: str
    remedy: str

    @property
    def words(self) -> str:
        return f"{self.thing}: {self.rule}, got {self.got}; {self.remedy}."


@dataclass(frozen=True)
class AlreadyThere:
    recorded: Recorded


@dataclass(frozen=True)
class ToRecord:
    """Allowed: the first outcome of this approval, or the correction of an earlier one."""

    outcome: Outcome
    approval: Approval
    corrects: int | None


Judgement = ToRecord | AlreadyThere | Refusal
ReasonOf = Callable[[int], str]  # the reason a correction was given, by its sequence; unseals


def judge(outcome: Outcome, case: Case, today: date, reason_of: ReasonOf) -> Judgement:
    """What is to be done with it; `today` in UTC, as the days of the record are."""
    refusal = _about_the_case(case)
    if refusal is not None:
        return refusal
    known = _said_before(outcome, case, reason_of)
    if known is not None:
        return AlreadyThere(known)
    assert case.approval is not None, "a case without approval was refused"
    refusal = _about_the_day(outcome, case.approval, today) or _about_the_reason(outcome, case)
    if refusal is not None:
        return refusal
    return ToRecord(outcome, case.approval, case.current.sequence if case.current else None)


def outcome_draft(to_record: ToRecord, actor: Actor) -> Draft:
    """Its event. One outcome per application and one correction per outcome, also for two who press at once."""
    outcome, corrects = to_record.outcome, to_record.corrects
    public: Public = {
        "outcome": outcome.outcome.value,
        "observed_on": outcome.observed_on.isoformat(),
        "decision": to_record.approval.sequence,
        "corrects": corrects,
    }
    return Draft(
        kind=OUTCOME if corrects is None else CORRECTED,
        actor=actor,
        subject=outcome.application,
        public=public,
        application=outcome.application,
        applicant=to_record.approval.applicant,
        sealed=None if corrects is None else {"reason": outcome.reason},  # a person's words may name a person
        idempotency_key=f"{OUTCOME}:{outcome.application}" if corrects is None else f"{CORRECTED}:{corrects}",
    )


def shown(foreign: str) -> str:
    """What came from outside, short and harmless."""
    return repr(foreign if len(foreign) <= LONGEST_SHOWN else foreign[:LONGEST_SHOWN] + "…")


def _about_the_case(case: Case) -> Refusal | None:
    if case.erased:
        return Refusal(
            "application", "its data must still be there", "one that was erased", "nothing more is recorded about it"
        )
    if not case.last_decision:
        return Refusal(
            "application", "it must be one that was decided here", shown(case.application), "correct the number"
        )
    if case.approval is None:
        got = f"'{case.last_decision}'"
        return Refusal("application", "only what was approved is repaid or not", got, "check the application")
    return None


def _said_before(outcome: Outcome, case: Case, reason_of: ReasonOf) -> Recorded | None:
    """The same said again changes nothing, also where it was corrected since."""
    same = [r for r in case.outcomes if (r.outcome, r.observed_on) == (outcome.outcome, outcome.observed_on)]
    current = case.current
    if current in same:
        return current
    for recorded in same:
        first = recorded.corrects is None
        if (first and not outcome.reason) or (not first and reason_of(recorded.sequence) == outcome.reason):
            return recorded
    return None


def _about_the_day(outcome: Outcome, approval: Approval, today: date) -> Refusal | None:
    observed, approved = outcome.observed_on, approval.at.date()
    if observed < approved:
        rule = f"it cannot lie before the decision of {approved}"
        return Refusal("observed_on", rule, str(observed), "correct the day or the application")
    if observed > today:
        return Refusal("observed_on", f"it cannot lie after today, {today} (UTC)", str(observed), "correct the day")
    return None


def _about_the_reason(outcome: Outcome, case: Case) -> Refusal | None:
    current, reason = case.current, outcome.reason
    if current is None:
        return (
            Refusal("reason", "it says why an earlier outcome is wrong", "none recorded yet", "leave the reason out")
            if reason
            else None
        )
    if not reason:
        rule = f"one is recorded: {current.words}"
        return Refusal("outcome", rule, f"'{outcome.outcome}'", "give a reason to correct it")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        rule = f"a correction needs {SHORTEST_REASON} to {LONGEST_REASON} characters"
        return Refusal("reason", rule, f"{len(reason)}", "say what was wrong")
    return None
