"""A writing process is killed at random and at every named point; what it had acknowledged must be there, once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from core.ledger.event import Event
from core.ledger.ledger import Ledger
from tests.faults import child
from tests.faults.child import THREADS, Plan, drafts, keys_of, open_ledger
from tests.faults.outcome import Outcome

POINTS = (
    "",
    "after_journal_write",
    "after_journal_fsync",
    "after_insert",
    "after_commit",
    "before_acknowledgement",
    "in_checkpoint",
    "in_replay",
)
KILLS_PER_LEDGER = 40  # then a new one, so that a round stays short
Acknowledged = dict[str, tuple[int, bytes]]  # idempotency key -> sequence, hash


@dataclass
class _Known:
    """What the record must hold from now on."""

    events: dict[str, Event] = field(default_factory=dict)
    count: int = 0


def kill_often(folder: Path, kills: int, seed: int) -> dict[str, Outcome]:
    """What became of the record, by the point where the writing process was killed."""
    rng = Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.child"])
    outcomes = {point: Outcome() for point in POINTS[:kills]}
    known = _Known()
    place = folder
    for number in range(kills):
        if number % KILLS_PER_LEDGER == 0:
            place, known = folder / f"ledger-{number}", _Known()
            place.mkdir(parents=True)
        point = POINTS[number % len(POINTS)]
        plan, acknowledged = _killed(context, place, f"c{number}", point, rng)
        outcomes[point] += _looked_at(place, plan, acknowledged, known)
    return outcomes


def _killed(
    context: multiprocessing.context.ForkServerContext, place: Path, name: str, point: str, rng: Random
) -> tuple[Plan, Acknowledged]:
    """Starts a child, has it killed, and says what it had acknowledged."""
    if point == "in_replay":
        first = Plan(place, name, "after_journal_fsync", rng.randint(1, 12))
        acknowledged = _run_until_dead(context, first, None)
        _run_until_dead(context, Plan(place, f"{name}r", "in_replay", calls=0), None)
        return first, acknowledged
    if point == "in_checkpoint":
        plan = Plan(place, name, point, 1, rng.uniform(0.0, 0.01))
    else:
        plan = Plan(place, name, point, rng.randint(1, 12))
    return plan, _run_until_dead(context, plan, None if point else rng.uniform(0.0, 0.2))


def _run_until_dead(
    context: multiprocessing.context.ForkServerContext, plan: Plan, seconds: float | None
) -> Acknowledged:
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=child.run, args=(plan, sending))
    process.start()
    sending.close()
    acknowledged: Acknowledged = {}
    timer: threading.Timer | None = None
    while (said := _heard(receiving)) is not None:
        acknowledged |= {key: (sequence, own_hash) for key, sequence, own_hash in said}
        if seconds is not None and timer is None:
            timer = threading.Timer(seconds, os.kill, (process.pid, signal.SIGKILL))
            timer.start()
    process.join()
    if timer:
        timer.join()
    receiving.close()
    if process.exitcode != -signal.SIGKILL:
        raise RuntimeError(f"the child {plan} ended by itself with {process.exitcode}")
    return acknowledged


def _heard(receiving: Connection) -> list[tuple[str, int, bytes]] | None:
    try:
        said: list[tuple[str, int, bytes]] = receiving.recv()
    except (EOFError, ConnectionResetError):
        return None
    return said


def _looked_at(place: Path, plan: Plan, acknowledged: Acknowledged, known: _Known) -> Outcome:
    """A start after the kill: nothing lost, nothing twice, nothing half, every link whole."""
    ledger = open_ledger(place)
    try:
        added = _added(ledger, known.count)
        times = Counter(event.idempotency_key for event in added)
        found = {event.idempotency_key: event for event in added}
        lost = [
            key
            for key, said in acknowledged.items()
            if key not in found or (found[key].sequence, found[key].hash) != said
        ]
        retried = _retried(ledger, plan, acknowledged)
        twice = sum(key in found and found[key] != event for key, event in retried.items())
        half = _half(plan, found)
        verification = ledger.verify(since_head=True)
        known.events |= found | retried
        known.count = ledger.head.count
        doubled = sum(count - 1 for count in times.values()) + (len(known.events) != known.count)
        said, broken = int(bool(ledger.notices)), int(not verification.sound)
        return Outcome(1, len(acknowledged), said, len(lost), doubled + twice + half, broken)
    finally:
        ledger.close()


def _added(ledger: Ledger, after: int) -> list[Event]:
    added: list[Event] = []
    while events := ledger.events(after):
        added += events
        after = events[-1].sequence
    return added


def _retried(ledger: Ledger, plan: Plan, acknowledged: Acknowledged) -> dict[str, Event]:
    """What was under way is sent again with its key, as a person would press again: it is there once."""
    key = ledger.keys.application("stored:1", "1")
    answers: dict[str, Event] = {}
    for thread in range(THREADS):
        call = next(n for n in range(plan.calls) if keys_of(plan, thread, n)[0] not in acknowledged)
        answers |= {event.idempotency_key: event for event in ledger.append(drafts(plan, key, thread, call))}
    return answers


def _half(plan: Plan, found: dict[str, Event]) -> int:
    """Calls of which only a part is there."""
    calls = [(thread, call) for thread in range(THREADS) for call in range(len(found) + 1)]
    shares = [{key in found for key in keys_of(plan, thread, call)} for thread, call in calls]
    return sum(len(share) > 1 for share in shares)
