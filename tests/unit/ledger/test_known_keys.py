"""A key that is on the chain is never said to be new; one that is not is almost never looked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LedgerUnwritable
from core.ledger.known_keys import KnownKeys
from tests.ledgers import NOON, a_draft, a_ledger


@settings(deadline=None)  # opening a database is slow on a busy machine
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)))
def test_every_key_that_is_stored_may_be_there(keys: list[str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table events (idempotency_key varchar)")
        for key in keys:
            connection.execute("insert into events values (?)", [key])
        known = KnownKeys.read(connection)
    assert all(known.may_hold(key) for key in keys)


def test_a_key_nobody_used_is_known_to_be_new_until_it_is_added() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table events as select 'key' || range as idempotency_key from range(1000)")
        known = KnownKeys.read(connection)
    assert [known.may_hold(f"key{number}") for number in (0, 999, 1000)] == [True, True, False]
    known.add(["key1000"])
    assert known.may_hold("key1000")


def test_a_key_is_found_again_in_the_same_ledger_and_in_one_that_was_opened_anew(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        (first,) = ledger.append([a_draft(idempotency_key="once")])
        assert ledger.append([a_draft(idempotency_key="once")]) == (first,)
    with a_ledger(tmp_path) as ledger:
        assert ledger.append([a_draft(idempotency_key="once")]) == (first,)
        assert ledger.find("once") == first
        assert ledger.find("never") is None
        assert ledger.head.count == 1


def test_a_write_that_failed_leaves_its_key_free(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        with pytest.raises(LedgerUnwritable):
            ledger.append([a_draft(idempotency_key="once", at=NOON + timedelta(days=9))])
        (event,) = ledger.append([a_draft(idempotency_key="once")])
        assert event.sequence == 1
