"""Who has an account, and which names an account may have."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from core.accounts import moments
from core.accounts.roles import PERSONAL_ROLES, Role
from core.accounts.store import AccountStore
from core.errors import AccountRefused, UnknownPerson

USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LONGEST_TYPED_NAME = 64
LONGEST_DISPLAY_NAME = 80
COLUMNS = "user_name, display_name, role, enabled, must_change_password, created_at, password_changed_at"


@dataclass(frozen=True)
class Person:
    user_name: str
    display_name: str
    role: Role
    enabled: bool
    must_change_password: bool
    created_at: datetime
    password_changed_at: datetime


@dataclass(frozen=True)
class Actor:
    """Who makes a change, and from where."""

    user_name: str
    role: Role
    address: str = ""


CONSOLE = Actor(Role.CONSOLE.value, Role.CONSOLE)


def folded(typed: object) -> str | None:
    """A typed user name as accounts spell it, or None when it is too long or no text."""
    if not isinstance(typed, str) or len(typed) > LONGEST_TYPED_NAME:
        return None
    return typed.strip().casefold()


def check_user_name(typed: object) -> str:
    name = folded(typed)
    if name is None or not USER_NAME.fullmatch(name) or name == CONSOLE.user_name:
        shown = repr(typed[:40]) if isinstance(typed, str) else type(typed).__name__
        raise AccountRefused(
            "User name: 2 to 32 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit, "
            f"and not {CONSOLE.user_name!r}; got {shown}; choose another one."
        )
    return name


def check_display_name(typed: object) -> str:
    """The name others read: one line that is not empty and cannot pass for another by invisible characters."""
    name = " ".join(unicodedata.normalize("NFC", typed).split()) if isinstance(typed, str) else ""
    # C: control, format (bidirectional overrides, zero-width), surrogate, private, unassigned
    if not 0 < len(name) <= LONGEST_DISPLAY_NAME or any(unicodedata.category(letter)[0] == "C" for letter in name):
        shown = repr(typed[:40]) if isinstance(typed, str) else type(typed).__name__
        raise AccountRefused(
            f"Display name: 1 to {LONGEST_DISPLAY_NAME} visible characters, got {shown}; "
            "write it out as people know it."
        )
    return name


def check_role(value: object) -> Role:
    """A role that a person may have; the command line's is nobody's."""
    for role in PERSONAL_ROLES:
        if value == role.value:
            return role
    known = ", ".join(role.value for role in PERSONAL_ROLES)
    raise AccountRefused(f"Role: one of {known}, got {str(value)[:40]!r}; choose one of these.")


def everyone(store: AccountStore) -> tuple[Person, ...]:
    """All people, disabled ones too, by user name."""
    with store.reading() as connection:
        rows = connection.execute(f"select {COLUMNS} from people order by user_name").fetchall()
    return tuple(_person(row) for row in rows)


def find(store: AccountStore, user_name: str) -> Person:
    with store.reading() as connection:
        return person_in(connection, user_name)


def person_in(connection: sqlite3.Connection, user_name: object) -> Person:
    """The person as this transaction sees them, or UnknownPerson."""
    name = folded(user_name)
    row = None if name is None else look_up(connection, name)
    if row is None:
        raise UnknownPerson(f"People: nobody has the user name {str(user_name)[:40]!r}; see the list of people.")
    return row


def look_up(connection: sqlite3.Connection, user_name: str) -> Person | None:
    try:
        row = connection.execute(f"select {COLUMNS} from people where user_name = ?", (user_name,)).fetchone()
    except UnicodeEncodeError:  # half a surrogate pair: no account has such a name
        return None
    return None if row is None else _person(row)


def _person(row: tuple[str, str, str, int, int, str, str]) -> Person:
    name, display_name, role, enabled, must_change, created_at, changed_at = row
    return Person(
        user_name=name,
        display_name=display_name,
        role=Role(role),
        enabled=bool(enabled),
        must_change_password=bool(must_change),
        created_at=moments.read(created_at),
        password_changed_at=moments.read(changed_at),
    )
