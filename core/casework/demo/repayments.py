"""What became of the approved loans: told by the tables' outcome, weeks later, with a mistake now and then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import numpy as np

from core.casework.case_state import APPROVE
from core.casework.demo.agenda import Agenda
from core.casework.demo.past_chain import PastChain
from core.casework.json_fields import text
from core.casework.kinds import CORRECTED, OUTCOME
from core.casework.outcomes import Approval, Case, Outcome, Recorded, Repayment, ToRecord, judge, outcome_draft
from core.ledger.event import Actor, Event

DEFAULTED_DAYS, REPAID_DAYS = (21, 55), (25, 62)  # from approval on; who pays late is known first
MISTAKEN = 0.006  # of the outcomes are corrected later
REASON = "The other system had mixed up two contracts of this client."
_FILE_READ_AT = time(6, 15)  # UTC, Mondays: the outcomes of a week come in one file
_LEARNT = 3  # days at most from the outcome to its place in the file


class Loans:
    """Outcomes as the command line reads them from the files of another system, judged by the rules of outcomes."""

    def __init__(self, chain: PastChain, actor: Actor, rng: np.random.Generator) -> None:
        self._chain = chain
        self._actor = actor
        self._rng = rng

    def follow(self, agenda: Agenda, approval: Event, defaults: bool) -> None:
        """The outcome of this approval, and its correction where the first one is a mistake."""
        days = self._rng.integers(*(DEFAULTED_DAYS if defaults else REPAID_DAYS))
        observed = approval.at + timedelta(days=int(days))
        told_at = _next_file(observed + timedelta(days=int(self._rng.integers(_LEARNT))))
        mistaken = bool(self._rng.random() < MISTAKEN)
        agenda.at(told_at, partial(self._tell, approval, _said(approval, defaults != mistaken, observed.date())))
        if mistaken:
            corrected_at = told_at + timedelta(days=7 * int(self._rng.integers(1, 3)))
            corrected = _said(approval, defaults, observed.date(), REASON)
            agenda.at(corrected_at, partial(self._tell, approval, corrected))

    def _tell(self, approval: Event, said: Outcome) -> None:
        case = Case(
            application=approval.application,
            last_decision=APPROVE,
            approval=Approval(approval.sequence, approval.at, approval.applicant),
            erased=False,
            outcomes=self._recorded(approval),
        )
        judgement = judge(said, case, self._chain.now.date(), lambda sequence: REASON)
        assert isinstance(judgement, ToRecord), judgement
        self._chain.append([outcome_draft(judgement, self._actor)])

    def _recorded(self, approval: Event) -> tuple[Recorded, ...]:
        told = (e for e in self._chain.of_application(approval.application) if e.kind in (OUTCOME, CORRECTED))
        return tuple(
            Recorded(e.sequence, text(e.public, "outcome"), date.fromisoformat(text(e.public, "observed_on")), None)
            for e in told
        )


def _said(approval: Event, defaulted: bool, observed_on: date, reason: str = "") -> Outcome:
    outcome = Repayment.DEFAULTED if defaulted else Repayment.REPAID
    return Outcome(approval.application, outcome, observed_on, reason)


def _next_file(after: datetime) -> datetime:
    day = datetime.combine(after.date(), _FILE_READ_AT, UTC) + timedelta(days=(7 - after.weekday()) % 7)
    return day if day > after else day + timedelta(days=7)
