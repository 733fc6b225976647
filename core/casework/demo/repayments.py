"""What became of the approved loans: told by the tables' outcome, weeks later, with a mistake now and then."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial

import numpy as np

from core.casework.demo.agenda import Agenda
from core.casework.demo.past_chain import PastChain
from core.casework.kinds import CORRECTED, OUTCOME
from core.ledger.event import Actor, Draft, Event, Public

REPAID, DEFAULTED = "repaid", "defaulted"
DEFAULTED_DAYS, REPAID_DAYS = (21, 55), (25, 62)  # from approval on; who pays late is known first
MISTAKEN = 0.006  # of the outcomes are corrected later
_FILE_READ_AT = time(6, 15)  # UTC, Mondays: the outcomes of a week come in one file
_LEARNT = 3  # days at most from the outcome to its place in the file


class Loans:
    """Outcomes as the command line reads them from the files of another system."""

    def __init__(self, chain: PastChain, actor: Actor, rng: np.random.Generator) -> None:
        self._chain = chain
        self._actor = actor
        self._rng = rng

    def follow(self, agenda: Agenda, approval: Event, defaults: bool) -> None:
        """The outcome of this approval, and its correction where the first one is a mistake."""
        observed = approval.at + timedelta(days=int(self._rng.integers(*(DEFAULTED_DAYS if defaults else REPAID_DAYS))))
        mistaken = bool(self._rng.random() < MISTAKEN)
        tell = partial(self._tell, agenda, approval, defaults, mistaken, observed)
        agenda.at(_next_file(observed + timedelta(days=int(self._rng.integers(_LEARNT)))), tell)

    def _tell(self, agenda: Agenda, approval: Event, defaults: bool, mistaken: bool, observed: datetime) -> None:
        (told,) = self._chain.append([self._draft(approval, defaults != mistaken, observed, None)])
        if mistaken:
            later = told.at + timedelta(days=7 * int(self._rng.integers(1, 3)))
            agenda.at(later, partial(self._chain.append, [self._draft(approval, defaults, observed, told)]))

    def _draft(self, approval: Event, defaulted: bool, observed: datetime, wrong: Event | None) -> Draft:
        public: Public = {
            "outcome": DEFAULTED if defaulted else REPAID,
            "observed_on": observed.date().isoformat(),
            "decision": approval.sequence,
            "corrects": None if wrong is None else wrong.sequence,
        }
        return Draft(
            kind=OUTCOME if wrong is None else CORRECTED,
            actor=self._actor,
            subject=approval.application,
            public=public,
            application=approval.application,
            applicant=approval.applicant,
        )


def _next_file(after: datetime) -> datetime:
    day = datetime.combine(after.date(), _FILE_READ_AT, UTC) + timedelta(days=(7 - after.weekday()) % 7)
    return day if day > after else day + timedelta(days=7)
