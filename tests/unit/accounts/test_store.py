"""The accounts file: made whole, owner-only, brought up to date, shared by processes."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from core.accounts import changes
from core.accounts.first_accounts import make_first_accounts
from core.accounts.migrations import MIGRATIONS, Migration, migrate
from core.accounts.passwords import PasswordHasher
from core.accounts.people import CONSOLE, everyone
from core.accounts.roles import PERSONAL_ROLES, Role
from core.accounts.sign_in import Ticket, sign_in
from core.accounts.store import AccountStore, SessionRules
from core.errors import AccountRefused, AccountsUnavailable

RULES = SessionRules(timedelta(minutes=30), timedelta(hours=10))
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def _open(path: Path) -> AccountStore:
    return AccountStore.open(path, RULES, PasswordHasher(4), Random(1))


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_only_the_owner_can_read_the_file_and_what_sqlite_puts_beside_it(store: AccountStore) -> None:
    with store.writing():
        modes = {file.name: _mode(file) for file in store.path.parent.iterdir()}
    assert modes == dict.fromkeys(("accounts.sqlite", "accounts.sqlite-wal", "accounts.sqlite-shm"), 0o600)


def test_a_copy_restored_readable_for_all_is_closed_again(store: AccountStore) -> None:
    store.path.chmod(0o644)
    _open(store.path)
    assert _mode(store.path) == 0o600


def test_the_file_is_in_wal_mode_and_nothing_half_made_lies_beside_it(store: AccountStore) -> None:
    with store.reading() as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    assert [file.name for file in store.path.parent.iterdir()] == ["accounts.sqlite"]


def test_the_folder_is_made(tmp_path: Path) -> None:
    assert everyone(_open(tmp_path / "a" / "b" / "accounts.sqlite")) == ()


def _open_and_add(path: Path, name: str, barrier: Barrier) -> str:
    barrier.wait()
    return changes.add(_open(path), CONSOLE, name, name, "officer", NOW).person.user_name


def test_two_processes_make_one_file_and_both_write_to_it(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(2) as pool:
        barrier = manager.Barrier(2)
        pool.starmap(_open_and_add, [(path, "ana", barrier), (path, "ben", barrier)])
    assert [person.user_name for person in everyone(_open(path))] == ["ana", "ben"]


def test_migrations_are_recorded_in_order_and_applied_once(store: AccountStore) -> None:
    _open(store.path)
    with store.reading() as connection:
        names = [name for (name,) in connection.execute("select name from migrations")]
    assert names == [migration.name for migration in MIGRATIONS] == sorted(names)


def test_a_new_migration_is_applied_to_an_older_file_with_its_people(store: AccountStore) -> None:
    changes.add(store, CONSOLE, "ana", "Ana", "officer", NOW)
    more = (*MIGRATIONS, Migration("9999 phone", ("alter table people add column phone text",)))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        migrate(connection, NOW, more)
        assert connection.execute("select user_name, phone from people").fetchall() == [("ana", None)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(store: AccountStore) -> None:
    broken = (*MIGRATIONS, Migration("9999 broken", ("create table half (a)", "create nonsense")))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, NOW, broken)
        tables = [name for (name,) in connection.execute("select name from sqlite_master")]
    assert "half" not in tables
    assert everyone(_open(store.path)) == ()


def test_a_file_of_a_newer_program_is_refused(store: AccountStore) -> None:
    with store.writing() as connection:
        connection.execute("insert into migrations (name, applied_at) values ('9999 later', '')")
    with pytest.raises(AccountsUnavailable, match="'9999 later', which this program does not know"):
        _open(store.path)


@pytest.mark.parametrize(
    ("content", "says"), [(b"not a database" * 100, "cannot be used"), (b"", "is empty; restore it")]
)
def test_a_damaged_or_emptied_file_is_refused_and_left_alone(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    path.write_bytes(content)
    with pytest.raises(AccountsUnavailable, match=rf"Accounts file accounts\.sqlite: .*{says}"):
        _open(path)
    assert path.read_bytes() == content


def test_a_file_that_has_vanished_does_not_come_back_empty(store: AccountStore) -> None:
    store.path.unlink()
    with pytest.raises(AccountsUnavailable):
        everyone(store)
    assert not store.path.exists()


@pytest.mark.parametrize("change", ["update account_events set actor = 'x'", "delete from account_events"])
def test_events_are_never_changed_or_deleted(change: str, store: AccountStore) -> None:
    changes.add(store, CONSOLE, "ana", "Ana", "officer", NOW)
    with pytest.raises(AccountsUnavailable, match="account events are never"), store.writing() as connection:
        connection.execute(change)


def test_a_transaction_that_fails_leaves_nothing(store: AccountStore) -> None:
    def fail_halfway() -> None:
        with store.writing() as connection:
            connection.execute("insert into secrets (name, value) values ('half', '')")
            raise KeyError

    with pytest.raises(KeyError):
        fail_halfway()
    with store.reading() as connection:
        assert connection.execute("select count(*) from secrets where name = 'half'").fetchone() == (0,)


def test_the_first_accounts_are_one_per_role_in_a_file_only_the_owner_can_read(
    store: AccountStore, tmp_path: Path
) -> None:
    file = tmp_path / "first_accounts.txt"
    made = make_first_accounts(store, file, NOW)
    assert [account.role for account in made] == list(PERSONAL_ROLES)
    assert {person.user_name: person.role for person in everyone(store)} == {
        "officer": Role.OFFICER,
        "risk.manager": Role.RISK_MANAGER,
        "data.scientist": Role.DATA_SCIENTIST,
        "auditor": Role.AUDITOR,
        "administrator": Role.ADMINISTRATOR,
    }
    assert _mode(file) == 0o600
    assert all(account.line in file.read_text() for account in made)
    assert len({account.password for account in made}) == 5
    assert all(isinstance(sign_in(store, a.user_name, a.password, None, NOW), Ticket) for a in made)


def test_where_anybody_has_an_account_no_first_ones_are_made(store: AccountStore, tmp_path: Path) -> None:
    changes.add(store, CONSOLE, "ana", "Ana", "officer", NOW)
    assert make_first_accounts(store, tmp_path / "first_accounts.txt", NOW) == ()
    assert not (tmp_path / "first_accounts.txt").exists()
    assert len(everyone(store)) == 1


def test_first_accounts_after_an_interrupted_start_replace_the_stale_file(store: AccountStore, tmp_path: Path) -> None:
    file = tmp_path / "first_accounts.txt"
    file.write_text("stale")
    file.chmod(0o644)
    made = make_first_accounts(store, file, NOW)
    assert "stale" not in file.read_text()
    assert _mode(file) == 0o600
    assert len(made) == 5


def test_first_accounts_whose_file_cannot_be_written_are_not_made(store: AccountStore, tmp_path: Path) -> None:
    with pytest.raises(AccountRefused, match="cannot be written"):
        make_first_accounts(store, tmp_path / "missing" / "first_accounts.txt", NOW)
    assert everyone(store) == ()
