"""The key file: which application is which, and who may open it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from core.ledger.keys import ApplicationKey, KeyStore


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    with closing(_open(tmp_path)) as store:
        yield store


def _open(folder: Path) -> KeyStore:
    return KeyStore.open(folder / "ledger", folder / "master.key")


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_lookup_names_the_same_application_again(keys: KeyStore) -> None:
    first = keys.application("stored:100001", "100001")
    assert keys.application("stored:100001", "100001") == first
    assert keys.known("stored:100001") == first
    assert keys.known("stored:100002") is None


def test_two_applications_of_one_applicant_share_the_reference_and_no_key(keys: KeyStore) -> None:
    one, other = keys.application("stored:7", "client 7"), keys.application("typed:ab12", "client 7")
    assert one.applicant == other.applicant == keys.reference_of("client 7")
    assert one.application != other.application
    assert keys.key_of(one.application) != keys.key_of(other.application)
    assert keys.applications_of(one.applicant) == tuple(sorted((one.application, other.application)))


def test_a_reference_says_which_applicant_it_is_only_through_the_keys(keys: KeyStore) -> None:
    made = keys.application("stored:100001", "100001")
    assert keys.applicant_key(made.applicant) == "100001"
    assert "100001" not in made.applicant + made.application


def test_where_nobody_is_known_each_application_has_a_reference_of_its_own(keys: KeyStore) -> None:
    one, other = keys.application("typed:1", ""), keys.application("typed:2", "")
    assert one.applicant != other.applicant
    assert keys.applicant_key(one.applicant) == ""
    assert keys.reference_of("") is None


def test_a_key_has_256_bits_and_stays_the_same_over_a_restart(tmp_path: Path) -> None:
    with closing(_open(tmp_path)) as keys:
        made = keys.application("stored:1", "1")
        key = keys.key_of(made.application)
    with closing(_open(tmp_path)) as keys:
        assert keys.known("stored:1") == made
        assert keys.key_of(made.application) == key
    assert key is not None
    assert len(key) == 32


def test_many_are_made_in_one_transaction_and_answered_in_order(keys: KeyStore) -> None:
    known = keys.application("stored:1", "1")
    answered = keys.applications([(f"stored:{number}", f"{number % 100}") for number in range(300)])
    assert answered[1] == known
    assert len({found.application for found in answered}) == 300
    assert answered[5].applicant == answered[105].applicant == answered[205].applicant
    assert keys.applications([("stored:299", "99"), ("stored:0", "0")]) == [answered[299], answered[0]]


def test_a_batch_that_fails_leaves_nothing_behind(keys: KeyStore) -> None:
    with pytest.raises(AttributeError):
        keys.applications([("stored:1", "1"), (None, "2")])  # type: ignore[list-item]
    assert keys.known("stored:1") is None
    assert keys.reference_of("1") is None


def test_threads_that_ask_at_once_get_one_application(keys: KeyStore) -> None:
    def ask(number: int) -> ApplicationKey:
        return keys.application(f"stored:{number % 10}", str(number % 5))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(200)))
    assert len(set(answers)) == 10
    assert len({answer.applicant for answer in answers}) == 5


def test_another_store_sees_an_application_as_soon_as_it_is_returned(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.application("stored:1", "1")
    with closing(sqlite3.connect(tmp_path / "ledger" / "keys.sqlite")) as other:
        assert other.execute("select application, reference from applications").fetchall() == [
            (made.application, made.applicant)
        ]


def test_each_return_has_waited_for_the_disk(keys: KeyStore) -> None:
    with keys._file.reading() as connection:
        assert connection.execute("pragma synchronous").fetchone() == (2,)  # full
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_neither_lookups_nor_applicants_nor_keys_can_be_read_in_the_files(keys: KeyStore, tmp_path: Path) -> None:
    made = keys.application("stored:4711-client", "4711-client")
    key = keys.key_of(made.application)
    assert key is not None
    written = b"".join(file.read_bytes() for file in (tmp_path / "ledger").iterdir())
    assert made.application.encode() in written
    assert b"4711-client" not in written
    assert key not in written


def test_only_the_owner_can_read_master_key_and_key_file(keys: KeyStore, tmp_path: Path) -> None:
    keys.application("stored:1", "1")
    files = [tmp_path / "master.key", *(tmp_path / "ledger").iterdir()]
    assert {file.name: _mode(file) for file in files} == dict.fromkeys(
        ("master.key", "keys.sqlite", "keys.sqlite-wal", "keys.sqlite-shm"), 0o600
    )
    assert _mode(tmp_path / "ledger") == 0o700


def test_a_key_for_a_purpose_stays_the_same_and_is_no_other_purposes(tmp_path: Path) -> None:
    with closing(_open(tmp_path)) as keys:
        head, verified, ledger_id = keys.derived("head"), keys.derived("verified"), keys.ledger_id
    with closing(_open(tmp_path)) as keys:
        assert keys.derived("head") == head
        assert keys.ledger_id == ledger_id
    with closing(_open(tmp_path / "another")) as keys:
        assert keys.derived("head") != head
        assert keys.ledger_id != ledger_id
    assert len({head, verified}) == 2


def test_a_check_opens_every_key(keys: KeyStore) -> None:
    keys.applications([(f"stored:{number}", str(number)) for number in range(12)])
    assert keys.check() == 12
