"""Makes the believable past of a demo desk in a ledger that is still empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np

from core.casework.activations import CONSOLE
from core.casework.casework import Casework
from core.casework.demo import clients as choosing
from core.casework.demo.agenda import Agenda, PastClock
from core.casework.demo.clients import Clients
from core.casework.demo.officers import OFFICERS
from core.casework.demo.past import Client, Era, Past, Stage, Visit
from core.casework.demo.past_chain import PastChain
from core.casework.demo.repayments import Loans
from core.casework.demo.working_time import visits
from core.casework.recording import stored_lookup
from core.ledger.ledger import Ledger
from core.portfolio.application import Application
from core.portfolio.contract import Contract
from core.portfolio.tables import Tables

DECISIONS = 3_000
DECISIONS_PER_VISIT = 1.115  # nearly every visit ends in one, and a referred application has two
START_DAYS_AGO, SECOND_MODEL_DAYS_AGO, SECOND_POLICY_DAYS_AGO = 89, 60, 35
_MORNING = time(5)  # UTC: before anybody works


@dataclass(frozen=True)
class Scene:
    """In what the past plays."""

    ledger: Ledger
    contract: Contract
    tables: Tables
    clients: Clients
    eras: Sequence[Era]  # earliest first; the second is that of the present model


def morning(now: datetime, days_ago: int) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() - timedelta(days=days_ago), _MORNING, UTC)


def make_past(scene: Scene, now: datetime, rng: np.random.Generator, each: Callable[[float], None]) -> int:
    """How many events were written; with few clients there are fewer than `DECISIONS` decisions.

    The same portfolio, models, moment and random numbers give the same past, but for what encryption adds.
    """
    clock = PastClock(scene.eras[0].since)
    chain = PastChain(scene.ledger, clock)
    stage = Stage(
        chain=chain,
        casework=Casework(chain, scene.contract, clock),
        clock=clock,
        agenda=Agenda(clock, now),
        eras=scene.eras,
        codes=scene.contract.overrides,
        loans=Loans(chain, CONSOLE, rng),
    )
    Past(stage, rng).play(_visits(scene, now, rng), each)
    return len(chain)


def _visits(scene: Scene, now: datetime, rng: np.random.Generator) -> list[Visit]:
    count = min(round(DECISIONS / DECISIONS_PER_VISIT), choosing.most(scene.clients))
    planned = visits(rng, OFFICERS, scene.eras[0].since, now, count)
    moments = [at for at, _ in planned]
    chosen = choosing.choose(rng, scene.clients, moments, scene.eras[1].since, now)
    keys = [str(key) for key in scene.clients.keys[chosen].tolist()]
    scene.ledger.keys.applications([(stored_lookup(key), key) for key in keys])  # all at once: each waits for the disk
    known = (
        Client(key, application, bool(target))
        for key, application, target in zip(
            keys, map(Application, scene.tables.applications(keys)), scene.clients.target[chosen].tolist(), strict=True
        )
    )
    return [Visit(at, officer, client) for (at, officer), client in zip(planned, known, strict=True)]
