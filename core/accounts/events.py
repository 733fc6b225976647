"""What happened to accounts: rows that only grow, until the ledger takes them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.accounts import moments
from core.accounts.store import AccountStore

NOBODY = ""
LONGEST_RULE = 300


class Kind(StrEnum):
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PERSON_ADDED = "person_added"
    PERSON_DISABLED = "person_disabled"
    PERSON_ENABLED = "person_enabled"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGED = "password_changed"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"
    CHANGE_REFUSED = "change_refused"


@dataclass(frozen=True)
class AccountEvent:
    happened_at: datetime
    kind: Kind
    actor: str  # user name of who did it; empty when not known
    role: str  # the actor's at that moment
    subject: str  # user name of whom it concerns; a name nobody has is never kept: it may be a mistyped password
    rule: str  # what was granted, or why it was refused
    address: str


def record(connection: sqlite3.Connection, event: AccountEvent) -> None:
    connection.execute(
        "insert into account_events (happened_at, kind, actor, role, subject, rule, address) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (
            moments.written(event.happened_at),
            event.kind.value,
            event.actor,
            event.role,
            event.subject,
            event.rule[:LONGEST_RULE],
            event.address,
        ),
    )


def record_unless_recent(connection: sqlite3.Connection, event: AccountEvent, since: datetime) -> None:
    """Records unless the same was recorded after `since`: a flood of attempts must not fill the disk."""
    same = connection.execute(
        "select 1 from account_events where kind = ? and happened_at > ? and subject = ? and rule = ? and address = ?",
        (event.kind.value, moments.written(since), event.subject, event.rule, event.address),
    ).fetchone()
    if same is None:
        record(connection, event)


def events_after(store: AccountStore, sequence: int, limit: int = 1_000) -> tuple[tuple[int, AccountEvent], ...]:
    """The events behind this sequence number, oldest first, each with its own number."""
    with store.reading() as connection:
        rows = connection.execute(
            "select sequence, happened_at, kind, actor, role, subject, rule, address "
            "from account_events where sequence > ? order by sequence limit ?",
            (sequence, limit),
        ).fetchall()
    return tuple(
        (number, AccountEvent(moments.read(at), Kind(kind), actor, role, subject, rule, address))
        for number, at, kind, actor, role, subject, rule, address in rows
    )


def latest_events(store: AccountStore, limit: int) -> tuple[AccountEvent, ...]:
    """The newest events first."""
    with store.reading() as connection:
        (newest,) = connection.execute("select coalesce(max(sequence), 0) from account_events").fetchone()
    # numbers have no gaps: events are never deleted, and a refused transaction gives its number back
    return tuple(event for _, event in reversed(events_after(store, newest - limit, limit)))
