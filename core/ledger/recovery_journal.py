"""The journal made good: a cut end, a segment written anew, a tail that only the store has. Nothing is thrown away."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from core.durability import settle
from core.ledger.canonical import line
from core.ledger.event import Event
from core.ledger.journal import Journal
from core.ledger.recovery_merge import Cut, Rewrite


def cut_end(cut: Cut, moment: str) -> str:
    """What was cut lies in a file of its own, whose name this is."""
    kept = cut.path.with_name(f"{cut.path.name}.torn-{moment}")
    with cut.path.open("r+b") as file:
        file.seek(cut.keep)
        _write_new(kept, [file.read()])
        file.truncate(cut.keep)
        os.fsync(file.fileno())
    return kept.name


def rewrite(segment: Rewrite, moment: str) -> str:
    """The segment holds its events again; the damaged file is kept under the name that this is."""
    kept = segment.path.with_name(f"{segment.path.name}.damaged-{moment}")
    part = segment.path.with_name(f"{segment.path.name}.part")
    part.unlink(missing_ok=True)
    _write_new(part, [line(event) for event in segment.events])
    os.link(segment.path, kept)
    part.replace(segment.path)
    settle(segment.path.parent)
    return kept.name


def restore_tail(journal: Journal, events: Sequence[Event]) -> None:
    """The events behind the journal's end, on the disk."""
    try:
        journal.append([line(event) for event in events])
        journal.settle()
    except BaseException:
        journal.take_back()
        raise
    journal.keep()


def _write_new(path: Path, pieces: Sequence[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    settle(path.parent)
