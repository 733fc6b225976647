"""A small disk fills up in the middle of writes: what is refused is not there, what is acknowledged is."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from core.errors import LedgerUnwritable
from core.ledger import writer_room
from core.ledger.ledger import Ledger
from tests.disks import SmallDisk, a_small_disk
from tests.faults.child import Plan, drafts
from tests.faults.outcome import Outcome

POINTS = ("after_journal_write", "after_journal_fsync", "after_insert", "in_checkpoint", "after_commit")
MOST_CALLS = 200  # a checkpoint comes after about fifty


def fill_often(folder: Path, times: int, seed: int) -> Outcome:
    """What became of the record, with the look at the free room switched off that would prevent it all; no faults
    where no disk may be mounted."""
    rng = Random(seed)
    outcome = Outcome()
    folder.mkdir(parents=True)
    usual = writer_room.ROOM_BYTES, writer_room._COPIES
    writer_room.ROOM_BYTES, writer_room._COPIES = 0, 0
    try:
        with a_small_disk(folder / "disk") as disk:
            for number in range(times if disk else 0):
                outcome += _filled_once(disk, f"f{number}", POINTS[number % len(POINTS)], rng) if disk else Outcome()
    finally:
        writer_room.ROOM_BYTES, writer_room._COPIES = usual
    return outcome


def _filled_once(disk: SmallDisk, name: str, point: str, rng: Random) -> Outcome:
    place = disk.folder / name
    place.mkdir()
    full = [False]

    def passing(passed: str) -> None:
        if passed == point and not full[0]:
            full[0] = True
            disk.fill(rng.choice([0, 20_000, 40_000, 200_000]))

    ledger = Ledger.open(place / "ledger", place / "master.key", passing=passing)
    try:
        plan = Plan(place, name)
        key = ledger.keys.application("stored:1", "1")
        acknowledged = {}
        for call in range(MOST_CALLS):
            try:
                answered = ledger.append(drafts(plan, key, 0, call))
            except LedgerUnwritable:
                break
            acknowledged |= {event.idempotency_key: event for event in answered}
            if full[0]:
                break
        readable = len(ledger.events(limit=10_000)) >= len(acknowledged)
        disk.make_room()
        again = ledger.append(drafts(plan, key, 1, 0))
        acknowledged |= {event.idempotency_key: event for event in again}
        sound = ledger.verify().sound and readable
        found = {event.idempotency_key: event for event in ledger.events(limit=10_000)}
        lost = sum(found.get(one) != event for one, event in acknowledged.items())
        return Outcome(1, len(acknowledged), lost, len(found) - len(acknowledged), 0 if sound else 1)
    finally:
        ledger.close()
        shutil.rmtree(place)
