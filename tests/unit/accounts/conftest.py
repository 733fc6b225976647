"""An accounts file of one's own, with cheap hashes and known randomness."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from core.accounts import changes, sessions
from core.accounts.passwords import PasswordHasher
from core.accounts.people import CONSOLE, Actor, Person
from core.accounts.roles import Role
from core.accounts.sign_in import Ticket, sign_in
from core.accounts.store import AccountStore, SessionRules

CHEAPEST = 4


class CountingHasher(PasswordHasher):
    """Counts the bcrypt checks it does: the work that takes the time."""

    checks = 0

    def _check(self, encoded: bytes, stored: str) -> bool:
        self.checks += 1
        return super()._check(encoded, stored)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher(CHEAPEST)


@pytest.fixture
def store(tmp_path: Path, hasher: CountingHasher) -> AccountStore:
    rules = SessionRules(idle=timedelta(minutes=30), longest=timedelta(hours=10))
    return AccountStore.open(tmp_path / "accounts.sqlite", rules, hasher, Random(7))


@pytest.fixture
def enrol(store: AccountStore, now: datetime) -> Callable[..., str]:
    """Adds a person and gives back their password, which they need not change."""

    def enrolled(user_name: str, role: Role = Role.OFFICER) -> str:
        password = changes.add(store, CONSOLE, user_name, user_name.title(), role.value, now).password
        with store.writing() as connection:
            connection.execute("update people set must_change_password = 0 where user_name = ?", (user_name,))
        return password

    return enrolled


@pytest.fixture
def begin(store: AccountStore, now: datetime) -> Callable[..., str]:
    """Signs in and gives back the session's token."""

    def begun(user_name: str, password: str, at: datetime | None = None, address: str = "192.0.2.1") -> str:
        ticket = sign_in(store, user_name, password, address, at or now)
        assert isinstance(ticket, Ticket), ticket
        token = sessions.redeem(store, ticket.token, address, at or now)
        assert token is not None
        return token

    return begun


@pytest.fixture
def acting_as() -> Callable[[Person], Actor]:
    return lambda person: Actor(person.user_name, person.role, "192.0.2.9")
