"""A small disk fills up at each stage of a write: what is refused is not there, what is acknowledged is, and with room
again recording goes on in the same ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from core.errors import LedgerUnwritable
from core.ledger import writer_room
from core.ledger.event import Event
from core.ledger.keys import ApplicationKey
from core.ledger.ledger import Ledger
from tests.disks import SmallDisk, a_small_disk
from tests.faults.child import Plan, drafts, open_ledger
from tests.faults.outcome import Outcome

BEFORE = "before_journal_write"  # filled before the call
STAGES = (BEFORE, "after_journal_write", "after_journal_fsync", "after_insert", "in_checkpoint", "after_commit")
MOST_CALLS = 200  # a checkpoint comes after about fifty
LEFT_BYTES = (0, 20_000, 40_000, 200_000)  # some of these let the call in hand through, and refuse a later one


@dataclass
class _Filling:
    """Fills the disk once, when a write passes this stage for the how-manieth time."""

    disk: SmallDisk
    stage: str
    passes: int
    leave: int  # bytes
    full: bool = field(default=False, init=False)

    def __call__(self, passed: str) -> None:
        if passed != self.stage or self.full:
            return
        self.passes -= 1
        if self.passes <= 0:
            self.full = True
            self.disk.fill(self.leave)


@dataclass(frozen=True)
class _Record:
    """A ledger on the small disk and what it acknowledged."""

    ledger: Ledger
    key: ApplicationKey
    plan: Plan
    acknowledged: dict[str, Event] = field(default_factory=dict)

    def append(self, call: int) -> None:
        answered = self.ledger.append(drafts(self.plan, self.key, 0, call))
        self.acknowledged.update({event.idempotency_key: event for event in answered})

    def differences(self) -> tuple[int, int]:
        """How many acknowledged events are not there as they were, and how many others are."""
        events = self.ledger.events(limit=10_000)
        found = {event.idempotency_key: event for event in events}
        lost = sum(found.get(key) != event for key, event in self.acknowledged.items())
        return lost, len(events) - len(self.acknowledged) + lost


def fill_often(folder: Path, times: int, seed: int) -> dict[str, Outcome]:
    """What became of the record, by the stage at which the disk was full; without faults where none may be mounted.

    The look at the free room that would prevent nearly all of it is switched off.
    """
    rng = Random(seed)
    folder.mkdir(parents=True)
    outcomes = dict.fromkeys(STAGES[:times], Outcome())
    with _no_look_at_the_room(), a_small_disk(folder / "disk") as disk:
        for number in range(times if disk else 0):
            stage = STAGES[number % len(STAGES)]
            outcomes[stage] += _filled_once(disk, f"f{number}", stage, rng) if disk else Outcome()
    return outcomes


@contextmanager
def _no_look_at_the_room() -> Iterator[None]:
    usual = writer_room.ROOM_BYTES, writer_room._COPIES
    writer_room.ROOM_BYTES, writer_room._COPIES = 0, 0
    try:
        yield
    finally:
        writer_room.ROOM_BYTES, writer_room._COPIES = usual


def _filled_once(disk: SmallDisk, name: str, stage: str, rng: Random) -> Outcome:
    place = disk.folder / name
    place.mkdir()
    passes = 1 if stage == "in_checkpoint" else rng.randint(1, 8)
    filling = _Filling(disk, stage, passes, rng.choice(LEFT_BYTES))
    ledger = Ledger.open(place / "ledger", place / "master.key", passing=filling)
    try:
        record = _Record(ledger, ledger.keys.application("stored:1", "1"), Plan(place, name))
        call, words = _until_refused(record, filling)
        looks = [record.differences()]
        disk.make_room()
        sound = _works_again(record, call) and ledger.verify().sound
        looks.append(record.differences())
    finally:
        ledger.close()
    with closing(open_ledger(place)) as ledger:
        looks.append(replace(record, ledger=ledger).differences())
    shutil.rmtree(place)
    lost, doubled = (max(numbers) for numbers in zip(*looks, strict=True))
    said = int(filling.full and _is_clear(words))
    return Outcome(1, len(record.acknowledged), said, lost, doubled, int(not sound), 1 - said)


def _until_refused(record: _Record, filling: _Filling) -> tuple[int, str]:
    """The call that was refused, and in which words; no words when none was."""
    for call in range(MOST_CALLS):
        filling(BEFORE)
        try:
            record.append(call)
        except LedgerUnwritable as refusal:
            return call, str(refusal)
    return MOST_CALLS, ""


def _is_clear(words: str) -> bool:
    """Whether it is a sentence that says that nothing was recorded, and what to do."""
    remedy = "see that the disk has room and can be written."
    return words.startswith("Ledger: nothing was recorded (") and words.endswith(remedy)


def _works_again(record: _Record, refused: int) -> bool:
    """Whether the same open ledger records what it refused, and what comes after it."""
    try:
        if record.ledger.writable:
            return False
        record.append(refused)
        record.append(refused + 1)
    except LedgerUnwritable:
        return False
    return True
