"""Files are truncated, zeroed and flipped as a killed process left them; each must be made good from the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from core.errors import LedgerUnavailable
from core.ledger import journal
from core.ledger.event import Event
from core.ledger.recovery import HEAD_FILE, JOURNAL_FOLDER, VERIFIED_FILE
from core.ledger.store import STORE_FILE
from tests.faults.child import Plan, drafts, open_ledger
from tests.faults.outcome import Outcome

CALLS = 70  # of a thread: several segments, a checkpointed part and a WAL
SEGMENT_BYTES = 600_000
Damage = Callable[[Path, Random], None]
Choice = Callable[[Path, Random], Path]  # which file of a ledger's folder


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
    """What became of everything that was acknowledged, with WAL, journal or database damaged, in turn."""
    return _damaged_in_turn(left, folder, damage, times, seed, (_wal, _segment, _database))


def damage_heads(left: LeftBehind, folder: Path, damage: Damage, times: int, seed: int) -> Outcome:
    """The same with the file of the head or the one of what was verified before."""
    return _damaged_in_turn(left, folder, damage, times, seed, (_head, _verified))


def damage_both(left: LeftBehind, folder: Path, damage: Damage, times: int, seed: int) -> Outcome:
    """Journal and database damaged at once: everything is there, or it is said that something is not."""
    rng = Random(seed)
    outcome = Outcome()
    for number in range(times):
        place = folder / f"both-{damage.__name__}-{number}"
        shutil.copytree(left.folder, place)
        for choose in (_segment, rng.choice([_database, _wal])):
            damage(choose(place / "ledger", rng), rng)
        outcome += _looked_at(place, left.events, may_refuse=True)
        shutil.rmtree(place)
    return outcome


def _damaged_in_turn(
    left: LeftBehind, folder: Path, damage: Damage, times: int, seed: int, files: Sequence[Choice]
) -> Outcome:
    rng = Random(seed)
    outcome = Outcome()
    for number in range(times):
        place = folder / f"{damage.__name__}-{number}"
        shutil.copytree(left.folder, place)
        damage(files[number % len(files)](place / "ledger", rng), rng)
        outcome += _looked_at(place, left.events)
        shutil.rmtree(place)
    return outcome


def _wal(ledger: Path, rng: Random) -> Path:
    return ledger / f"{STORE_FILE}.wal"


def _database(ledger: Path, rng: Random) -> Path:
    return ledger / STORE_FILE


def _segment(ledger: Path, rng: Random) -> Path:
    return rng.choice(sorted((ledger / JOURNAL_FOLDER).iterdir()))


def _head(ledger: Path, rng: Random) -> Path:
    return ledger / HEAD_FILE


def _verified(ledger: Path, rng: Random) -> Path:
    return ledger / VERIFIED_FILE


def _looked_at(place: Path, events: tuple[Event, ...], may_refuse: bool = False) -> Outcome:
    """At the latest the start after the one that verified finds everything as it was."""
    noticed = False
    try:
        for _ in range(2):
            with closing(open_ledger(place)) as ledger:
                sound = ledger.verify().sound
                whole = ledger.events(limit=10_000) == events
                refused = bool(ledger.writable)
                noticed = noticed or bool(ledger.notices) or not sound
            if sound and whole and not refused:
                break
    except LedgerUnavailable:
        return Outcome(1, len(events), said=1, lost=0 if may_refuse else len(events))
    if may_refuse and (refused or not sound):
        return Outcome(1, len(events), said=1)
    broken, unsaid = not sound or refused, not whole and not refused
    return Outcome(1, len(events), int(noticed), lost=int(not whole), broken=int(broken), unsaid=int(unsaid))


@contextmanager
def _small_segments() -> Iterator[None]:
    usual, journal.SEGMENT_BYTES = journal.SEGMENT_BYTES, SEGMENT_BYTES
    try:
        yield
    finally:
        journal.SEGMENT_BYTES = usual
