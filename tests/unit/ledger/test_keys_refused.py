"""The key file and the master key: made once, never replaced, refused by name when something is wrong."""

from __future__ import annotations

import errno
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import LedgerUnavailable, LedgerUnwritable, MasterKeyRefused
from core.ledger.keys import KeyStore


def _open(folder: Path) -> KeyStore:
    return KeyStore.open(folder / "ledger", folder / "master.key")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one application's key, closed again."""
    with closing(_open(tmp_path)) as keys:
        keys.application("stored:1", "1")
    return tmp_path


def _refused(folder: Path, error: type[LedgerUnavailable], words: str) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with pytest.raises(error, match=words):
        _open(folder)
    assert {file: file.read_bytes() for file in before} == before
    assert not (set(folder.rglob("*.part")))


def test_master_key_is_32_random_bytes_in_hexadecimal(tmp_path: Path) -> None:
    with closing(KeyStore.open(tmp_path / "ledger", tmp_path / "keys" / "master.key", lambda count: b"\xab" * count)):
        assert (tmp_path / "keys" / "master.key").read_text() == "ab" * 32 + "\n"


def test_a_master_key_that_lies_there_already_is_used(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text("0f" * 32)
    _open(tmp_path).close()
    assert (tmp_path / "master.key").read_text() == "0f" * 32


def test_a_missing_master_key_is_never_made_anew(folder: Path) -> None:
    (folder / "master.key").unlink()
    _refused(folder, MasterKeyRefused, r"Master key master\.key: it is missing.*restore it from its backup")
    assert not (folder / "master.key").exists()


def test_another_master_key_is_refused(folder: Path) -> None:
    (folder / "master.key").write_text("0f" * 32)
    _refused(folder, MasterKeyRefused, r"it is not the one that keys\.sqlite was made with; restore the right one")


@pytest.mark.parametrize("written", ["", "0f" * 31, "0f" * 33, "0F" * 32, "not a key"])
def test_what_is_no_master_key_is_refused(written: str, folder: Path) -> None:
    (folder / "master.key").write_text(written)
    _refused(folder, MasterKeyRefused, "expected 64 hexadecimal digits, got .* bytes of something else; restore it")


def test_a_folder_in_the_master_keys_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "master.key").mkdir()
    with pytest.raises(MasterKeyRefused, match=r"master\.key: cannot be read"):
        _open(tmp_path)


def test_what_a_kill_left_while_the_files_were_made_is_removed(folder: Path) -> None:
    left = [folder / "master.key.x1y2.part", folder / "ledger" / "keys.sqlite.x1y2.part"]
    for file in left:
        file.write_text("0f" * 32)
    (folder / "master.key.backup").write_text("kept")
    _open(folder).close()
    assert not any(file.exists() for file in left)
    assert (folder / "master.key.backup").exists()


def test_files_restored_readable_for_all_are_closed_again(folder: Path) -> None:
    files = (folder / "master.key", folder / "ledger" / "keys.sqlite")
    for file in files:
        file.chmod(0o644)
    _open(folder).close()
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]


@pytest.mark.parametrize("records", ["head", "journal/00000001.jsonl"])
def test_where_records_lie_a_missing_key_file_is_never_made_anew(records: str, folder: Path) -> None:
    (folder / "ledger" / "keys.sqlite").unlink()
    (folder / "ledger" / "journal").mkdir()
    (folder / "ledger" / records).write_text("{}")
    _refused(folder, LedgerUnavailable, r"Key file keys\.sqlite: it is missing, and there are records; restore it")
    (folder / "master.key").unlink()
    _refused(folder, LedgerUnavailable, r"Key file keys\.sqlite: it is missing")


def test_an_empty_journal_is_no_record_yet(tmp_path: Path) -> None:
    (tmp_path / "ledger" / "journal").mkdir(parents=True)
    (tmp_path / "ledger" / "journal" / "00000001.jsonl").touch()
    _open(tmp_path).close()


@pytest.mark.parametrize("written", [b"", b"no database at all, but long enough to be one" * 40])
def test_what_is_no_key_file_is_refused(written: bytes, folder: Path) -> None:
    (folder / "ledger" / "keys.sqlite").write_bytes(written)
    _refused(folder, LedgerUnavailable, r"Key file keys\.sqlite: .*restore it from its backup; a new one would open")


def test_a_database_of_something_else_is_refused(folder: Path) -> None:
    (folder / "ledger" / "keys.sqlite").unlink()
    with closing(sqlite3.connect(folder / "ledger" / "keys.sqlite")) as other:
        other.execute("create table people (name text)")
    with pytest.raises(LedgerUnavailable, match="holds no keys of a ledger; restore it"):
        _open(folder)


def test_a_damaged_page_is_refused(folder: Path) -> None:
    file = folder / "ledger" / "keys.sqlite"
    written = bytearray(file.read_bytes())
    written[4096 : 4096 + 64] = b"\xff" * 64  # the header of a table's page
    file.write_bytes(written)
    with pytest.raises(LedgerUnavailable, match=r"Key file keys\.sqlite: .*restore it from its backup"):
        _open(folder)


def test_a_key_that_was_changed_or_moved_does_not_open(folder: Path) -> None:
    with closing(_open(folder)) as keys:
        one, other = keys.application("stored:1", "1"), keys.application("stored:2", "2")
        with closing(sqlite3.connect(folder / "ledger" / "keys.sqlite")) as writer:
            writer.execute(
                "update applications set wrapped_key = "
                "(select wrapped_key from applications where application = ?) where application = ?",
                (other.application, one.application),
            )
            writer.commit()
        with pytest.raises(LedgerUnavailable, match=r"one of its keys does not open.*restore it from its backup"):
            keys.key_of(one.application)
        with pytest.raises(LedgerUnavailable, match="does not open"):
            keys.check()


def test_a_key_file_of_a_newer_format_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "ledger" / "keys.sqlite")) as newer:
        newer.execute("pragma user_version = 2")
    with pytest.raises(LedgerUnavailable, match="it has format 2, this program knows up to 1; use the newer program"):
        _open(folder)


def test_a_disk_that_takes_no_more_is_said_and_works_again_without_a_restart(folder: Path) -> None:
    with closing(_open(folder)) as keys:
        with keys._file.reading() as connection:
            (pages,) = connection.execute("pragma page_count").fetchone()
            connection.execute(f"pragma max_page_count = {pages}")
        with pytest.raises(LedgerUnwritable, match=r"Key file keys\.sqlite: cannot be written \(.*full\).*room"):
            keys.applications([(f"typed:{number}", "") for number in range(200)])
        assert keys.known("stored:1") is not None
        assert keys.known("typed:1") is None
        with keys._file.reading() as connection:
            connection.execute("pragma max_page_count = 1000000")
        assert len(keys.applications([(f"typed:{number}", "") for number in range(200)])) == 200


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "database or disk is full"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "disk I/O error"),
        (sqlite3.SQLITE_IOERR_READ, "disk I/O error"),
        (sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
        (errno.ENOSPC, "No space left on device"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_disk_in_the_way_is_not_taken_for_a_damaged_key_file(folder: Path, code: int, words: str) -> None:
    error: Exception = OSError(code, words)
    if words in ("database or disk is full", "disk I/O error", "unable to open database file"):
        error = sqlite3.OperationalError(words)
        error.sqlite_errorcode = code  # type: ignore[attr-defined]
    with closing(_open(folder)) as keys, pytest.raises(LedgerUnavailable) as refused, keys._file.reading():
        raise error
    assert str(refused.value).startswith("Key file keys.sqlite: the disk does not let it be read (")
    assert "see that the disk has room and is sound, then try again, and leave the file as it is" in str(refused.value)
    assert "backup" not in str(refused.value)


def test_a_file_that_is_no_database_any_more_still_comes_from_its_backup(folder: Path) -> None:
    error = sqlite3.DatabaseError("file is not a database")
    error.sqlite_errorcode = sqlite3.SQLITE_NOTADB  # type: ignore[attr-defined]
    from_its_backup = pytest.raises(LedgerUnavailable, match="restore it from its backup")
    with closing(_open(folder)) as keys, from_its_backup, keys._file.reading():
        raise error
