"""Signed-in sessions: a one-time ticket becomes a session; of both the file holds only hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeGuard

from core.accounts import events, moments
from core.accounts.events import AccountEvent, Kind
from core.accounts.people import Person, look_up
from core.accounts.roles import Action, Page, require
from core.accounts.store import AccountStore
from core.accounts.throttle import UNKNOWN_ADDRESS
from core.errors import PermissionRefused, SignInRefused

TICKET_AGE = timedelta(seconds=15)
SEEN_EVERY = timedelta(minutes=1)  # one write a minute, not one a rerun
REMEMBERED = timedelta(days=30)  # how long an ended session can still say why
TOKEN = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Ended(StrEnum):
    SIGNED_OUT = "you signed out"
    IDLE = "it was not used for too long"
    TOO_OLD = "it was open for too long"
    PASSWORD_CHANGED = "the password was changed"
    PASSWORD_RESET = "the password was reset"
    DISABLED = "the account was disabled"
    ROLE_CHANGED = "the role was changed"


@dataclass(frozen=True)
class _Session:
    user_name: str
    created_at: datetime
    last_seen_at: datetime
    ended_reason: str | None


def issue_ticket(connection: sqlite3.Connection, token: str, user_name: str, bound_to: str, now: datetime) -> None:
    """Keeps what `redeem` needs; `bound_to` is a value of the browser (its XSRF cookie) that must come back."""
    connection.execute("delete from tickets where created_at < ?", (moments.written(now - TICKET_AGE),))
    connection.execute(
        "insert into tickets (token_hash, user_name, bound_to_hash, created_at) values (?, ?, ?, ?)",
        (_hash(token), user_name, _hash(bound_to), moments.written(now)),
    )


def redeem(store: AccountStore, ticket: object, address: str | None, now: datetime, bound_to: str = "") -> str | None:
    """The new session's token for the cookie, or None; a ticket is gone whether it was good or not."""
    if not _is_token(ticket):
        return None
    with store.writing() as connection:
        row = connection.execute(
            "select token_hash, user_name, bound_to_hash, created_at from tickets where token_hash = ?",
            (_hash(ticket),),
        ).fetchone()
        if row is None:
            return None
        connection.execute("delete from tickets where token_hash = ?", (row[0],))
        same = hmac.compare_digest(row[0], _hash(ticket)) and hmac.compare_digest(row[2], _hash(bound_to))
        person = look_up(connection, row[1])
        if not same or abs(now - moments.read(row[3])) > TICKET_AGE or person is None or not person.enabled:
            return None
        token = store.token()
        _forget_old(connection, now)
        _begin(connection, token, person, address or UNKNOWN_ADDRESS, now)
    return token


def current(store: AccountStore, token: object, now: datetime) -> Person | None:
    """Whose session this is, read anew from the file, or None when there is none or it has ended."""
    if not _is_token(token):
        return None
    with store.reading() as connection:
        session = _read(connection, token)
        person = None if session is None else look_up(connection, session.user_name)
    if session is None or session.ended_reason is not None or person is None or not person.enabled:
        return None
    overdue = _overdue(store, session, now)
    if overdue is not None:
        _end_one(store, token, overdue, now)
        return None
    if now - session.last_seen_at >= SEEN_EVERY:
        _see(store, token, now)
    return person


def why_ended(store: AccountStore, token: object) -> Ended | None:
    """Why this session has ended, for the sentence above the sign-in form; None when it never was one."""
    if not _is_token(token):
        return None
    with store.reading() as connection:
        session = _read(connection, token)
    return None if session is None or session.ended_reason is None else Ended(session.ended_reason)


def acting(store: AccountStore, token: object, page: Page, action: Action, now: datetime) -> Person:
    """The person, allowed at this moment to do this: what every write asks first."""
    person = current(store, token, now)
    if person is None:
        reason = why_ended(store, token)
        raise SignInRefused(f"Session: {reason or 'nobody is signed in'}; sign in again, nothing was stored.")
    if person.must_change_password:
        raise PermissionRefused("Password: it was set by somebody else; choose your own one first.")
    require(person, page, action)
    return person


def sign_out(store: AccountStore, token: object, address: str | None, now: datetime) -> None:
    """Ends the session; one that is none, or has ended, stays so."""
    if not _is_token(token):
        return
    with store.writing() as connection:
        session = _read(connection, token)
        if session is None or session.ended_reason is not None:
            return
        _end(connection, token, Ended.SIGNED_OUT, now)
        person = look_up(connection, session.user_name)
        role = "" if person is None else person.role.value
        name = session.user_name
        events.record(connection, AccountEvent(now, Kind.SIGNED_OUT, name, role, name, "", address or UNKNOWN_ADDRESS))


def end_all(connection: sqlite3.Connection, user_name: str, reason: Ended, now: datetime) -> None:
    """Ends every session of a person, and every ticket that could still become one."""
    connection.execute("delete from tickets where user_name = ?", (user_name,))
    connection.execute(
        "update sessions set ended_at = ?, ended_reason = ? where user_name = ? and ended_at is null",
        (moments.written(now), reason.value, user_name),
    )


def _is_token(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) == 64 and TOKEN.fullmatch(value) is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _begin(connection: sqlite3.Connection, token: str, person: Person, address: str, now: datetime) -> None:
    moment = moments.written(now)
    connection.execute(
        "insert into sessions (token_hash, user_name, created_at, last_seen_at, address) values (?, ?, ?, ?, ?)",
        (_hash(token), person.user_name, moment, moment, address),
    )
    name = person.user_name
    events.record(connection, AccountEvent(now, Kind.SIGNED_IN, name, person.role.value, name, "", address))


def _read(connection: sqlite3.Connection, token: str) -> _Session | None:
    row = connection.execute(
        "select token_hash, user_name, created_at, last_seen_at, ended_reason from sessions where token_hash = ?",
        (_hash(token),),
    ).fetchone()
    if row is None or not hmac.compare_digest(row[0], _hash(token)):
        return None
    return _Session(row[1], moments.read(row[2]), moments.read(row[3]), row[4])


def _overdue(store: AccountStore, session: _Session, now: datetime) -> Ended | None:
    if now - session.created_at >= store.rules.longest:
        return Ended.TOO_OLD
    if now - session.last_seen_at >= store.rules.idle:
        return Ended.IDLE
    return None


def _see(store: AccountStore, token: str, now: datetime) -> None:
    with store.writing() as connection:
        connection.execute(
            "update sessions set last_seen_at = max(last_seen_at, ?) where token_hash = ?",
            (moments.written(now), _hash(token)),
        )


def _end_one(store: AccountStore, token: str, reason: Ended, now: datetime) -> None:
    with store.writing() as connection:
        _end(connection, token, reason, now)


def _end(connection: sqlite3.Connection, token: str, reason: Ended, now: datetime) -> None:
    connection.execute(
        "update sessions set ended_at = ?, ended_reason = ? where token_hash = ? and ended_at is null",
        (moments.written(now), reason.value, _hash(token)),
    )


def _forget_old(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("delete from sessions where last_seen_at < ?", (moments.written(now - REMEMBERED),))
