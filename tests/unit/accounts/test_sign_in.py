"""Signing in: what the page learns, what it costs, and how guessing slows down."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from core.accounts import attempts, changes, sessions
from core.accounts.events import events_after
from core.accounts.passwords import PasswordHasher
from core.accounts.people import CONSOLE
from core.accounts.sign_in import Ticket, Wait, Wrong, sign_in, stored_hash
from core.accounts.store import AccountStore, SessionRules

Enrol = Callable[..., str]
PEER = "192.0.2.1"
GUESS = "a wrong password"


def _rules_of(store: AccountStore) -> list[str]:
    return [event.rule for _, event in events_after(store, 0) if event.kind == "sign_in_refused"]


def test_name_and_password_become_a_ticket(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    outcome = sign_in(store, "ana", enrol("ana"), PEER, now)
    assert isinstance(outcome, Ticket)
    assert len(outcome.token) == 64


@pytest.mark.parametrize("typed", ["Ana", " ana ", "ANA"])
def test_the_user_name_is_found_however_it_is_typed(
    typed: str, store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    assert isinstance(sign_in(store, typed, enrol("ana"), PEER, now), Ticket)


def test_no_refusal_says_what_was_wrong(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    password = enrol("ben")
    changes.disable(store, CONSOLE, "ben", now)
    asked = [("ana", GUESS), ("nobody", GUESS), ("ben", password), ("console", GUESS), ("", ""), ("a b", GUESS)]
    assert {sign_in(store, name, given, PEER, now) for name, given in asked} == {Wrong()}
    assert _rules_of(store)[:3] == ["wrong password", "unknown name", "disabled"]


@pytest.mark.parametrize("name", ["ana", "disabled", "nobody", "not a name", "x" * 10_000, None])
def test_every_possible_password_costs_one_check_whoever_it_is_for(
    name: object, store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("ana")
    enrol("disabled")
    changes.disable(store, CONSOLE, "disabled", now)
    before = store.hasher.checks
    sign_in(store, name, GUESS, PEER, now)
    assert store.hasher.checks == before + 1


@pytest.mark.parametrize("name", ["ana", "nobody"])
@pytest.mark.parametrize("password", ["x" * 1_000_000, "x" * 73, "x\0" * 8, "\ud800" * 14, None, 7, b"bytes"])
def test_what_can_be_nobodys_password_costs_no_check_and_is_wrong(
    name: str, password: object, store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("ana")
    before = store.hasher.checks
    assert sign_in(store, name, password, PEER, now) == Wrong()
    assert store.hasher.checks == before


@pytest.mark.parametrize("name", ["x" * 1_000_000, "a\0na", "\ud800", None, 7, ["ana"], "ana' or 1=1 --"])
def test_names_nobody_can_have_are_wrong(name: object, store: AccountStore, enrol: Enrol, now: datetime) -> None:
    password = enrol("ana")
    assert sign_in(store, name, password, PEER, now) == Wrong()


def test_neither_a_refused_password_nor_an_unknown_name_is_kept(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("ana")
    sign_in(store, "ana", "open-sesame-12345", PEER, now)
    sign_in(store, "hunter2-in-the-wrong-field", "open-sesame-12345", PEER, now)
    kept = b"".join(file.read_bytes() for file in store.path.parent.iterdir())
    assert b"sesame" not in kept
    assert b"hunter2" not in kept


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_the_fifth_failure_begins_the_wait_for_known_and_unknown_names_alike(
    name: str, store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("ana")
    outcomes = [sign_in(store, name, GUESS, f"192.0.2.{i}", now) for i in range(7)]
    assert outcomes == [Wrong()] * 5 + [Wait(2)] * 2
    assert sign_in(store, name, GUESS, PEER, now + timedelta(seconds=1.999)) == Wait(1)
    assert sign_in(store, name, GUESS, PEER, now + timedelta(seconds=2)) == Wrong()
    assert sign_in(store, name, GUESS, PEER, now + timedelta(seconds=2)) == Wait(4)


def test_during_the_wait_nothing_is_checked_not_even_the_right_password(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    password = enrol("ana")
    for _ in range(5):
        sign_in(store, "ana", GUESS, PEER, now)
    before = store.hasher.checks
    assert sign_in(store, "ana", password, PEER, now) == Wait(2)
    assert store.hasher.checks == before
    assert isinstance(sign_in(store, "ana", password, PEER, now + timedelta(seconds=2)), Ticket)


def test_a_success_forgets_the_users_failures_but_not_the_addresses(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    password = enrol("ana")
    for _ in range(4):
        sign_in(store, "ana", GUESS, PEER, now)
    assert isinstance(sign_in(store, "ana", password, PEER, now), Ticket)
    assert sign_in(store, "ana", GUESS, PEER, now) == Wrong()
    for i in range(14):
        attempts.reserve(store, f"name{i}", PEER, now)
    assert [sign_in(store, name, GUESS, PEER, now) for name in ("ben", "eva")] == [Wrong(), Wait(2)]


@pytest.mark.parametrize("address", [PEER, None, "rubbish"])
def test_the_twentieth_failure_from_one_address_slows_it_down_and_no_other(
    address: str | None, store: AccountStore, now: datetime
) -> None:
    for i in range(19):
        attempts.reserve(store, f"name{i}", address, now)
    assert sign_in(store, "twentieth", GUESS, address, now) == Wrong()
    assert sign_in(store, "one more", GUESS, address, now) == Wait(2)
    assert sign_in(store, "somebody", GUESS, "198.51.100.1", now) == Wrong()


def test_after_a_quarter_of_an_hour_everything_is_forgotten(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    password = enrol("ana")
    at = now
    for _ in range(13):
        outcome = sign_in(store, "ana", GUESS, PEER, at)
        at += timedelta(seconds=outcome.seconds) if isinstance(outcome, Wait) else timedelta(seconds=1)
    assert isinstance(sign_in(store, "ana", password, PEER, at + timedelta(minutes=15)), Ticket)


def test_attempts_during_a_wait_leave_one_event_a_minute(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    for _ in range(12):
        sign_in(store, "ana", GUESS, PEER, now)
    assert _rules_of(store) == ["wrong password"] * 5 + ["waiting"]


def test_the_number_of_remembered_failures_is_bounded(
    store: AccountStore, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_ROWS", 10)
    for i in range(20):
        attempts.reserve(store, f"name{i}", f"198.51.100.{i}", now)
    with store.reading() as connection:
        assert connection.execute("select count(*) from sign_in_failures").fetchone() == (10,)


def test_attempts_at_the_same_moment_are_all_counted(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    barrier = Barrier(8)

    def guess(i: int) -> object:
        barrier.wait()
        return sign_in(store, "ana", GUESS, f"192.0.2.{i}", now)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(8)))
    assert sorted(outcomes, key=repr) == [Wait(2)] * 3 + [Wrong()] * 5


def test_a_hash_of_an_earlier_cost_is_made_anew_at_the_next_sign_in(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    password = enrol("ana")
    dearer = replace(store, hasher=PasswordHasher(5))
    assert isinstance(sign_in(dearer, "ana", password, PEER, now), Ticket)
    with store.reading() as connection:
        assert stored_hash(connection, "ana").startswith("$2b$05$")
    assert isinstance(sign_in(dearer, "ana", password, PEER, now), Ticket)


@pytest.mark.parametrize("change", [changes.disable, changes.reset_password])
def test_an_account_changed_while_the_password_is_checked_gets_no_ticket(
    change: Callable[..., object], store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    password = enrol("ana")

    class Slow(PasswordHasher):
        def matches(self, encoded: bytes, stored: str | None) -> bool:
            change(store, CONSOLE, "ana", now)
            return super().matches(encoded, stored)

    assert sign_in(replace(store, hasher=Slow(4)), "ana", password, PEER, now) == Wrong()


def test_one_ticket_makes_one_session_for_eight_threads_at_once(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    ticket = sign_in(store, "ana", enrol("ana"), PEER, now)
    assert isinstance(ticket, Ticket)
    barrier = Barrier(8)

    def redeem(_: int) -> str | None:
        barrier.wait()
        return sessions.redeem(store, ticket.token, PEER, now)

    with ThreadPoolExecutor(8) as pool:
        assert len([token for token in pool.map(redeem, range(8)) if token]) == 1


def _redeem_elsewhere(path: Path, token: str, now: datetime, barrier: Barrier) -> bool:
    rules = SessionRules(timedelta(minutes=30), timedelta(hours=10))
    store = AccountStore.open(path, rules, PasswordHasher(4), Random())
    barrier.wait()
    return sessions.redeem(store, token, PEER, now) is not None


def test_one_ticket_makes_one_session_for_two_processes_at_once(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    ticket = sign_in(store, "ana", enrol("ana"), PEER, now)
    assert isinstance(ticket, Ticket)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(2) as pool:
        barrier = manager.Barrier(2)
        won = pool.starmap(_redeem_elsewhere, [(store.path, ticket.token, now, barrier)] * 2)
    assert sorted(won) == [False, True]
