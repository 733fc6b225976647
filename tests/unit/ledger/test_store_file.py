"""The database file: its steps, its guards, and that it asks nothing of the outside."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.errors import LedgerUnavailable
from core.ledger.migrations import MIGRATIONS, Migration, applied_steps, migrate
from core.ledger.store import Store
from tests.ledgers import a_draft, a_ledger


def test_steps_are_applied_once_in_order_and_recorded() -> None:
    more = (*MIGRATIONS, Migration("0002 more", ("create table more (n bigint)",)))
    with duckdb.connect() as connection:
        assert migrate(connection)
        assert applied_steps(connection) == [MIGRATIONS[0].name]
        assert not migrate(connection)
        assert migrate(connection, more)
        assert connection.execute("select name from migrations order by name").fetchall() == [
            (step.name,) for step in more
        ]


def test_a_step_that_fails_leaves_the_file_as_it_was() -> None:
    broken = (*MIGRATIONS, Migration("0002 broken", ("create table half (n bigint)", "select * from nowhere")))
    with duckdb.connect() as connection:
        migrate(connection)
        with pytest.raises(duckdb.CatalogException):
            migrate(connection, broken)
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        assert ("half",) not in tables
        assert not migrate(connection)


def test_a_step_of_a_newer_program_is_refused_by_name() -> None:
    more = (*MIGRATIONS, Migration("0002 more", ()))
    with duckdb.connect() as connection:
        migrate(connection, more)
        with pytest.raises(LedgerUnavailable, match="holds the step '0002 more', unknown to this program"):
            migrate(connection)


@pytest.mark.parametrize(
    "statement", ["update events set subject = 'x'", "delete from events", "delete from events where sequence = 9"]
)
def test_events_can_be_neither_changed_nor_deleted_by_our_own_mistake(tmp_path: Path, statement: str) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
    with duckdb.connect(str(tmp_path / "ledger" / "ledger.duckdb")) as connection:
        with pytest.raises(duckdb.Error, match="events are never"):
            connection.execute(statement)
        assert connection.execute("select count(*) from events").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '{elsewhere}/copied.csv'",
        "attach '{elsewhere}/attached.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
    ],
)
def test_the_store_reads_and_writes_nothing_outside_its_file(tmp_path: Path, statement: str) -> None:
    store = Store.open(tmp_path / "ledger.duckdb", ())
    try:
        with store.cursor() as cursor, pytest.raises(duckdb.Error):
            cursor.execute(statement.format(elsewhere=tmp_path))
    finally:
        store.close()


def test_a_start_leaves_nothing_in_the_wal(tmp_path: Path) -> None:
    """DDL comes at the start only, and is checkpointed there."""
    store = Store.open(tmp_path / "ledger.duckdb", ())
    try:
        wal = tmp_path / "ledger.duckdb.wal"
        assert not wal.exists() or wal.stat().st_size == 0
    finally:
        store.close()
