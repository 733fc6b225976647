"""A process that appends decision-like events until it is killed, and says over a pipe what was acknowledged."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from core.ledger.event import Actor, Draft
from core.ledger.keys import ApplicationKey
from core.ledger.ledger import Ledger

THREADS = 2
TOGETHER = 3  # drafts in every second call
SEALED_BYTES = 12_000
OFFICER = Actor("ana", "officer", "10.0.0.7")


@dataclass(frozen=True)
class Plan:
    """What this child does: where it writes, and where it is killed."""

    folder: Path
    name: str  # of this child, in its idempotency keys
    point: str = ""  # killed when it passes this point; empty: by the parent
    passes: int = 1  # for the how-manieth time
    delay_seconds: float = 0.0  # after the point was passed: while what it names is under way
    calls: int = 500  # per thread; long before that it is dead


def open_ledger(folder: Path, plan: Plan | None = None) -> Ledger:
    return Ledger.open(folder / "ledger", folder / "master.key", passing=_Killer(plan) if plan else lambda name: None)


def keys_of(plan: Plan, thread: int, call: int) -> list[str]:
    """The idempotency keys of this call: those of one call are recorded together or not at all."""
    return [f"{plan.name}-{thread}-{call}-{n}" for n in range(TOGETHER if call % 2 else 1)]


def drafts(plan: Plan, key: ApplicationKey, thread: int, call: int) -> list[Draft]:
    rng = Random(f"{plan.name}-{thread}-{call}")
    return [
        Draft(
            kind="decided",
            actor=OFFICER,
            subject=key.application,
            public={"decision": "approve", "default_probability": rng.random(), "amount": 12_500.5, "thread": thread},
            application=key.application,
            applicant=key.applicant,
            sealed={"row": rng.randbytes(SEALED_BYTES // 2).hex()},
            idempotency_key=idempotency_key,
        )
        for idempotency_key in keys_of(plan, thread, call)
    ]


def run(plan: Plan, acknowledged: Connection) -> None:
    ledger = open_ledger(plan.folder, plan)
    key = ledger.keys.application("stored:1", "1")
    speaking = threading.Lock()

    def work(thread: int) -> None:
        for call in range(plan.calls):
            events = ledger.append(drafts(plan, key, thread, call))
            with speaking:
                acknowledged.send([(event.idempotency_key, event.sequence, event.hash) for event in events])

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()


class _Killer:
    """Ends this process as a power cut would, at a named point."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._passed = 0

    def __call__(self, name: str) -> None:
        if name != self._plan.point:
            return
        self._passed += 1
        if self._passed < self._plan.passes:
            return
        if self._plan.delay_seconds:
            threading.Timer(self._plan.delay_seconds, _die).start()
        else:
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
