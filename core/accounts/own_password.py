"""Everybody's own password: the old one is asked for, and guessing it is throttled like a sign-in."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.accounts import attempts, sessions
from core.accounts.attempts import Reservation
from core.accounts.changes import record_change, record_refusal, set_password
from core.accounts.events import Kind
from core.accounts.passwords import check_new, password_bytes
from core.accounts.people import Actor, person_in
from core.accounts.sessions import Ended
from core.accounts.sign_in import Ticket, stored_hash
from core.accounts.store import AccountStore
from core.errors import AccountRefused, SignInRefused


def change_own_password(
    store: AccountStore, token: object, old: object, new: object, address: str | None, now: datetime, bound_to: str = ""
) -> Ticket:
    """A ticket for the browser at hand; every session of the person ends, also the one that asks."""
    person = sessions.current(store, token, now)
    if person is None:
        raise SignInRefused("Session: nobody is signed in; sign in again, nothing was stored.")
    chosen, typed = check_new(new, person.user_name), password_bytes(old)
    if chosen == typed:
        raise AccountRefused("Password: the new one is the old one; choose another.")
    by = Actor(person.user_name, person.role, address or "")
    reservation = _reserved(store, by, now)
    with store.reading() as connection:
        stored = stored_hash(connection, person.user_name)
    if typed is None or not store.hasher.matches(typed, stored):
        record_refusal(store, by, person.user_name, "the old password is wrong", now)
        raise AccountRefused("Password: the old one is not right; type the one you signed in with.")
    return _put_in_place(store, by, chosen, stored, reservation, bound_to, now)


def _reserved(store: AccountStore, by: Actor, now: datetime) -> Reservation:
    reservation = attempts.reserve(store, by.user_name, by.address, now)
    if isinstance(reservation, timedelta):
        seconds = -(-reservation // timedelta(seconds=1))
        raise AccountRefused(f"Password: too many attempts; wait {seconds} seconds and try again.")
    return reservation


def _put_in_place(
    store: AccountStore,
    by: Actor,
    chosen: bytes,
    stored: str,
    reservation: Reservation,
    bound_to: str,
    now: datetime,
) -> Ticket:
    hashed, ticket = store.hasher.hash(chosen), Ticket(store.token())
    with store.writing() as connection:
        latest = person_in(connection, by.user_name)
        if not latest.enabled or stored_hash(connection, by.user_name) != stored:
            raise AccountRefused("Password: the account was changed meanwhile; sign in again.")
        set_password(connection, by.user_name, hashed, False, now)
        sessions.end_all(connection, by.user_name, Ended.PASSWORD_CHANGED, now)
        attempts.release(connection, reservation)
        sessions.issue_ticket(connection, ticket.token, by.user_name, bound_to, now)
        record_change(connection, by, Kind.PASSWORD_CHANGED, by.user_name, "", now)
    return ticket
