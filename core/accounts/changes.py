"""Changes to accounts: each checks who asks at that very moment, and leaves an event, also when it is refused."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from core.accounts import attempts, events, moments, sessions
from core.accounts.events import AccountEvent, Kind
from core.accounts.passwords import readable_password
from core.accounts.people import Actor, Person, check_display_name, check_role, check_user_name, look_up, person_in
from core.accounts.roles import Action, Page, Role, require
from core.accounts.sessions import Ended
from core.accounts.store import AccountStore
from core.errors import AccountRefused, PermissionRefused, UnknownPerson

_GOT = re.compile("[,;] got ")


@dataclass(frozen=True)
class FirstPassword:
    """A random password, known to whoever set it: shown once, stored nowhere."""

    person: Person
    password: str


def add(
    store: AccountStore, by: Actor, user_name: object, display_name: object, role: object, now: datetime
) -> FirstPassword:
    """The new person with a random first password that they must change."""
    password = readable_password(store.rng)
    hashed = store.hasher.hash(password.encode("ascii"))
    with _changing(store, by, user_name, now) as connection:
        name, shown, granted = check_user_name(user_name), check_display_name(display_name), check_role(role)
        if look_up(connection, name) is not None:
            raise AccountRefused(f"User name: {name!r} is taken, also by disabled people; choose another one.")
        insert(connection, Person(name, shown, granted, True, True, now, now), hashed, by)
        return FirstPassword(person_in(connection, name), password)


def insert(connection: sqlite3.Connection, person: Person, hashed: str, by: Actor) -> None:
    connection.execute(
        "insert into people (user_name, display_name, role, enabled, must_change_password, password_hash, "
        "created_at, password_changed_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            person.user_name,
            person.display_name,
            person.role.value,
            person.enabled,
            person.must_change_password,
            hashed,
            moments.written(person.created_at),
            moments.written(person.password_changed_at),
        ),
    )
    record_change(connection, by, Kind.PERSON_ADDED, person.user_name, person.display_name, person.created_at)
    record_change(connection, by, Kind.ROLE_GRANTED, person.user_name, person.role.value, person.created_at)


def disable(store: AccountStore, by: Actor, user_name: object, now: datetime) -> Person:
    """The person, who can no longer sign in and whose sessions have ended."""
    with _changing(store, by, user_name, now) as connection:
        person = person_in(connection, user_name)
        if person.enabled:
            _keep_an_administrator(connection, person)
            connection.execute("update people set enabled = 0 where user_name = ?", (person.user_name,))
            sessions.end_all(connection, person.user_name, Ended.DISABLED, now)
            record_change(connection, by, Kind.PERSON_DISABLED, person.user_name, "", now)
        return person_in(connection, user_name)


def enable(store: AccountStore, by: Actor, user_name: object, now: datetime) -> Person:
    with _changing(store, by, user_name, now) as connection:
        person = person_in(connection, user_name)
        if not person.enabled:
            connection.execute("update people set enabled = 1 where user_name = ?", (person.user_name,))
            record_change(connection, by, Kind.PERSON_ENABLED, person.user_name, "", now)
        return person_in(connection, user_name)


def reset_password(store: AccountStore, by: Actor, user_name: object, now: datetime) -> FirstPassword:
    """A new random password that the person must change; their sessions and their waiting end."""
    password = readable_password(store.rng)
    hashed = store.hasher.hash(password.encode("ascii"))
    with _changing(store, by, user_name, now) as connection:
        person = person_in(connection, user_name)
        set_password(connection, person.user_name, hashed, True, now)
        sessions.end_all(connection, person.user_name, Ended.PASSWORD_RESET, now)
        attempts.forget_failures_of(connection, person.user_name)
        record_change(connection, by, Kind.PASSWORD_RESET, person.user_name, "", now)
        return FirstPassword(person_in(connection, user_name), password)


def change_role(store: AccountStore, by: Actor, user_name: object, role: object, now: datetime) -> Person:
    """The person in the new role; their sessions end, so that no page of the old role stays open."""
    with _changing(store, by, user_name, now) as connection:
        person, granted = person_in(connection, user_name), check_role(role)
        if granted is not person.role:
            if granted is not Role.ADMINISTRATOR:
                _keep_an_administrator(connection, person)
            connection.execute("update people set role = ? where user_name = ?", (granted.value, person.user_name))
            sessions.end_all(connection, person.user_name, Ended.ROLE_CHANGED, now)
            record_change(connection, by, Kind.ROLE_REVOKED, person.user_name, person.role.value, now)
            record_change(connection, by, Kind.ROLE_GRANTED, person.user_name, granted.value, now)
        return person_in(connection, user_name)


@contextmanager
def _changing(store: AccountStore, by: Actor, subject: object, now: datetime) -> Iterator[sqlite3.Connection]:
    """A transaction for somebody who may administer people now; a refusal is recorded after it is undone."""
    try:
        with store.writing() as connection:
            _check_actor(connection, by)
            yield connection
    except (AccountRefused, PermissionRefused, UnknownPerson) as refusal:
        record_refusal(store, by, subject, _rule(refusal), now)
        raise


def _rule(refusal: AccountRefused | PermissionRefused | UnknownPerson) -> str:
    """The rule without what was typed: it goes on the chain in public, and may be a password in the wrong field."""
    if isinstance(refusal, UnknownPerson):
        return "People: nobody has this user name"
    return _GOT.split(str(refusal), maxsplit=1)[0]


def _check_actor(connection: sqlite3.Connection, by: Actor) -> None:
    """The role is read from the file: the actor's may have been taken away since the page was drawn."""
    if by.role is Role.CONSOLE:
        require(by, Page.PEOPLE, Action.ADMINISTER)
        return
    person = look_up(connection, by.user_name)
    if person is None or not person.enabled or person.must_change_password:
        raise PermissionRefused("People: only an enabled account with a password of its own may administer.")
    require(person, Page.PEOPLE, Action.ADMINISTER)


def _keep_an_administrator(connection: sqlite3.Connection, person: Person) -> None:
    others = connection.execute(
        "select 1 from people where role = ? and enabled = 1 and user_name <> ?",
        (Role.ADMINISTRATOR.value, person.user_name),
    ).fetchone()
    if person.role is Role.ADMINISTRATOR and person.enabled and others is None:
        raise AccountRefused(
            f"People: {person.user_name!r} is the last enabled administrator; make somebody else one first."
        )


def set_password(connection: sqlite3.Connection, user_name: str, hashed: str, must_change: bool, now: datetime) -> None:
    connection.execute(
        "update people set password_hash = ?, must_change_password = ?, password_changed_at = ? where user_name = ?",
        (hashed, must_change, moments.written(now), user_name),
    )


def record_change(
    connection: sqlite3.Connection, by: Actor, kind: Kind, subject: str, rule: str, now: datetime
) -> None:
    events.record(connection, AccountEvent(now, kind, by.user_name, by.role.value, subject, rule, by.address))


def record_refusal(store: AccountStore, by: Actor, subject: object, rule: str, now: datetime) -> None:
    with store.writing() as connection:
        known = look_up(connection, subject) if isinstance(subject, str) and len(subject) <= 64 else None
        record_change(connection, by, Kind.CHANGE_REFUSED, "" if known is None else known.user_name, rule, now)
