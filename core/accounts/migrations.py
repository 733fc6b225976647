"""The accounts file's schema as ordered, named steps; each is applied once, in one transaction, and recorded."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from core.accounts.moments import written
from core.errors import AccountsUnavailable


@dataclass(frozen=True)
class Migration:
    name: str
    statements: tuple[str, ...]


MIGRATIONS = (
    Migration(
        "0001 people, sessions, tickets, failures, events",
        (
            """
            create table people (
                user_name text primary key,
                display_name text not null,
                role text not null,
                enabled integer not null check (enabled in (0, 1)),
                must_change_password integer not null check (must_change_password in (0, 1)),
                password_hash text not null,
                created_at text not null,
                password_changed_at text not null
            )
            """,
            """
            create table sessions (
                token_hash text primary key,
                user_name text not null references people (user_name),
                created_at text not null,
                last_seen_at text not null,
                address text not null,
                ended_at text,
                ended_reason text
            )
            """,
            "create index sessions_of_person on sessions (user_name)",
            """
            create table tickets (
                token_hash text primary key,
                user_name text not null references people (user_name),
                bound_to_hash text not null,
                created_at text not null
            )
            """,
            """
            create table sign_in_failures (
                number integer primary key autoincrement,
                throttle_key text not null,
                failed_at text not null
            )
            """,
            "create index failures_of_key on sign_in_failures (throttle_key, failed_at)",
            "create table secrets (name text primary key, value text not null)",
            """
            create table account_events (
                sequence integer primary key autoincrement,
                happened_at text not null,
                kind text not null,
                actor text not null,
                role text not null,
                subject text not null,
                rule text not null,
                address text not null
            )
            """,
            "create index events_of_kind on account_events (kind, happened_at)",
            """
            create trigger account_events_stay before update on account_events
            begin select raise(abort, 'account events are never changed'); end
            """,
            """
            create trigger account_events_remain before delete on account_events
            begin select raise(abort, 'account events are never deleted'); end
            """,
        ),
    ),
)


def migrate(connection: sqlite3.Connection, now: datetime, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Applies what is missing, all or nothing; refuses a file that a newer program has changed."""
    if _applied(connection) == [migration.name for migration in migrations]:
        return
    connection.execute("begin immediate")
    try:
        connection.execute("create table if not exists migrations (name text primary key, applied_at text not null)")
        applied = _applied(connection)
        if applied != [migration.name for migration in migrations[: len(applied)]]:
            raise AccountsUnavailable(
                f"Accounts file: holds the step {applied[-1]!r}, which this program does not know; use the newer one."
            )
        for migration in migrations[len(applied) :]:
            for statement in migration.statements:
                connection.execute(statement)
            connection.execute(
                "insert into migrations (name, applied_at) values (?, ?)", (migration.name, written(now))
            )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _applied(connection: sqlite3.Connection) -> list[str]:
    known = connection.execute("select 1 from sqlite_master where type = 'table' and name = 'migrations'").fetchone()
    if known is None:
        return []
    return [name for (name,) in connection.execute("select name from migrations order by name")]
