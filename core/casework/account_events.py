"""The way of account events onto the chain: the accounts file keeps them until the ledger has taken them.

Nothing is lost while the ledger cannot be written, and nothing doubled when a take is cut short: an event is known on
the chain by the accounts file, its number there and its content. The content counts because an accounts file that is
restored from a backup gives the same numbers to other events.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from threading import Lock

from core.accounts import events, moments
from core.accounts.events import AccountEvent, Kind
from core.accounts.store import AccountStore
from core.ledger.event import Actor, Draft
from core.ledger.ledger import Ledger

AT_ONCE = 1_000  # events per append
FILE_ID = "file id"
_CONTENT_DIGITS = 16
_KINDS = [kind.value for kind in Kind]


class AccountOutbox:
    """Takes what happened to accounts over to the chain, in order; cheap where there is nothing new."""

    def __init__(self, store: AccountStore, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._file_id = _file_id(store)
        self._taken: int | None = None  # up to which number of the accounts file; None: not looked up yet
        self._turn = Lock()

    def take(self) -> int:
        """How many events were new. LedgerUnwritable: they stay where they are and are taken the next time."""
        with self._turn:
            done, before = 0, self._ledger.head.count
            taken = self._taken_before() if self._taken is None else self._taken
            while waiting := events.events_after(self._store, taken, AT_ONCE):
                taken_over = self._ledger.append([self._draft(number, event) for number, event in waiting])
                taken = self._taken = waiting[-1][0]
                done += sum(event.sequence > before for event in taken_over)
            self._taken = taken
            return done

    def _draft(self, number: int, event: AccountEvent) -> Draft:
        return Draft(
            kind=event.kind.value,
            actor=Actor(event.actor, event.role, event.address),
            subject=event.subject,
            public={"rule": event.rule, "happened_at": moments.written(event.happened_at)},
            idempotency_key=f"{self._mine}{number}:{_content(event)}",
        )

    @property
    def _mine(self) -> str:
        return f"account:{self._file_id}:"

    def _taken_before(self) -> int:
        """The number up to which the chain holds this file; 0 where the file is not the one of then any more."""
        with self._ledger.reading() as cursor:
            rows = cursor.execute(
                "select idempotency_key from events where kind = any(?) and starts_with(idempotency_key, ?) "
                "order by sequence desc limit 1",
                [_KINDS, self._mine],
            ).fetchall()
        if not rows:
            return 0
        number, content = rows[0][0].removeprefix(self._mine).split(":")
        there = events.events_after(self._store, int(number) - 1, 1)
        same = bool(there) and there[0][0] == int(number) and _content(there[0][1]) == content
        return int(number) if same else 0


def _content(event: AccountEvent) -> str:
    said = [moments.written(event.happened_at), event.kind.value, event.actor, event.role, event.subject]
    whole = json.dumps([*said, event.rule, event.address]).encode()
    return hashlib.sha256(whole).hexdigest()[:_CONTENT_DIGITS]


def _file_id(store: AccountStore) -> str:
    """The accounts file's own id, given to it once."""
    with store.writing() as connection:
        connection.execute("insert or ignore into secrets (name, value) values (?, ?)", (FILE_ID, secrets.token_hex(8)))
        (file_id,) = connection.execute("select value from secrets where name = ?", (FILE_ID,)).fetchone()
    return str(file_id)
