"""The start: journal and store are brought to the same state, each made good from the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from core.ledger.chain import Link, follows
from core.ledger.head import HeadFile
from core.ledger.journal import Journal
from core.ledger.reading import Reading
from core.ledger.readings_of_chain import rows_of
from core.ledger.store import STORE_FILE, Store
from core.ledger.writer import OpenFiles

JOURNAL_FOLDER = "journal"
HEAD_FILE = "head"


def open_files(
    folder: Path, head: HeadFile, readings: Sequence[Reading], passing: Callable[[str], None]
) -> tuple[OpenFiles, tuple[str, ...]]:
    journal = Journal.open(folder / JOURNAL_FOLDER)
    store = Store.open(folder / STORE_FILE, readings)
    last = store.last()
    missing = []
    for segment in journal.segments():
        for entry in segment.entries:
            if follows(entry.event, last):
                missing.append(entry.event)
                last = Link.of(entry.event)
    if missing:
        passing("in_replay")
        store.insert(missing, rows_of(readings, missing))
    return OpenFiles(journal, store, head, last), ()
