"""Recent failed sign-ins in the accounts file, per user name and per address, in bounded number."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.accounts import moments, throttle
from core.accounts.store import AccountStore

MOST_ROWS = 20_000


@dataclass(frozen=True)
class Reservation:
    """An attempt that counts as failed until it is released: attempts at the same moment cannot slip by uncounted."""

    user_key: str | None
    address_row: int


def reserve(store: AccountStore, user_name: str | None, address: str | None, now: datetime) -> Reservation | timedelta:
    """A reservation, or how long to wait first; known and unknown names are treated alike."""
    with store.writing() as connection:
        secret = _secret(connection)
        address_key = _key(secret, f"address {throttle.address_group(address)}")
        user_key = None if user_name is None else _key(secret, f"user {user_name}")
        waiting = _wait(connection, address_key, now, throttle.FREE_FAILURES_OF_ADDRESS)
        if user_key is not None:
            waiting = max(waiting, _wait(connection, user_key, now, throttle.FREE_FAILURES_OF_USER))
        if waiting > timedelta(0):
            return waiting
        if user_key is not None:
            _add(connection, user_key, now)
        reservation = Reservation(user_key, _add(connection, address_key, now))
        _forget(connection, reservation.address_row, now)
    return reservation


def release(connection: sqlite3.Connection, reservation: Reservation) -> None:
    """The attempt was right: the user's failures are forgotten, the address's earlier ones are not."""
    connection.execute("delete from sign_in_failures where number = ?", (reservation.address_row,))
    if reservation.user_key is not None:
        connection.execute("delete from sign_in_failures where throttle_key = ?", (reservation.user_key,))


def forget_failures_of(connection: sqlite3.Connection, user_name: str) -> None:
    key = _key(_secret(connection), f"user {user_name}")
    connection.execute("delete from sign_in_failures where throttle_key = ?", (key,))


def _wait(connection: sqlite3.Connection, key: str, now: datetime, free: int) -> timedelta:
    rows = connection.execute(
        "select failed_at from sign_in_failures where throttle_key = ? and failed_at > ? "
        "order by failed_at desc limit ?",
        (key, moments.written(now - throttle.WINDOW), free + 20),
    ).fetchall()
    return throttle.wait([moments.read(at) for (at,) in rows], now, free)


def _add(connection: sqlite3.Connection, key: str, now: datetime) -> int:
    added = connection.execute(
        "insert into sign_in_failures (throttle_key, failed_at) values (?, ?)", (key, moments.written(now))
    )
    return int(added.lastrowid or 0)


def _forget(connection: sqlite3.Connection, newest_row: int, now: datetime) -> None:
    """Numbers only grow, so a range of them bounds the rows without counting."""
    connection.execute(
        "delete from sign_in_failures where failed_at <= ? or number <= ?",
        (moments.written(now - throttle.WINDOW), newest_row - MOST_ROWS),
    )


def _secret(connection: sqlite3.Connection) -> bytes:
    (value,) = connection.execute("select value from secrets where name = 'throttle'").fetchone()
    return bytes.fromhex(value)


def _key(secret: bytes, words: str) -> str:
    """Not the words themselves: people type passwords into the field for the name."""
    return hmac.new(secret, words.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
