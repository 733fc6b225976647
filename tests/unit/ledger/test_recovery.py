"""What a start finds and makes good: each of journal and store is made from the other, and nothing is thrown away."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest

from core.errors import LedgerLocked, LedgerUnavailable, LedgerUnwritable
from core.ledger.event import Event
from core.ledger.reading import Reading
from core.ledger.recovery_store import require_damage
from core.ledger.store import Store
from tests.ledgers import NOTES, a_draft, a_ledger, a_sealed_draft

EVENTS = 12


def _filled(folder: Path, count: int = EVENTS) -> tuple[Event, ...]:
    with a_ledger(folder, [NOTES]) as ledger:
        for n in range(count):
            ledger.append([a_sealed_draft(ledger, {"n": n}, f"stored:{n}", str(n), public={"words": f"w{n}"})])
        return ledger.events()


def _segment(folder: Path) -> Path:
    return folder / "ledger" / "journal" / "00000001.jsonl"


def _store(folder: Path) -> Path:
    return folder / "ledger" / "ledger.duckdb"


def _flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


def _line_start(path: Path, number: int) -> int:
    """Where the line of this event begins."""
    return sum(len(text) for text in path.read_bytes().splitlines(keepends=True)[: number - 1])


def _forget_what_was_verified(folder: Path) -> None:
    (folder / "ledger" / "verified").unlink()


def _require_whole(folder: Path, events: tuple[Event, ...]) -> tuple[str, ...]:
    """The notices of a start after which everything is there, in journal, store and readings."""
    with a_ledger(folder, [NOTES]) as ledger:
        assert ledger.events() == events
        assert ledger.writable == ""
        found = ledger.verify()
        assert (found.sound, found.events) == (True, len(events)), found.finding
        with ledger.reading() as cursor:
            assert cursor.execute("select count(*) from notes").fetchall() == [(len(events),)]
        notices = ledger.notices
        ledger.append([a_draft()])
        assert ledger.verify().sound
    with a_ledger(folder, [NOTES]) as ledger:
        assert ledger.notices == ()
    return notices


def test_a_start_after_a_good_end_has_nothing_to_say(tmp_path: Path) -> None:
    assert _require_whole(tmp_path, _filled(tmp_path)) == ()


def test_a_deleted_database_is_made_anew_from_the_journal(tmp_path: Path) -> None:
    events = _filled(tmp_path)
    _store(tmp_path).unlink()
    (notice,) = _require_whole(tmp_path, events)
    assert notice == "The database lacked events 1 to 12: they were taken from the journal."


def test_a_deleted_journal_is_written_anew_from_the_database(tmp_path: Path) -> None:
    events = _filled(tmp_path)
    _segment(tmp_path).unlink()
    (notice,) = _require_whole(tmp_path, events)
    assert notice == (
        "The journal was not what was written: it lacked events 1 to 12; they were restored from the database."
    )


@pytest.mark.parametrize("verified_before", [True, False])
def test_a_damaged_line_is_written_anew_from_the_database_and_the_damaged_file_kept(
    tmp_path: Path, verified_before: bool
) -> None:
    events = _filled(tmp_path)
    if not verified_before:
        _forget_what_was_verified(tmp_path)
    _flip(_segment(tmp_path), _line_start(_segment(tmp_path), 5) + 40)
    damaged = _segment(tmp_path).read_bytes()
    (notice,) = _require_whole(tmp_path, events)
    assert notice.startswith(
        "Journal 00000001.jsonl was damaged or edited: from event 5 on it was not what was written. It was made anew "
        "with what the database holds; the file as it was found is kept as 00000001.jsonl.damaged-"
    )
    (kept,) = _segment(tmp_path).parent.glob("*.damaged-*")
    assert kept.read_bytes() == damaged


def test_damage_in_what_was_verified_before_is_found_by_verifying_and_mended_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ledger.journal.SEGMENT_BYTES", 4_000)
    events = _filled(tmp_path)
    with a_ledger(tmp_path, [NOTES]):
        """This start looks at everything, so that the next one need not."""
    _flip(_segment(tmp_path), _line_start(_segment(tmp_path), 3) + 40)
    with a_ledger(tmp_path, [NOTES]) as ledger:
        assert ledger.notices == ()
        found = ledger.verify()
        assert (found.sound, found.first_bad) == (False, 3)
    (notice,) = _require_whole(tmp_path, events)
    assert "from event 3 on it was not what was written. It was made anew" in notice


def test_a_half_line_that_was_never_acknowledged_is_cut_and_kept_aside(tmp_path: Path) -> None:
    events = _filled(tmp_path)
    with _segment(tmp_path).open("ab") as file:
        file.write(b'{"ciphertext":null,"hash":"ab')
    (notice,) = _require_whole(tmp_path, events)
    assert "what stood behind its last whole record was cut off and is kept as" in notice
    (kept,) = _segment(tmp_path).parent.glob("*.torn-*")
    assert kept.read_bytes() == b'{"ciphertext":null,"hash":"ab'


@pytest.mark.parametrize("lines", [1, 2])
def test_part_of_a_transaction_that_was_never_acknowledged_is_cut(tmp_path: Path, lines: int) -> None:
    events = _filled(tmp_path)

    class PowerCutError(BaseException):
        pass

    def stop(name: str) -> None:
        if name == "after_journal_fsync":
            written.append(_segment(tmp_path).read_bytes())
            raise PowerCutError

    written: list[bytes] = []
    with a_ledger(tmp_path, [NOTES], passing=stop) as ledger, pytest.raises(PowerCutError):
        ledger.append([a_draft("a"), a_draft("b"), a_draft("c")])
    whole = written[0].splitlines(keepends=True)
    _segment(tmp_path).write_bytes(b"".join(whole[: EVENTS + lines]))
    (notice,) = _require_whole(tmp_path, events)
    assert "was cut off" in notice


def test_a_database_that_can_be_read_but_not_written_to_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = _filled(tmp_path)
    opened, tried = Store.open, []

    def fails_once(path: Path, readings: Sequence[Reading], thorough: bool = False) -> Store:
        tried.append(path)
        if len(tried) == 1:
            raise duckdb.InternalException("INTERNAL Error: something in it is not as it should be")
        return opened(path, readings, thorough)

    monkeypatch.setattr(Store, "open", fails_once)
    (notice,) = _require_whole(tmp_path, events)
    assert notice.startswith(
        "The database was damaged (INTERNAL Error: something in it is not as it should be): it was"
    )


def test_a_damaged_slot_of_the_head_is_said_and_written_again(tmp_path: Path) -> None:
    events = _filled(tmp_path)
    _flip(tmp_path / "ledger" / "head", 20)
    (notice,) = _require_whole(tmp_path, events)
    assert notice == "Ledger, head: slot 1 is damaged, the other one counts."


def test_a_whole_transaction_in_the_journal_alone_is_kept(tmp_path: Path) -> None:
    _filled(tmp_path)
    before = {path: path.read_bytes() for path in (_store(tmp_path), tmp_path / "ledger" / "head")}
    with a_ledger(tmp_path, [NOTES]) as ledger:
        ledger.append([a_draft(), a_draft()])
        events = ledger.events()
    for path, content in before.items():
        path.write_bytes(content)
    (notice,) = _require_whole(tmp_path, events)
    assert notice == "The database lacked events 13 to 14: they were taken from the journal."


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_a_damaged_database_is_set_aside_and_made_anew(tmp_path: Path, share: float) -> None:
    events = _filled(tmp_path, 80)
    _forget_what_was_verified(tmp_path)
    content = bytearray(_store(tmp_path).read_bytes())
    start = int(len(content) * share)
    content[start : start + 9_000] = os.urandom(len(content[start : start + 9_000]))
    _store(tmp_path).write_bytes(content)
    notices = _require_whole(tmp_path, events)
    kept = list(_store(tmp_path).parent.glob("ledger.duckdb.damaged-*"))
    assert len(notices) == len(kept)  # a block that nothing lies in may be damaged without anybody noticing
    assert all("it was made anew from the journal; the file as it was found is kept as" in notice for notice in notices)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from events where sequence = 4",
        "delete from events where sequence > 9",
        "update events set subject = 'x'",
        "update events set ciphertext = 'x'::blob where sequence = 12",
        "update events set sequence = sequence + 100 where sequence = 3",
        "insert into events select * from events where sequence = 5",
        "insert into events select * replace (sequence + 100 as sequence) from events where sequence = 5",
        "drop table notes",
        "delete from notes where sequence = 2",
        "drop table migrations",
    ],
)
def test_a_database_that_was_tampered_with_is_set_aside(tmp_path: Path, statement: str) -> None:
    events = _filled(tmp_path)
    _forget_what_was_verified(tmp_path)
    with duckdb.connect(str(_store(tmp_path))) as connection:
        connection.execute("drop trigger events_stay on events")
        connection.execute("drop trigger events_remain on events")
        connection.execute("drop trigger notes_remain on notes")
        connection.execute(statement)
    _require_whole(tmp_path, events)


@pytest.mark.parametrize("verified_before", [True, False])
@pytest.mark.parametrize(
    "mangle",
    [
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        lambda lines: [*lines[:3], *lines[5:]],
        lambda lines: [*lines[:3], lines[0], *lines[3:]],
        lambda lines: [*lines, lines[1]],
        lambda lines: [*lines[:3], lines[3].rstrip(b"\n"), *lines[4:]],
        lambda lines: [b"\n\n", b"\xff" * 80, *lines],
        lambda lines: lines[:2],
        lambda lines: [],
        lambda lines: [bytes(len(b"".join(lines)))],
    ],
    ids=["swapped", "missing", "inserted", "repeated", "glued", "in front", "cut", "empty", "zeroed"],
)
def test_a_mangled_journal_is_written_anew_from_the_database(
    tmp_path: Path, mangle: Callable[[list[bytes]], list[bytes]], verified_before: bool
) -> None:
    events = _filled(tmp_path)
    if not verified_before:
        _forget_what_was_verified(tmp_path)
    lines = _segment(tmp_path).read_bytes().splitlines(keepends=True)
    _segment(tmp_path).write_bytes(b"".join(mangle(lines)))
    assert _require_whole(tmp_path, events) != ()


@pytest.mark.parametrize("everything", [True, False])
def test_damage_at_the_same_place_in_both_is_refused_and_nothing_changed(tmp_path: Path, everything: bool) -> None:
    _filled(tmp_path)
    _forget_what_was_verified(tmp_path)
    _flip(_segment(tmp_path), _line_start(_segment(tmp_path), 5) + 40)
    _store(tmp_path).unlink() if everything else _store(tmp_path).write_bytes(b"x" * 50_000)
    before = _segment(tmp_path).read_bytes()
    with pytest.raises(LedgerUnavailable, match="event 5 is damaged or missing in both"), a_ledger(tmp_path):
        pass
    assert _segment(tmp_path).read_bytes() == before


def _cut_last_line(folder: Path) -> None:
    lines = _segment(folder).read_bytes().splitlines(keepends=True)
    _segment(folder).write_bytes(b"".join(lines[:-2]))


def test_a_cut_tail_is_read_but_not_written_to(tmp_path: Path) -> None:
    events = _filled(tmp_path)
    _store(tmp_path).unlink()
    _cut_last_line(tmp_path)
    for _ in range(2):
        with a_ledger(tmp_path, [NOTES]) as ledger:
            assert ledger.events() == events[:10]
            assert ledger.writable.startswith("The record's tail was cut: it ends at event 10, and the head knows 12;")
            assert ledger.writable in ledger.notices
            with pytest.raises(LedgerUnwritable, match="tail was cut"):
                ledger.append([a_draft()])
            found = ledger.verify()
            assert (found.sound, found.first_bad) == (False, 11)


def test_without_a_head_a_cut_tail_is_not_seen(tmp_path: Path) -> None:
    """Why there is a head: the chain of hashes alone is satisfied."""
    events = _filled(tmp_path)
    _store(tmp_path).unlink()
    _cut_last_line(tmp_path)
    (tmp_path / "ledger" / "head").unlink()
    _forget_what_was_verified(tmp_path)
    with a_ledger(tmp_path, [NOTES]) as ledger:
        assert ledger.events() == events[:10]
        assert ledger.writable == ""
        assert ledger.verify().sound
        assert ledger.notices[-1].startswith("The head was missing or damaged")


def test_a_second_opening_is_refused_and_names_the_process_that_has_it(tmp_path: Path) -> None:
    refusal = pytest.raises(LedgerLocked, match=f"process {os.getpid()} has it open")
    with a_ledger(tmp_path), refusal, a_ledger(tmp_path):
        pass
    with a_ledger(tmp_path) as ledger:
        assert ledger.writable == ""


def test_a_file_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    _filled(tmp_path)
    with duckdb.connect(str(_store(tmp_path))) as connection:
        connection.execute("insert into migrations values ('9999 from the future', now())")
    with pytest.raises(LedgerUnavailable, match="'9999 from the future', unknown to this program"), a_ledger(tmp_path):
        pass
    assert _store(tmp_path).exists()


def test_a_flip_anywhere_in_the_head_of_the_wal_is_damage_and_made_good(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "made", [NOTES]) as ledger:
        events = ledger.append([a_draft(public={"words": f"w{n}"}) for n in range(3)])
        shutil.copytree(tmp_path / "made", tmp_path / "left")
    for at in range(0, 48, 6):
        shutil.copytree(tmp_path / "left", tmp_path / f"{at}")
        _flip(tmp_path / f"{at}" / "ledger" / "ledger.duckdb.wal", at)
        with a_ledger(tmp_path / f"{at}", [NOTES]) as ledger:
            assert ledger.events() == events
            assert ledger.writable == ""


def test_a_wal_that_says_another_version_is_damage_and_a_file_that_does_is_of_a_newer_program() -> None:
    """A WAL has no checksum over its version, the file has."""
    require_damage(duckdb.IOException('Failure while replaying WAL file "x": WAL version number 7, only 3 is known'))
    with pytest.raises(LedgerUnavailable, match="written by a newer program; use that one"):
        require_damage(duckdb.IOException("Trying to read a database file with version number 99"))


def test_everything_in_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    _filled(tmp_path)
    _flip(_segment(tmp_path), 40)
    _filled(tmp_path, 0)
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
        modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "ledger").rglob("*")}
    assert {name: mode for name, mode in modes.items() if mode} == {}
    assert (tmp_path / "ledger").stat().st_mode & 0o777 == 0o700


def test_a_journal_of_several_segments_is_read_and_mended_in_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ledger.journal.SEGMENT_BYTES", 2_000)
    events = _filled(tmp_path, 30)
    segments = sorted((tmp_path / "ledger" / "journal").glob("*.jsonl"))
    assert len(segments) > 5
    assert _require_whole(tmp_path, events) == ()
    with a_ledger(tmp_path, [NOTES]) as ledger:
        events = ledger.events()
    _forget_what_was_verified(tmp_path)
    _flip(segments[0], 20)
    _flip(segments[3], segments[3].stat().st_size - 20)
    segments[5].unlink()
    with a_ledger(tmp_path, [NOTES]) as ledger:
        assert ledger.events() == events
        assert ledger.verify().sound
        assert len(ledger.notices) >= 3
