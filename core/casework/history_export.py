"""The filtered rows of the history as a file, all pages of them; that they left the desk is an event."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import duckdb
import pyarrow as pa

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework.actors import actor_of
from core.casework.export import Form, bytes_of
from core.casework.history import Notes, all_rows_sql, asked_rows
from core.casework.history_question import HistoryQuestion
from core.casework.kinds import EXPORTED
from core.errors import ExportRefused
from core.ledger.event import Draft, Event

MOST_EXPORTED_ROWS = 1_000_000
THE_HISTORY = "history"


class Chain(Protocol):
    """What an export needs of the ledger."""

    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]: ...
    def append(self, drafts: Sequence[Draft]) -> tuple[Event, ...]: ...


@dataclass(frozen=True)
class Order:
    """What is to be exported, and what the file is called."""

    question: HistoryQuestion  # its page does not matter
    form: Form
    name: str  # as the visitor gets it: "solvent-history-20261121-145900.csv"
    notes: Notes | None = None  # unseals them, where the question searches in notes


@dataclass(frozen=True)
class ExportedFile:
    name: str
    content: bytes
    rows: int
    sha256: str


def recorded_export(chain: Chain, order: Order, acting: Acting, address: str = "") -> ExportedFile:
    """The file, once its event is durable: nothing leaves the desk unrecorded.

    It holds our ids and references and nothing that is sealed. PermissionRefused; ExportRefused for more rows than a
    file should hold; LedgerUnwritable.
    """
    roles.require(acting, Page.HISTORY, Action.EXPORT)
    with chain.reading() as cursor:
        table = _asked(cursor, order)
    content = bytes_of(table, order.form)
    made = ExportedFile(order.name, content, table.num_rows, hashlib.sha256(content).hexdigest())
    chain.append([_event(made, order, acting, address)])
    return made


def _asked(cursor: duckdb.DuckDBPyConnection, order: Order) -> pa.Table:
    asked, _ = asked_rows(cursor, order.question, order.notes)
    ((total,),) = cursor.execute(f"select count(*) from {asked.sql}", asked.bound).fetchall()
    if total > MOST_EXPORTED_ROWS:
        raise ExportRefused(
            f"Export: at most {MOST_EXPORTED_ROWS:,} decisions in one file, got {total:,}; choose a shorter period."
        )
    rows: pa.Table = cursor.sql(all_rows_sql(order.question, asked), params=dict(asked.bound)).to_arrow_table()
    return rows


def _event(made: ExportedFile, order: Order, acting: Acting, address: str) -> Draft:
    return Draft(
        kind=EXPORTED,
        actor=actor_of(acting, address),
        subject=THE_HISTORY,
        public={
            "file": made.name,
            "format": order.form.value,
            "rows": made.rows,
            "filter": order.question.in_words(),
            "sha256": made.sha256,
        },
    )
