"""Forgetting a person: portfolio rows, then keys, then the event that says who, when and why.

The intent is written first and names the person by the random reference alone. Killed anywhere after that, the erasure
is finished later: as long as the keys stand, the reference leads to the portfolio's rows; once they are destroyed, the
rows are gone already and only the last event is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework import erasure_open
from core.casework.actors import actor_of
from core.casework.erasure_person import ERASURE_BEGUN, Person
from core.casework.erasure_preview import Preview, preview
from core.casework.erasure_rules import check_reason
from core.casework.json_fields import text, whole
from core.casework.kinds import ERASED
from core.errors import ErasureRefused, SolventError
from core.ledger.event import Draft, Event, Public
from core.ledger.ledger import Ledger
from core.portfolio import erasing, erasing_room
from core.portfolio.contract import Contract
from core.progress import Progress, silent
from core.settings import Settings

ON_REQUEST = "request"  # the rule by which somebody was forgotten


@dataclass(frozen=True)
class ErasureOrder:
    """Whom to forget, and why."""

    whom: str  # a client's number, or the id of one of the person's applications
    reason: str
    idempotency_key: str


@dataclass(frozen=True)
class Erased:
    """A person who was forgotten, as the chain says it for good."""

    sequence: int
    at: datetime  # UTC
    actor: str
    applicant: str  # the random reference
    reason: str
    applications: int
    events: int
    decisions: int
    outcomes: int
    portfolio_rows: int


class Erasures:
    """Forgets people of one desk; one at a time."""

    def __init__(
        self, ledger: Ledger, settings: Settings, contract: Contract, passing: Callable[[str], None] = silent
    ) -> None:
        self._ledger = ledger
        self._settings = settings
        self._contract = contract
        self._passing = passing  # called with the name of each step that is done
        self._one_at_a_time = Lock()

    def preview(self, whom: str, acting: Acting) -> Preview:
        """What there is on a person; PermissionRefused, UnknownApplicant, UnknownRecord, ErasedRecord."""
        roles.require(acting, Page.ERASURE, Action.ADMINISTER)
        return preview(self._ledger, self._settings, self._contract, whom)

    def carry_out(self, order: ErasureOrder, acting: Acting, address: str = "", progress: Progress = silent) -> Erased:
        """The person is forgotten when this returns; the same order twice is one erasure.

        ErasureRefused for a reason against the rules, or too little room; LedgerUnwritable, and nothing is done, while
        the chain cannot be written. ErasureOpen: it stopped in the middle. An erasure that was interrupted before is
        finished instead of begun anew.
        """
        roles.require(acting, Page.ERASURE, Action.ADMINISTER)
        with self._one_at_a_time:
            begun = self._ledger.find(_key(order))
            if begun is None:
                found = self.preview(order.whom, acting)
                begun = self._unfinished_of(found.person.applicant) or self._begin(order, found, acting, address)
            return self._finish(begun, progress)

    def unfinished(self) -> tuple[Event, ...]:
        """Erasures that were begun and not finished, the oldest first."""
        return erasure_open.unfinished(self._ledger)

    def complete(self, reason: str) -> Erased | None:
        """The oldest one for this reason of which only the last event was missing; None where there is none.

        Nobody can name such a person any more: the words of the order are all that is left to know it by.
        """
        words = " ".join(reason.split())
        with self._one_at_a_time:
            for begun in self.unfinished():
                if text(begun.public, "reason") == words and self._ledger.keys.applicant_key(begun.applicant) is None:
                    return self._finish(begun, silent)
        return None

    def resume(self, progress: Progress = silent) -> tuple[Erased, ...]:
        """What was interrupted is finished: for the start of the program, in the name of who had ordered it."""
        with self._one_at_a_time:
            return tuple(self._finish(begun, progress) for begun in self.unfinished())

    def past(self, most: int = 200) -> tuple[Erased, ...]:
        """The people who were forgotten on request, the latest first."""
        with self._ledger.reading() as cursor:
            rows = cursor.execute(
                'select sequence, "at", actor, applicant, public from events '
                "where kind = ? and application = '' order by sequence desc limit ?",
                [ERASED, most],
            ).fetchall()
        return tuple(
            _erased(int(sequence), at.replace(tzinfo=UTC), str(actor), str(applicant), json.loads(public))
            for sequence, at, actor, applicant, public in rows
        )

    def _unfinished_of(self, applicant: str) -> Event | None:
        return next((begun for begun in self.unfinished() if applicant and begun.applicant == applicant), None)

    def _begin(self, order: ErasureOrder, found: Preview, acting: Acting, address: str) -> Event:
        reason = check_reason(order.reason, found.person.applicant_key)
        if found.holdings.rows:
            erasing_room.check_room(self._settings)
        reference = found.person.applicant or self._new_reference(order, found.person)
        (begun,) = self._ledger.append(
            [
                Draft(
                    kind=ERASURE_BEGUN,
                    actor=actor_of(acting, address),
                    subject=reference,
                    applicant=reference,
                    public={
                        "rule": ON_REQUEST,
                        "reason": reason,
                        "applications": found.recorded.applications,
                        "events": found.recorded.events,
                        "decisions": found.recorded.decisions,
                        "outcomes": found.recorded.outcomes,
                        "portfolio_rows": found.holdings.rows,  # one number: more would tell who it was
                    },
                    idempotency_key=_key(order),
                )
            ]
        )
        self._passing(ERASURE_BEGUN)
        return begun

    def _new_reference(self, order: ErasureOrder, nobody_yet: Person) -> str:
        """For a client who was never scored: an interrupted erasure must find the number again, not on the chain."""
        return self._ledger.keys.application(_key(order), nobody_yet.applicant_key).applicant

    def _finish(self, begun: Event, progress: Progress) -> Erased:
        if (done := self._ledger.find(f"{ERASED}:{begun.sequence}")) is None:
            passed: list[str] = []

            def passing(step: str) -> None:
                passed.append(step)
                self._passing(step)

            try:
                done = self._forget(begun, progress, passing)
            except (SolventError, OSError) as stopped:
                raise erasure_open.broken_off(begun, passed, str(stopped)) from stopped
        return _erased(done.sequence, done.at, done.actor.name, done.applicant, done.public)

    def _forget(self, begun: Event, progress: Progress, passing: Callable[[str], None]) -> Event:
        applicant_key = self._ledger.keys.applicant_key(begun.applicant)
        if applicant_key:
            erasing.erase(self._settings, self._contract, [applicant_key], progress, passing)
        passing(erasure_open.PORTFOLIO)
        progress("destroying the keys", 1.0)
        self._ledger.keys.destroy_applicant(begun.applicant)
        passing(erasure_open.KEYS)
        (done,) = self._ledger.append([_done(begun)])
        return done


def _key(order: ErasureOrder) -> str:
    if not order.idempotency_key:
        raise ErasureRefused("Erasure: must have a key of its own, made before it was ordered; got none.")
    return f"{ERASURE_BEGUN}:{order.idempotency_key}"


def _done(begun: Event) -> Draft:
    return Draft(
        kind=ERASED,
        actor=begun.actor,
        subject=begun.applicant,
        applicant=begun.applicant,
        public={**begun.public, "begun": begun.sequence},
        idempotency_key=f"{ERASED}:{begun.sequence}",
    )


def _erased(sequence: int, at: datetime, actor: str, applicant: str, public: Public) -> Erased:
    def count(name: str) -> int:
        return whole(public, name) or 0

    return Erased(
        sequence=sequence,
        at=at,
        actor=actor,
        applicant=applicant,
        reason=text(public, "reason"),
        applications=count("applications"),
        events=count("events"),
        decisions=count("decisions"),
        outcomes=count("outcomes"),
        portfolio_rows=count("portfolio_rows"),
    )
