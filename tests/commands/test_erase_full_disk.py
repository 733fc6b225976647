"""`erase` on a nearly full disk: not begun without room; where it stops all the same, the same words finish it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import settings
from core.accounts.people import CONSOLE
from core.casework.erasure import ErasureOrder, Erasures
from core.casework.erasure_open import KEYS, PORTFOLIO
from core.casework.erasure_person import ERASURE_BEGUN
from core.casework.kinds import ERASED
from core.casework.opening import open_ledger
from core.errors import ErasureOpen, LedgerUnwritable
from core.portfolio import contract_file, erasing_room
from tests.commands.typed import Ended, typed_here
from tests.disks import SmallDisk, a_small_disk

CLIENT = "100003"
REASON = "Asked for by the client"
MEGABYTES = 70


@dataclass(frozen=True)
class Place:
    disk: SmallDisk
    desk: Path

    def erase(self) -> Ended:
        return typed_here(self.desk, "erase", "--applicant", CLIENT, "--reason", REASON, "--yes")

    def kinds(self) -> list[str]:
        with closing(open_ledger(settings.read({}, data_dir=self.desk))) as ledger:
            return [event.kind for event in ledger.events(kinds=(ERASURE_BEGUN, ERASED))]


@pytest.fixture
def place(small_desk: Path, tmp_path: Path) -> Iterator[Place]:
    """A desk with one score of the client on record, on a disk that can be filled."""
    with a_small_disk(tmp_path / "disk", MEGABYTES) as disk:
        if disk is None:
            pytest.skip("mounting a small disk needs root")
        desk = Path(shutil.copytree(small_desk, disk.folder / "desk"))
        assert typed_here(desk, "score", CLIENT).code == 0
        yield Place(disk, desk)


def test_without_room_for_the_new_files_nothing_is_begun(place: Place) -> None:
    needed = erasing_room.needed_bytes(settings.read({}, data_dir=place.desk))
    place.disk.fill(leave=needed - 1_000_000)
    ended = place.erase()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1].startswith("ErasureRefused: Erasure: writes the portfolio's files anew, which ")
    assert f"needs {needed / 1e6:.1f} MB of room in {place.desk}, got " in ended.err
    assert ended.err.endswith("nothing was begun: make room, then order it again.\n")
    assert place.kinds() == []
    assert typed_here(place.desk, "score", CLIENT).code == 0


def test_the_room_that_is_asked_for_is_enough(place: Place) -> None:
    place.disk.fill(leave=erasing_room.needed_bytes(settings.read({}, data_dir=place.desk)) + 500_000)
    ended = place.erase()
    assert ended.code == 0, ended.err
    assert typed_here(place.desk, "score", CLIENT).code == 4


@pytest.mark.parametrize("leave", [10_000_000, 13_000_000, 16_000_000])
def test_a_disk_that_fills_up_in_the_middle_is_said_and_the_same_words_finish_it(
    place: Place, leave: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing_room, "needed_bytes", lambda own: 0)
    place.disk.fill(leave)
    stopped = place.erase()
    assert (stopped.code, stopped.out) == (3, "")
    assert "Traceback" not in stopped.err
    last = stopped.err.splitlines()[-1]
    assert last.startswith("ErasureOpen: Erasure of ")
    assert "and not finished, written anew without the person: " in last
    assert "the other files and the keys are as they were. It stopped because of this: " in last
    assert ": cannot be written anew (" in last
    assert last.endswith("make room on the disk, then order it again with the same words, or start the app: it is "
                         "finished then.")  # fmt: skip
    assert [file.name for file in place.desk.rglob("*.part*")] == []
    assert place.kinds() == [ERASURE_BEGUN]

    again = typed_here(place.desk, "verify", "--json")
    assert "An erasure is open: begun by console on " in again.err
    place.disk.make_room()
    finished = place.erase()
    assert (finished.code, finished.out.split(":")[0]) == (0, "Forgotten")
    assert place.kinds() == [ERASURE_BEGUN, ERASED]
    assert typed_here(place.desk, "score", CLIENT).code == 4
    assert "An erasure is open" not in typed_here(place.desk, "verify").err


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (PORTFOLIO, "the person's rows are gone from every file, the keys are not gone for good yet"),
        (KEYS, "the person's rows and keys are gone, only the event that says so is missing"),
    ],
)
def test_what_stops_after_the_files_is_finished_by_the_same_words(
    small_desk: Path, tmp_path: Path, step: str, state: str
) -> None:
    desk = Path(shutil.copytree(small_desk, tmp_path / "desk"))
    assert typed_here(desk, "score", CLIENT).code == 0
    own = settings.read({}, data_dir=desk)

    def full(passed: str) -> None:
        if passed == step:
            raise LedgerUnwritable("Ledger: nothing was recorded (the disk is full).")

    with closing(open_ledger(own)) as ledger:
        erasures = Erasures(ledger, own, contract_file.read(own.contract_file), full)
        with pytest.raises(ErasureOpen) as stopped:
            erasures.carry_out(ErasureOrder(CLIENT, REASON, "k1"), CONSOLE)
    assert f"not finished, {state}. It stopped because of this: Ledger: nothing was recorded" in str(stopped.value)

    preview = typed_here(desk, "erase", "--applicant", CLIENT, "--preview")
    assert "An erasure is open: begun by console on " in preview.err
    other = typed_here(desk, "erase", "--applicant", "999999999", "--reason", "Another reason", "--yes")
    assert other.code == 4
    ended = typed_here(desk, "erase", "--applicant", CLIENT, "--reason", REASON, "--yes", "--json")
    assert (ended.code, json.loads(ended.out)["applications"]) == (0, 1)
    with closing(open_ledger(own)) as ledger:
        assert [event.kind for event in ledger.events(kinds=(ERASURE_BEGUN, ERASED))] == [ERASURE_BEGUN, ERASED]
