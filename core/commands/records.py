"""Scores and decisions for a command that works in a process of its own: from the ledger here, or page by page from
the process that has it open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.casework.stored_record import REPLAYABLE, StoredRecord, from_json, stored_record, stored_records
from core.commands.channel import client
from core.commands.console import Console
from core.errors import LedgerUnavailable
from core.ledger.ledger import Ledger
from core.settings import Settings

RECORDS_AT_ONCE = 200


class Records(Protocol):
    def count(self) -> int: ...
    def one(self, sequence: int) -> StoredRecord: ...
    def all(self) -> Iterator[StoredRecord]: ...


@dataclass(frozen=True)
class HereRecords:
    """Of a ledger that is open in this process."""

    ledger: Ledger

    def count(self) -> int:
        with self.ledger.reading() as cursor:
            found = cursor.execute("select count(*) from events where kind = any(?)", [list(REPLAYABLE)]).fetchall()
        return int(found[0][0])

    def one(self, sequence: int) -> StoredRecord:
        return stored_record(self.ledger, sequence)

    def all(self) -> Iterator[StoredRecord]:
        return stored_records(self.ledger)


class ElsewhereRecords:
    """Of the ledger that the app has open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def count(self) -> int:
        (line,) = self._asked(["--count"])
        return int(line)

    def one(self, sequence: int) -> StoredRecord:
        (line,) = self._asked(["--one", str(sequence)])
        return from_json(json.loads(line))

    def all(self) -> Iterator[StoredRecord]:
        after = 0
        while page := self._asked(["--after", str(after)]):
            records = [from_json(json.loads(line)) for line in page]
            yield from records
            after = records[-1].sequence

    def _asked(self, words: Sequence[str]) -> list[str]:
        kept = _Kept()
        if client.ask(self._settings.channel_file, ["records", *words], kept) is None:
            raise LedgerUnavailable("The app that had the desk open has ended meanwhile; run the command again.")
        return kept.lines_out


class _Kept(Console):
    """Keeps what it is told instead of showing it."""

    def __init__(self) -> None:
        self.lines_out: list[str] = []

    def out(self, text: str) -> None:
        self.lines_out.append(text)

    def err(self, text: str) -> None:
        pass

    def progress(self, step: str, done: float | None = None) -> None:
        pass

    def read(self, name: str, most_bytes: int) -> bytes:
        raise PermissionError(1, "there is nothing to read here")

    def write(self, name: str, content: bytes) -> None:
        raise PermissionError(1, "there is nowhere to write here")

    def check_writable(self, name: str) -> None:
        raise PermissionError(1, "there is nowhere to write here")

    def ask(self, question: str) -> str | None:
        return None
