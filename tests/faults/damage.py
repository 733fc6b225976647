"""Files are truncated, zeroed and flipped as a killed process left them; each must be made good from the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from core.errors import LedgerUnavailable
from core.ledger import journal
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from tests.faults.child import Plan, drafts, open_ledger
from tests.faults.outcome import Outcome

CALLS = 70  # of a thread: several segments, a checkpointed part and a WAL
SEGMENT_BYTES = 600_000
Damage = Callable[[Path, Random], None]


@dataclass(frozen=True)
class LeftBehind:
    """A ledger's folder as a killed process leaves it, and what had been acknowledged."""

    folder: Path
    events: tuple[Event, ...]


def truncated(path: Path, rng: Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def zeroed_tail(path: Path, rng: Random) -> None:
    content = path.read_bytes()
    keep = rng.randrange(len(content))
    path.write_bytes(content[:keep] + bytes(len(content) - keep))


def flipped(path: Path, rng: Random) -> None:
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def leave_behind(folder: Path) -> LeftBehind:
    """Half of the events were verified at a start before; the last ones lie in the WAL."""
    left = folder / "left"
    made = folder / "made"
    made.mkdir(parents=True)
    with _small_segments():
        for part in range(2):
            plan = Plan(made, f"d{part}")
            ledger = open_ledger(made)
            key = ledger.keys.application("stored:1", "1")
            for call in range(CALLS):
                ledger.append(drafts(plan, key, 0, call))
            if part:
                shutil.copytree(made, left)
            events = ledger.events(limit=10_000)
            ledger.close()
    return LeftBehind(left, events)


def damage_often(left: LeftBehind, folder: Path, damage: Damage, times: int, seed: int) -> Outcome:
    """What became of everything that was acknowledged, with one file damaged each time."""
    rng = Random(seed)
    outcome = Outcome()
    for number in range(times):
        place = folder / f"{damage.__name__}-{number}"
        shutil.copytree(left.folder, place)
        files = _files(place)
        damage(files[number % len(files)], rng)
        outcome += _looked_at(place, left.events)
        shutil.rmtree(place)
    return outcome


def damage_both(left: LeftBehind, folder: Path, damage: Damage, times: int, seed: int) -> Outcome:
    """Journal and database damaged at once: everything is there, or it is said that something is not."""
    rng = Random(seed)
    outcome = Outcome()
    for number in range(times):
        place = folder / f"both-{damage.__name__}-{number}"
        shutil.copytree(left.folder, place)
        segments, database = sorted((place / "ledger" / "journal").iterdir()), place / "ledger" / "ledger.duckdb"
        damage(rng.choice(segments), rng)
        damage(rng.choice([database, database.with_name("ledger.duckdb.wal")]), rng)
        outcome += _looked_at(place, left.events, may_refuse=True)
        shutil.rmtree(place)
    return outcome


def _files(place: Path) -> list[Path]:
    ledger = place / "ledger"
    return [
        ledger / "ledger.duckdb",
        *sorted((ledger / "journal").iterdir()),
        ledger / "ledger.duckdb.wal",
        ledger / "head",
        ledger / "verified",
    ]


def _looked_at(place: Path, events: tuple[Event, ...], may_refuse: bool = False) -> Outcome:
    """At the latest the start after the one that verified finds everything as it was."""
    try:
        for _ in range(2):
            ledger = open_ledger(place)
            try:
                sound = ledger.verify().sound
                whole = _same(ledger, events)
                said = bool(ledger.writable)
                if sound and whole and not said:
                    break
            finally:
                ledger.close()
    except LedgerUnavailable:
        return Outcome(1, len(events)) if may_refuse else Outcome(1, len(events), lost=len(events))
    if may_refuse and (said or not sound):
        return Outcome(1, len(events))
    return Outcome(1, len(events), lost=0 if whole else 1, broken=0 if sound else 1, unsaid=int(not whole and not said))


def _same(ledger: Ledger, events: tuple[Event, ...]) -> bool:
    return ledger.events(limit=10_000) == events


@contextmanager
def _small_segments() -> Iterator[None]:
    usual, journal.SEGMENT_BYTES = journal.SEGMENT_BYTES, SEGMENT_BYTES
    try:
        yield
    finally:
        journal.SEGMENT_BYTES = usual
