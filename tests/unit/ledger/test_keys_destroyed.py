"""Forgetting: what was destroyed lies in no file, not even in parts."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import LedgerUnwritable
from core.ledger import keys_file
from core.ledger.keys import KeyStore
from core.ledger.keys_master import derived, read_master_key


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    with closing(KeyStore.open(tmp_path / "ledger", tmp_path / "master.key")) as store:
        yield store


def _rows(folder: Path, table: str, column: str, value: str) -> list[bytes]:
    """The wrapped keys and lookup tokens that stand in these rows."""
    with closing(sqlite3.connect(folder / "ledger" / "keys.sqlite")) as reader:
        rows = reader.execute(f"select lookup, wrapped_key from {table} where {column} = ?", (value,)).fetchall()
    return [bytes(cell) for row in rows for cell in row]


def _lie_in_files(folder: Path, secrets: list[bytes]) -> int:
    """How many of these bytes, whole or as any 16 in a row, lie in any file of the folder."""
    written = b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
    pieces = {secret[start : start + 16] for secret in secrets for start in range(0, len(secret) - 15, 8)}
    return sum(piece in written for piece in pieces)


def _many(keys: KeyStore) -> None:
    """Enough rows that pages were split and cells have moved."""
    for start in range(0, 1_200, 60):
        keys.applications([(f"stored:{number}", f"client {number}") for number in range(start, start + 60)])


def test_a_destroyed_application_leaves_neither_key_nor_lookup_in_any_file(keys: KeyStore, tmp_path: Path) -> None:
    _many(keys)
    first, second = keys.application("stored:5", "client 5"), keys.application("typed:5", "client 5")
    traces = _rows(tmp_path, "applications", "application", second.application)
    assert _lie_in_files(tmp_path, traces) > 4
    keys.destroy_application(second.application)
    assert _lie_in_files(tmp_path, traces) == 0
    assert keys.key_of(second.application) is None
    assert keys.known("typed:5") is None
    assert keys.key_of(first.application) is not None
    assert keys.applicant_key(first.applicant) == "client 5"


def test_a_forgotten_applicant_leaves_nothing_of_any_application(keys: KeyStore, tmp_path: Path) -> None:
    _many(keys)
    first, second = keys.application("stored:700", "client 700"), keys.application("typed:700", "client 700")
    traces = [
        trace
        for application in (first, second)
        for trace in _rows(tmp_path, "applications", "application", application.application)
    ] + _rows(tmp_path, "applicants", "reference", first.applicant)
    assert _lie_in_files(tmp_path, traces) > 12
    keys.destroy_applicant(first.applicant)
    assert _lie_in_files(tmp_path, [*traces, first.application.encode(), first.applicant.encode()]) == 0
    assert keys.applicant_key(first.applicant) is None
    assert keys.reference_of("client 700") is None
    assert keys.applications_of(first.applicant) == ()
    assert keys.check() == 1_199


def test_without_the_sweep_the_keys_would_still_lie_there(
    keys: KeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(keys)
    monkeypatch.setattr(keys_file.KeyFile, "sweep", lambda self: None)
    made = keys.application("stored:5", "client 5")
    traces = _rows(tmp_path, "applications", "application", made.application)
    keys.destroy_applicant(made.applicant)
    assert _lie_in_files(tmp_path, traces) > 0


def test_with_the_last_application_its_applicant_is_forgotten_too(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.application("stored:1", "client 1")
    traces = _rows(tmp_path, "applicants", "reference", made.applicant)
    keys.destroy_application(made.application)
    assert keys.applicant_key(made.applicant) is None
    assert _lie_in_files(tmp_path, traces) == 0


def test_who_comes_back_after_being_forgotten_is_somebody_new(keys: KeyStore) -> None:
    before = keys.application("stored:1", "client 1")
    keys.destroy_applicant(before.applicant)
    after = keys.application("stored:1", "client 1")
    assert after.application != before.application
    assert after.applicant != before.applicant


def test_many_are_destroyed_at_once_and_again_without_harm(keys: KeyStore) -> None:
    _many(keys)
    old = [keys.application(f"stored:{number}", "").application for number in range(400)]
    keys.destroy_applications(old)
    keys.destroy_applications(old)
    keys.destroy_applicant("nobody")
    assert keys.check() == 800


def test_a_kill_between_deleting_and_sweeping_is_made_good_at_the_next_start(
    keys: KeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(keys)
    made = keys.application("stored:5", "client 5")
    traces = _rows(tmp_path, "applications", "application", made.application)
    with monkeypatch.context() as killed:
        killed.setattr(keys_file.KeyFile, "sweep", lambda self: None)
        keys.destroy_applicant(made.applicant)
    left = tmp_path / "left"  # the files as a kill leaves them: WAL and all
    shutil.copytree(tmp_path / "ledger", left)
    assert _lie_in_files(left, traces) > 0
    with closing(KeyStore.open(left, tmp_path / "master.key")) as reopened:
        assert _lie_in_files(left, traces) == 0
        assert reopened.check() == 1_199


def test_a_reader_that_keeps_deleted_keys_alive_is_named(
    keys: KeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keys.application("stored:5", "client 5")
    traces = _rows(tmp_path, "applications", "application", made.application)
    with keys._file.reading() as connection:
        connection.execute("pragma busy_timeout = 50")
    with closing(sqlite3.connect(tmp_path / "ledger" / "keys.sqlite", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from applications").fetchone()
        with pytest.raises(LedgerUnwritable, match=r"keys\.sqlite.*another program.*no other program has"):
            keys.destroy_applicant(made.applicant)
    keys.destroy_applicant(made.applicant)
    assert _lie_in_files(tmp_path, traces) == 0


def test_whoever_has_the_master_key_and_guesses_a_lookup_finds_no_token_any_more(
    keys: KeyStore, tmp_path: Path
) -> None:
    made = keys.application("stored:100001", "100001")
    master = read_master_key(tmp_path / "master.key")
    token = hmac.digest(derived(master, "find applications"), b"stored:100001", hashlib.sha256)
    assert _lie_in_files(tmp_path, [token]) > 0
    keys.destroy_applicant(made.applicant)
    assert _lie_in_files(tmp_path, [token]) == 0
