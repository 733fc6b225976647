"""A write that fails at any stage is refused, everything can still be read, and recording goes on by itself."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from core.errors import LedgerUnavailable, LedgerUnwritable
from core.ledger.ledger import Ledger
from core.ledger.reading import Reading
from core.ledger.writer_room import hindrance
from tests.disks import SmallDisk, a_small_disk
from tests.ledgers import NOTES, a_draft, a_ledger, a_sealed_draft

POINTS = ("after_journal_write", "after_journal_fsync", "after_insert", "in_checkpoint")


class Trap:
    """Does something at a named point of a write, once it is set."""

    def __init__(self) -> None:
        self.point = ""
        self.spring: Callable[[], None] = lambda: None

    def __call__(self, name: str) -> None:
        if name == self.point:
            self.point = ""
            self.spring()


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    # without the look at the free room that is taken before: what it would prevent is tested here
    monkeypatch.setattr("core.ledger.writer_room.ROOM_BYTES", 0)
    monkeypatch.setattr("core.ledger.writer_room._COPIES", 0)
    with a_small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("a small disk can be mounted by root only")
        yield disk


def _require_sound(ledger: Ledger, count: int) -> None:
    assert [event.sequence for event in ledger.events()] == list(range(1, count + 1))
    found = ledger.verify()
    assert (found.sound, found.events) == (True, count), found.finding


def _some(size: int = 9_000) -> dict[str, str]:
    return {"words": os.urandom(size // 2).hex()}


def test_a_full_disk_refuses_before_anything_is_written(small_disk: SmallDisk) -> None:
    with a_ledger(small_disk.folder, [NOTES]) as ledger:
        ledger.append([a_draft()])
        small_disk.fill()
        with pytest.raises(LedgerUnwritable, match=r"No space left on device.*see that the disk has room"):
            ledger.append([a_draft(public=_some())])
        _require_sound(ledger, 1)
        small_disk.make_room()
        ledger.append([a_draft()])
        _require_sound(ledger, 2)
    with a_ledger(small_disk.folder, [NOTES]) as ledger:
        assert ledger.notices == ()
        _require_sound(ledger, 2)


@pytest.mark.parametrize("point", POINTS[:3])
@pytest.mark.parametrize("count", [1, 60])
def test_a_disk_that_fills_in_the_middle_of_a_write_takes_it_back(
    small_disk: SmallDisk, point: str, count: int
) -> None:
    trap = Trap()
    with a_ledger(small_disk.folder, [NOTES], passing=trap) as ledger:
        ledger.append([a_draft()])
        trap.point, trap.spring = point, small_disk.fill
        with pytest.raises(LedgerUnwritable, match="nothing was recorded"):
            ledger.append([a_draft(public=_some()) for _ in range(count)])
        _require_sound(ledger, 1)
        small_disk.make_room()
        assert ledger.writable == ""
        ledger.append([a_draft()])
        _require_sound(ledger, 2)
    with a_ledger(small_disk.folder, [NOTES]) as ledger:
        assert ledger.notices == ()
        _require_sound(ledger, 2)


@pytest.mark.parametrize("leave", [40_000, 400_000])
def test_a_checkpoint_that_fails_on_a_full_disk_loses_nothing_and_ends_nothing(
    small_disk: SmallDisk, leave: int
) -> None:
    trap = Trap()
    with a_ledger(small_disk.folder, [NOTES], passing=trap) as ledger:
        trap.point, trap.spring = "in_checkpoint", lambda: small_disk.fill(leave)
        while trap.point:
            (last,) = ledger.append([a_draft(public=_some())])
        assert ledger.events(after=last.sequence - 1) == (last,)
        small_disk.make_room()
        ledger.append([a_draft()])
        _require_sound(ledger, last.sequence + 1)
        assert ledger.notices == ()


def test_a_ledger_is_not_opened_half_on_a_full_disk(small_disk: SmallDisk) -> None:
    with a_ledger(small_disk.folder, [NOTES]) as ledger:
        ledger.append([a_draft()])
    (small_disk.folder / "ledger" / "ledger.duckdb").unlink()
    small_disk.fill(leave=150_000)
    with pytest.raises(LedgerUnavailable, match="see that the disk has room"), a_ledger(small_disk.folder, [NOTES]):
        pass
    small_disk.make_room()
    with a_ledger(small_disk.folder, [NOTES]) as ledger:
        _require_sound(ledger, 1)


@pytest.mark.parametrize("leave", [0, 4_096, 8_192, 16_384, 32_768, 65_536])
def test_on_a_full_disk_nobody_is_told_to_restore_a_backup(small_disk: SmallDisk, leave: int) -> None:
    with a_ledger(small_disk.folder) as ledger:
        ledger.append([a_sealed_draft(ledger, {"name": "Ana"})])
    small_disk.fill(leave)
    refusal = ""
    try:
        with a_ledger(small_disk.folder) as ledger:
            assert ledger.verify().events == 1
    except LedgerUnavailable as refused:
        refusal = str(refused)
    assert not refusal or ("room" in refusal and "backup" not in refusal)
    small_disk.make_room()
    with a_ledger(small_disk.folder) as ledger:
        _require_sound(ledger, 1)


def test_a_write_protected_disk_is_said_and_nothing_is_lost(small_disk: SmallDisk) -> None:
    with a_ledger(small_disk.folder) as ledger:
        ledger.append([a_draft()])
    small_disk.write_protect()
    assert "the disk is read-only; make it writable" in hindrance(small_disk.folder)
    with pytest.raises(LedgerUnavailable, match="make the disk writable"), a_ledger(small_disk.folder):
        pass
    small_disk.write_protect(False)
    with a_ledger(small_disk.folder) as ledger:
        assert ledger.notices == ()
        _require_sound(ledger, 1)


def test_sealed_parts_can_be_read_on_a_full_disk(small_disk: SmallDisk) -> None:
    with a_ledger(small_disk.folder) as ledger:
        (event,) = ledger.append([a_sealed_draft(ledger, {"name": "Ana"})])
        small_disk.fill()
        assert ledger.unsealed(event) == {"name": "Ana"}
        assert ledger.keys.known("stored:1") is not None


def test_too_little_room_is_said_before_a_write_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
        monkeypatch.setattr("core.ledger.writer_room.ROOM_BYTES", 1 << 60)
        assert "MB are needed; make room, and recording goes on by itself." in ledger.writable
        with pytest.raises(LedgerUnwritable, match="make room"):
            ledger.append([a_draft()])
        assert len(ledger.events()) == 1
        monkeypatch.undo()
        assert ledger.writable == ""
        ledger.append([a_draft()])
        _require_sound(ledger, 2)


def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.pwrite

    def half(descriptor: int, content: bytes, at: int) -> int:
        if at == 0 or len(content) < 200:
            return written(descriptor, content, at)
        if len(content) > 300:
            return written(descriptor, content[:100], at)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
        monkeypatch.setattr(os, "pwrite", half)
        with pytest.raises(LedgerUnwritable, match="No space left on device"):
            ledger.append([a_draft()])
        monkeypatch.undo()
        journal = (tmp_path / "ledger" / "journal" / "00000001.jsonl").read_bytes()
        assert journal.count(b"\n") == 1
        assert journal.endswith(b"\n")
        ledger.append([a_draft()])
        _require_sound(ledger, 2)


@pytest.mark.parametrize("point", POINTS[:3])
def test_an_error_of_the_disk_at_any_point_is_refused_and_the_next_write_succeeds(tmp_path: Path, point: str) -> None:
    trap = Trap()

    def fail() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with a_ledger(tmp_path, passing=trap) as ledger:
        trap.point, trap.spring = point, fail
        ledger.append([a_draft(idempotency_key="k")])  # tried a second time
        _require_sound(ledger, 1)


def test_a_call_that_the_database_refuses_alone_is_refused_and_says_why(tmp_path: Path) -> None:
    wrong = Reading(
        "counted",
        (("sequence", "bigint"), ("n", "bigint")),
        frozenset({"noted"}),
        lambda event: (event.sequence, event.public.get("n")),  # type: ignore[arg-type,return-value]
    )
    with a_ledger(tmp_path, [wrong]) as ledger:
        with pytest.raises(LedgerUnwritable, match="Could not convert string 'many'"):
            ledger.append([a_draft(public={"n": "many"})])
        ledger.append([a_draft(public={"n": 2})])
        _require_sound(ledger, 1)


@pytest.mark.parametrize("count", [1, 60])
def test_text_that_is_no_unicode_is_refused_and_text_with_odd_characters_kept(tmp_path: Path, count: int) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        with pytest.raises(LedgerUnwritable, match="nothing was recorded"):
            ledger.append([a_draft(subject="\ud800") for _ in range(count)])
        with pytest.raises(LedgerUnwritable, match="nothing was recorded"):
            ledger.append([a_draft(public={"words": "\ud800"}) for _ in range(count)])
        odd = "a\x00b\n\u2028'\"é😀"
        ledger.append([a_draft(subject=odd, public={"words": odd, odd: odd}) for _ in range(count)])
        assert {event.subject for event in ledger.events()} == {odd}
        _require_sound(ledger, count)


def test_nothing_is_recorded_after_closing(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
    with pytest.raises(LedgerUnwritable, match="it was closed"):
        ledger.append([a_draft()])
    assert [path.name for path in (tmp_path / "ledger" / "journal").iterdir()] == ["00000001.jsonl"]


def test_a_database_that_is_damaged_while_it_is_open_is_made_anew_and_answers(tmp_path: Path) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        for _ in range(3):
            ledger.append([a_draft(public=_some(4_000)) for _ in range(400)])
        events = ledger.events(limit=2_000)
    with a_ledger(tmp_path, [NOTES]):
        """This start looks at everything, so that the next one reads no block before it is damaged."""
    path = tmp_path / "ledger" / "ledger.duckdb"
    with a_ledger(tmp_path, [NOTES]) as ledger:
        content = bytearray(path.read_bytes())
        for start in range(20_000, len(content), 100_000):
            content[start : start + 100] = os.urandom(100)
        path.write_bytes(content)
        assert ledger.events(limit=2_000) == events
        assert "The database was damaged" in ledger.notices[-1]
        ledger.append([a_draft()])
        assert ledger.verify().sound


def _opened_anew(folder: Path, ledger: Ledger) -> None:
    """As after a write that was broken off: the journal does not end where the last event does."""
    with (folder / "ledger" / "journal" / "00000001.jsonl").open("ab") as journal:
        journal.write(b"half a line")
    ledger.append([a_draft()])
    assert "was cut off" in ledger.notices[-1]


def test_verifying_while_the_files_are_opened_anew_is_no_false_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ledger.verification.REPORT_EVERY", 5)
    told: list[str] = []
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft() for _ in range(20)])

        def progress(step: str, done: float | None = None) -> None:
            if not told:
                told.append(step)
                _opened_anew(tmp_path, ledger)

        found = ledger.verify(progress)
        assert (found.sound, found.events, len(told)) == (True, 21, 1)
        assert (tmp_path / "ledger" / "verified").exists()


def test_verifying_while_the_ledger_is_closed_finds_nothing_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ledger.verification.REPORT_EVERY", 5)
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft() for _ in range(20)])
        with pytest.raises(LedgerUnavailable, match="closed while it was verified"):
            ledger.verify(lambda step, done=None: ledger.close())


def test_a_reading_in_use_while_the_files_are_opened_anew_is_refused_in_words(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])

        def read_on() -> None:
            with ledger.reading() as cursor:
                _opened_anew(tmp_path, ledger)
                cursor.execute("select count(*) from events")

        with pytest.raises(LedgerUnavailable, match="opened anew while it was read"):
            read_on()
        with ledger.reading() as cursor:
            assert cursor.execute("select count(*) from events").fetchall() == [(2,)]


@pytest.mark.parametrize("question", ["select * from nowhere", "select 'corrupt'::bigint", "select error('corrupt')"])
def test_a_question_that_is_wrong_does_not_make_the_database_anew(tmp_path: Path, question: str) -> None:
    with a_ledger(tmp_path) as ledger:
        with pytest.raises(duckdb.Error), ledger.reading() as cursor:
            cursor.execute(question)
        ledger.append([a_draft()])
        assert ledger.notices == ()


def test_events_can_be_neither_changed_nor_deleted_by_mistake(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
        for statement in ("update events set subject = 'x'", "delete from events", "truncate events"):
            with pytest.raises(duckdb.Error, match="read-only"), ledger.reading() as cursor:
                cursor.execute(statement)
        with pytest.raises(duckdb.Error), ledger.reading() as cursor:
            cursor.execute("copy events to 'elsewhere.csv'")
        _require_sound(ledger, 1)
