"""The store's schema as ordered, named steps; each is applied once, at the start only, and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from core.errors import LedgerUnavailable
from core.ledger.moments import stored


@dataclass(frozen=True)
class Migration:
    name: str
    statements: tuple[str, ...]


MIGRATIONS = (
    Migration(
        "0001 events that are never changed",
        (
            """
            create table events (
                sequence bigint not null,
                "at" timestamp not null,
                kind varchar not null,
                actor varchar not null,
                role varchar not null,
                address varchar not null,
                subject varchar not null,
                application varchar not null,
                applicant varchar not null,
                idempotency_key varchar not null,
                public varchar not null,
                nonce blob,
                ciphertext blob,
                plaintext_sha256 blob,
                previous_hash blob not null,
                hash blob not null
            )
            """,
            # a guard against our own mistakes: what such a statement would have done becomes an error
            "create table attempts (refused varchar)",
            """
            create trigger events_stay after update on events for each statement
            insert into attempts select error('events are never changed')
            """,
            """
            create trigger events_remain after delete on events for each statement
            insert into attempts select error('events are never deleted')
            """,
            # which readings of the chain have a table here, and with what columns and kinds
            "create table readings (name varchar not null, shape varchar not null)",
        ),
    ),
)


def migrate(connection: duckdb.DuckDBPyConnection, migrations: Sequence[Migration] = MIGRATIONS) -> bool:
    """Applies what is missing, all or nothing, and says whether anything was; LedgerUnavailable for a newer file."""
    connection.execute("begin")
    try:
        connection.execute("create table if not exists migrations (name varchar not null, applied_at timestamp)")
        applied = applied_steps(connection, migrations)
        for migration in migrations[len(applied) :]:
            for statement in migration.statements:
                connection.execute(statement)
            moment = stored(datetime.now(UTC))
            connection.execute("insert into migrations values (?, ?)", [migration.name, moment])
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return len(applied) < len(migrations)


def applied_steps(connection: duckdb.DuckDBPyConnection, known: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """The names of the steps this file has behind it; LedgerUnavailable when a newer program added one."""
    applied = [name for (name,) in connection.execute("select name from migrations order by name").fetchall()]
    if applied != [migration.name for migration in known[: len(applied)]]:
        raise LedgerUnavailable(
            f"Ledger: its store holds the step {applied[-1]!r}, unknown to this program; use the newer one."
        )
    return applied
