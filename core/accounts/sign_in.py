"""Name and password become a ticket, a refusal that does not say which was wrong, or a wait."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.accounts import attempts, events, sessions
from core.accounts.attempts import Reservation
from core.accounts.events import NOBODY, AccountEvent, Kind
from core.accounts.passwords import password_bytes
from core.accounts.people import Person, folded, look_up
from core.accounts.store import AccountStore
from core.accounts.throttle import UNKNOWN_ADDRESS


@dataclass(frozen=True)
class Ticket:
    """To be carried to the cookie's route within 15 seconds, once."""

    token: str


@dataclass(frozen=True)
class Wrong:
    words = "Wrong name or password."


@dataclass(frozen=True)
class Wait:
    seconds: int

    @property
    def words(self) -> str:
        return f"Too many attempts; wait {self.seconds} seconds and try again."


def sign_in(
    store: AccountStore, user_name: object, password: object, address: str | None, now: datetime, bound_to: str = ""
) -> Ticket | Wrong | Wait:
    """What the page may know. Every possible password costs one bcrypt check, whoever it is for."""
    name, encoded = folded(user_name), password_bytes(password)
    reservation = attempts.reserve(store, name, address, now)
    with store.reading() as connection:
        person, stored = _account(connection, name)
    if isinstance(reservation, timedelta):
        _record_refusal(store, person, "waiting", address, now)
        return Wait(math.ceil(reservation.total_seconds()))
    able = person is not None and person.enabled
    matches = encoded is not None and store.hasher.matches(encoded, stored if able else None)
    if person is None or encoded is None or not matches:
        _record_refusal(store, person, _rule(person, encoded), address, now)
        return Wrong()
    return _ticket(store, person, encoded, stored, reservation, bound_to, now) or Wrong()


def _account(connection: sqlite3.Connection, name: str | None) -> tuple[Person | None, str]:
    person = None if name is None else look_up(connection, name)
    return person, "" if person is None else stored_hash(connection, person.user_name)


def stored_hash(connection: sqlite3.Connection, user_name: str) -> str:
    (stored,) = connection.execute("select password_hash from people where user_name = ?", (user_name,)).fetchone()
    return str(stored)


def _rule(person: Person | None, encoded: bytes | None) -> str:
    if person is None:
        return "unknown name"
    if not person.enabled:
        return "disabled"
    return "impossible password" if encoded is None else "wrong password"


def _record_refusal(store: AccountStore, person: Person | None, rule: str, address: str | None, now: datetime) -> None:
    name, role = (NOBODY, "") if person is None else (person.user_name, person.role.value)
    event = AccountEvent(now, Kind.SIGN_IN_REFUSED, name, role, name, rule, address or UNKNOWN_ADDRESS)
    with store.writing() as connection:
        if rule == "waiting":  # attempts during a wait are free to make
            events.record_unless_recent(connection, event, since=now - timedelta(minutes=1))
        else:
            events.record(connection, event)


def _ticket(
    store: AccountStore,
    person: Person,
    encoded: bytes,
    stored: str,
    reservation: Reservation,
    bound_to: str,
    now: datetime,
) -> Ticket | None:
    """None when the account was disabled or its password changed while the hash was being checked."""
    renewed = store.hasher.hash(encoded) if store.hasher.is_outdated(stored) else stored
    token = store.token()
    with store.writing() as connection:
        latest, latest_stored = _account(connection, person.user_name)
        if latest is None or not latest.enabled or latest_stored != stored:
            return None
        connection.execute("update people set password_hash = ? where user_name = ?", (renewed, person.user_name))
        attempts.release(connection, reservation)
        sessions.issue_ticket(connection, token, person.user_name, bound_to, now)
    return Ticket(token)
