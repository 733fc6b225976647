"""Account events reach the chain once each, in order, whatever is cut short or restored meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from core.accounts import events
from core.accounts.events import AccountEvent, Kind
from core.accounts.passwords import PasswordHasher
from core.accounts.store import AccountStore, SessionRules
from core.casework import account_events
from core.casework.account_events import AccountOutbox
from core.errors import LedgerUnwritable
from core.ledger.event import Draft, Event
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, SetClock, a_ledger

RULES = SessionRules(timedelta(minutes=30), timedelta(hours=10))
HAPPENED = datetime(2026, 3, 2, 11, 59, 58, 500_000, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    return _store(tmp_path / "accounts.sqlite")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: SetClock) -> Iterator[Ledger]:
    with a_ledger(tmp_path, clock=clock) as opened:
        yield opened


def _store(path: Path) -> AccountStore:
    return AccountStore.open(path, RULES, PasswordHasher(4), Random(1))


def _happens(store: AccountStore, *subjects: str, kind: Kind = Kind.SIGNED_IN) -> None:
    with store.writing() as connection:
        for subject in subjects:
            events.record(connection, AccountEvent(HAPPENED, kind, "eve", "officer", subject, "a rule", "10.0.0.9"))


def _subjects(ledger: Ledger) -> list[str]:
    return [event.subject for event in ledger.events()]


def test_an_event_comes_over_with_everything_it_says(store: AccountStore, ledger: Ledger) -> None:
    _happens(store, "ana", kind=Kind.SIGN_IN_REFUSED)
    assert AccountOutbox(store, ledger).take() == 1
    (event,) = ledger.events()
    assert (event.kind, event.subject, event.at) == ("sign_in_refused", "ana", NOON)
    assert (event.actor.name, event.actor.role, event.actor.address) == ("eve", "officer", "10.0.0.9")
    assert event.public == {"rule": "a rule", "happened_at": "2026-03-02T11:59:58.500000+00:00"}
    assert event.seal is None


def test_each_is_taken_once_and_in_order(store: AccountStore, ledger: Ledger) -> None:
    outbox = AccountOutbox(store, ledger)
    _happens(store, "a", "b", "c")
    assert (outbox.take(), outbox.take()) == (3, 0)
    _happens(store, "d")
    assert outbox.take() == 1
    assert AccountOutbox(store, ledger).take() == 0  # after a restart
    assert _subjects(ledger) == ["a", "b", "c", "d"]


def test_many_are_taken_in_parts(store: AccountStore, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_events, "AT_ONCE", 3)
    _happens(store, *(f"p{number}" for number in range(10)))
    assert AccountOutbox(store, ledger).take() == 10
    assert _subjects(ledger) == [f"p{number}" for number in range(10)]


def test_what_was_taken_and_not_yet_noticed_is_not_doubled(store: AccountStore, ledger: Ledger) -> None:
    """Killed between the append and the return: another process starts from what the chain holds."""
    outbox = AccountOutbox(store, ledger)
    _happens(store, "a", "b")
    ledger.append([outbox._draft(*waiting) for waiting in events.events_after(store, 0, 1)])
    assert AccountOutbox(store, ledger).take() == 1
    assert outbox.take() == 0
    assert _subjects(ledger) == ["a", "b"]


def test_while_the_ledger_cannot_be_written_they_wait(
    store: AccountStore, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = AccountOutbox(store, ledger)
    _happens(store, "a", "b")

    def refuse(drafts: Sequence[Draft]) -> tuple[Event, ...]:
        raise LedgerUnwritable("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(ledger, "append", refuse)
        with pytest.raises(LedgerUnwritable):
            outbox.take()
    assert outbox.take() == 2
    assert _subjects(ledger) == ["a", "b"]


def test_another_accounts_file_does_not_collide(store: AccountStore, ledger: Ledger, tmp_path: Path) -> None:
    _happens(store, "a")
    other = _store(tmp_path / "new.sqlite")
    _happens(other, "a")
    assert [AccountOutbox(one, ledger).take() for one in (store, other)] == [1, 1]
    assert [AccountOutbox(one, ledger).take() for one in (store, other)] == [0, 0]


def test_events_after_a_restored_backup_are_not_taken_for_those_with_their_numbers(
    store: AccountStore, ledger: Ledger, tmp_path: Path
) -> None:
    _happens(store, "a")
    AccountOutbox(store, ledger).take()
    backup = tmp_path / "backup.sqlite"
    shutil.copyfile(store.path, backup)
    _happens(store, "b", "c")
    AccountOutbox(store, ledger).take()
    shutil.copyfile(backup, store.path)
    _happens(store, "x")
    outbox = AccountOutbox(store, ledger)
    assert outbox.take() == 1
    assert _subjects(ledger) == ["a", "b", "c", "x"]
    _happens(store, "y")
    assert (outbox.take(), AccountOutbox(store, ledger).take()) == (1, 0)
    assert _subjects(ledger) == ["a", "b", "c", "x", "y"]


def test_a_new_ledger_is_given_everything(store: AccountStore, ledger: Ledger, tmp_path: Path) -> None:
    _happens(store, "a", "b")
    AccountOutbox(store, ledger).take()
    with a_ledger(tmp_path / "new") as new:
        assert AccountOutbox(store, new).take() == 2
        assert _subjects(new) == ["a", "b"]


def test_chain_time_is_now_however_late_they_come(store: AccountStore, ledger: Ledger, clock: SetClock) -> None:
    _happens(store, "a")
    clock.passes(timedelta(days=3))
    AccountOutbox(store, ledger).take()
    assert ledger.events()[0].at == NOON + timedelta(days=3)
