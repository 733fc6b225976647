"""The believable past as it goes by: who opens an application, decides, asks a risk manager, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import numpy as np

from core.casework import activations
from core.casework.case_state import APPROVE, REFER
from core.casework.cases import Cases
from core.casework.casework import Casework
from core.casework.decision_question import Choice
from core.casework.demo import habits
from core.casework.demo.agenda import Agenda, PastClock
from core.casework.demo.arrivals import Arrivals
from core.casework.demo.habits import Seen
from core.casework.demo.officers import MANAGER, OFFICERS, Officer
from core.casework.demo.past_chain import PastChain
from core.casework.demo.repayments import Loans
from core.casework.demo.working_time import next_working_moment
from core.casework.json_fields import text
from core.casework.refusals import RULES
from core.casework.versions import Versions
from core.ledger.event import Event
from core.policy.policy import Policy
from core.portfolio.application import Application
from core.portfolio.contract import ReasonCode
from core.scoring.score import Score

NEVER_DECIDED = 0.045  # of the applications: somebody only looked
LOOKED_AT_TWICE = 0.05  # of the applications: a colleague looks too
MISTYPED = 0.012  # of the visits begin with a number that nobody has
_LATENCY_MS, _LATENCY_SPREAD = 6.5, 0.28  # median, and spread of the logarithm
_PACE_SPREAD = 0.7  # of the logarithm of the minutes to a decision


class Desk(Protocol):
    """One model and one policy over the portfolio."""

    @property
    def policy(self) -> Policy: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def in_force(self) -> Versions: ...
    def score(self, key: str) -> Score: ...


@dataclass(frozen=True)
class Era:
    """From `since` on this desk is the one in use."""

    since: datetime
    desk: Desk


@dataclass(frozen=True)
class Client:
    key: str
    application: Application
    defaults: bool  # within the time that outcomes are waited for


@dataclass(frozen=True)
class Visit:
    at: datetime
    officer: Officer
    client: Client


@dataclass(frozen=True)
class Stage:
    """Where the past is played."""

    chain: PastChain
    casework: Casework
    clock: PastClock
    agenda: Agenda
    eras: Sequence[Era]  # earliest first
    codes: Sequence[ReasonCode]
    loans: Loans


class Past:
    """Some scores are not decided yet at the end, some referrals wait, and many loans run on."""

    def __init__(self, stage: Stage, rng: np.random.Generator) -> None:
        self._stage = stage
        self._rng = rng
        self._clock = stage.clock
        self._agenda = stage.agenda
        self._arrivals = Arrivals(stage.agenda, stage.chain, rng)

    def play(self, visits: Sequence[Visit], each: Callable[[float], None]) -> None:
        for era in self._stage.eras:
            self._agenda.at(era.since, partial(self._comes_into_force, era.desk))
        for visit in visits:
            self._agenda.at(
                visit.at, partial(self._arrivals.once_signed_in, visit.officer, partial(self._visit, visit))
            )
        self._agenda.run(each)
        self._stage.chain.finish()

    def _comes_into_force(self, desk: Desk) -> None:
        in_force, provenance = desk.in_force, desk.cases.provenance
        activations.record_in_force(self._stage.chain, in_force.model_version, provenance, desk.policy)

    def _visit(self, visit: Visit) -> None:
        officer, client = visit.officer, visit.client
        if self._rng.random() < MISTYPED:
            self._stage.casework.record_refusal("UnknownApplicant", RULES["UnknownApplicant"], officer, officer.address)
        score, event = self._look(officer, client)
        if self._rng.random() < LOOKED_AT_TWICE:
            there = [person for person in OFFICERS if person.works_at(self._clock()) and person is not officer]
            for colleague in there[:1]:
                look = partial(self._look, colleague, client)
                self._later(2.0, partial(self._arrivals.once_signed_in, colleague, look))
        if self._rng.random() >= NEVER_DECIDED:
            seen = Seen(score, event.sequence, client.defaults, self._stage.codes)
            self._later(officer.minutes_to_decide, partial(self._decide, officer, client, seen))

    def _look(self, person: Officer, client: Client) -> tuple[Score, Event]:
        """The application is opened, scored and so recorded."""
        desk = self._desk()
        latency = float(self._rng.lognormal(np.log(_LATENCY_MS), _LATENCY_SPREAD))
        score = replace(desk.score(client.key), scored_at=self._clock(), latency_ms=round(latency, 3))
        case = desk.cases.stored(score, client.application)
        return score, self._stage.casework.record_score(case, person, person.address)

    def _decide(self, officer: Officer, client: Client, seen: Seen) -> None:
        decided = self._record(officer, habits.first_choice(self._rng, officer, seen), client)
        if text(decided.public, "decision") == REFER:
            moment = next_working_moment(self._rng, MANAGER, self._clock() + timedelta(minutes=30))
            opening = partial(self._open_referred, client)
            self._agenda.at(moment, partial(self._arrivals.once_signed_in, MANAGER, opening))

    def _open_referred(self, client: Client) -> None:
        """The risk manager scores the application anew: model or policy may be others by now."""
        score, event = self._look(MANAGER, client)
        seen = Seen(score, event.sequence, client.defaults, self._stage.codes)
        self._later(MANAGER.minutes_to_decide, partial(self._settle, client, seen))

    def _settle(self, client: Client, seen: Seen) -> None:
        self._record(MANAGER, habits.settling_choice(self._rng, MANAGER, seen), client)

    def _record(self, person: Officer, choice: Choice, client: Client) -> Event:
        """Judged by the rules of every decision, under the versions of then."""
        decided = self._stage.casework.decide(choice, person, self._desk().in_force, person.address)
        if text(decided.public, "decision") == APPROVE:
            self._stage.loans.follow(self._agenda, decided, client.defaults)
        return decided

    def _desk(self) -> Desk:
        return [era.desk for era in self._stage.eras if era.since <= self._clock()][-1]

    def _later(self, minutes: float, happen: Callable[[], object]) -> None:
        """About so many minutes from now."""
        seconds = 60 * float(self._rng.lognormal(np.log(minutes), _PACE_SPREAD))
        self._agenda.at(self._clock() + timedelta(seconds=min(seconds, 5_400)), happen)
