"""An application's life on the chain: every score an event, one decision at a time, by whom the rules allow."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol
from weakref import WeakKeyDictionary
from zlib import crc32

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework import case_state
from core.casework.actors import actor_of
from core.casework.case_state import CaseState
from core.casework.deciding import check_request, judge
from core.casework.decision_question import Choice, Question
from core.casework.json_fields import text
from core.casework.kinds import DECIDED, SCORE_REFUSED, SCORED
from core.casework.layout import public_score
from core.casework.recording import Ruling, ScoredCase, ScoredRecord, decided_draft, scored_draft
from core.casework.refusals import RULES, told_rule
from core.casework.versions import Versions
from core.errors import DecisionRefused, ErasedRecord, PortfolioMissing
from core.ledger.event import Draft, Event, Json
from core.ledger.keys import ApplicationKey
from core.portfolio.contract import Contract


class Keys(Protocol):
    def application(self, lookup: str, applicant_key: str) -> ApplicationKey: ...
    def known(self, lookup: str) -> ApplicationKey | None: ...
    def derived(self, purpose: str) -> bytes: ...


class Chain(Protocol):
    """What casework needs of the ledger."""

    @property
    def keys(self) -> Keys: ...
    def append(self, drafts: Sequence[Draft]) -> tuple[Event, ...]: ...
    def event(self, sequence: int) -> Event: ...
    def find(self, idempotency_key: str) -> Event | None: ...
    def of_application(self, application: str) -> tuple[Event, ...]: ...
    def unsealed(self, event: Event) -> dict[str, Json]: ...


# Turns per ledger, not per Casework: a desk that was opened again writes to the same chain as the one before. And many,
# because only decisions on the same application wait for each other: the ledger makes the others durable together.
_TURNS: WeakKeyDictionary[Chain, tuple[Lock, ...]] = WeakKeyDictionary()
_MAKING_TURNS = Lock()
_MOST_TURNS = 64


def _turns_of(ledger: Chain) -> tuple[Lock, ...]:
    with _MAKING_TURNS:
        return _TURNS.setdefault(ledger, tuple(Lock() for _ in range(_MOST_TURNS)))


class Casework:
    """Any number of threads may ask; decisions on one application take turns."""

    def __init__(
        self,
        ledger: Chain,
        contract: Contract,
        clock: Callable[[], datetime],
        outdated: Callable[[], bool] = lambda: False,
    ) -> None:
        """`outdated`: whether the portfolio was replaced since the scores were made that are recorded here."""
        self._ledger = ledger
        self._contract = contract
        self._clock = clock
        self._outdated = outdated
        self._turns = _turns_of(ledger)
        self._event_key = ledger.keys.derived("idempotency of scores")

    def record_score(self, case: ScoredCase, acting: Acting, address: str = "") -> Event:
        """The event of this score: one per actor, application, versions, inputs and UTC day.

        A page that runs again, or is opened again on the same day, writes nothing new. PortfolioMissing for an
        application that is new here and whose client may have been forgotten since the score was made.
        """
        roles.require(acting, Page.SCORE, Action.READ)
        keys = self._ledger.keys.known(case.lookup) or self._new_keys(case)
        once = self._score_key(case, keys.application, acting)
        known = self._ledger.find(once)
        if known is not None:
            return known
        draft = scored_draft(case, keys, actor_of(acting, address), idempotency_key=once)
        return self._ledger.append([draft])[0]

    def record_refusal(
        self, kind_of_refusal: str, rule: str, acting: Acting, address: str = "", asked: str = ""
    ) -> None:
        """One event per question that was asked; see `refusals.refusal_words`. Refused values never get here.

        `asked` names the question, so that a page that runs again records nothing new; without it, one a minute.
        """
        roles.require_page(acting, Page.SCORE)
        kind = kind_of_refusal if kind_of_refusal in RULES else "SolventError"
        minute = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
        draft = Draft(
            kind=SCORE_REFUSED,
            actor=actor_of(acting, address),
            subject=kind,
            public={"refusal": kind, "rule": told_rule(rule)},
            idempotency_key=f"{SCORE_REFUSED}:{self._hashed(acting.user_name, kind, told_rule(rule), asked or minute)}",
        )
        self._ledger.append([draft])

    def decide(self, choice: Choice, acting: Acting, in_force: Versions, address: str = "") -> Event:
        """The event of this decision, durable; the same form sent twice gives the same event.

        Raises PermissionRefused, DecisionRefused, ScoreStale, UnknownRecord (no such score), ErasedRecord, and
        LedgerUnwritable as long as nothing can be written.
        """
        roles.require(acting, Page.SCORE, Action.DECIDE)
        check_request(choice)
        scored = self._score_of(choice)
        with self._turn_of(scored.application):
            events = self._ledger.of_application(scored.application)
            event = _sent_before(events, choice)
            if event is None:
                ruling = self._ruling(choice, scored, case_state.state_of(events), acting, in_force)
                record = ScoredRecord(
                    scored.sequence, scored.application, scored.applicant, scored.public, self._ledger.unsealed(scored)
                )
                event = self._ledger.append([decided_draft(record, ruling, actor_of(acting, address))])[0]
        return self._same(event, choice, acting)

    def state_of(self, application: str) -> CaseState:
        """Where the case of this application stands; open where nothing is known of it."""
        return case_state.state_of(self._ledger.of_application(application))

    def state_of_lookup(self, lookup: str) -> CaseState:
        """The same by what was scored: see `stored_lookup` and `typed_lookup`."""
        known = self._ledger.keys.known(lookup)
        return case_state.state_of(()) if known is None else self.state_of(known.application)

    def _new_keys(self, case: ScoredCase) -> ApplicationKey:
        """Nobody gets a key again who was forgotten while the score was made: their rows go before their keys do."""
        if self._outdated():
            raise PortfolioMissing("Score: the portfolio was replaced since it was made; score the application again.")
        return self._ledger.keys.application(case.lookup, case.score.applicant)

    def _turn_of(self, application: str) -> Lock:
        return self._turns[crc32(application.encode()) % _MOST_TURNS]

    def _ruling(self, choice: Choice, scored: Event, state: CaseState, acting: Acting, in_force: Versions) -> Ruling:
        return judge(
            Question(
                choice=choice,
                scored=public_score(scored.public, scored.sequence),
                state=state,
                role=acting.role,
                in_force=in_force,
                contract=self._contract,
                user_name=acting.user_name,
            )
        )

    def _score_of(self, choice: Choice) -> Event:
        event = self._ledger.event(choice.score)
        if event.kind != SCORED:
            raise DecisionRefused(
                f"Decision: it must be about a score, got event {choice.score:,}, which is '{event.kind}'; "
                "score the application and decide on that."
            )
        return event

    def _same(self, event: Event, choice: Choice, acting: Acting) -> Event:
        """The decision, when it is the one of this form, sent for the first time or again."""
        before = (
            event.actor.name,
            event.public.get("score"),
            event.public.get("decision"),
            event.public.get("override_code"),
            self._note_of(event, choice.note.strip()),
        )
        if before == (acting.user_name, choice.score, choice.decision, choice.override_code, choice.note.strip()):
            return event
        raise DecisionRefused(
            f"Decision: its form was sent before with another content, and the application was "
            f"{case_state.done_words(event)}; open the application again."
        )

    def _note_of(self, event: Event, when_erased: str) -> str:
        try:
            return text(self._ledger.unsealed(event), "note")
        except ErasedRecord:
            return when_erased

    def _score_key(self, case: ScoredCase, application: str, acting: Acting) -> str:
        score = case.score
        day = self._clock().astimezone(UTC).strftime("%Y-%m-%d")
        inputs = hashlib.sha256(case.row.tobytes()).hexdigest()
        versions = (score.model_version, score.policy_version, score.margin.hex())
        return f"{SCORED}:{self._hashed(acting.user_name, application, *versions, inputs, day)}"

    def _hashed(self, *parts: str) -> str:
        """Under a key, because it stands in the public part and is made from the person's figures too."""
        return hmac.digest(self._event_key, "\x00".join(parts).encode(), "sha256").hex()[:32]


def _sent_before(events: Sequence[Event], choice: Choice) -> Event | None:
    """The decision this very form made; one about another application comes back from the ledger instead."""
    key = f"{DECIDED}:{choice.idempotency_key}"
    return next((event for event in events if event.idempotency_key == key), None)
