"""What can be read of one file of the journal: its whole lines, and whether anything else stands between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.ledger.canonical import event_of
from core.ledger.event import Event


@dataclass(frozen=True)
class Entry:
    """One whole line."""

    event: Event
    to_follow: int  # lines of the same transaction behind it
    start: int  # bytes from the beginning of the file
    end: int


@dataclass(frozen=True)
class Segment:
    path: Path
    size: int  # bytes
    entries: tuple[Entry, ...]  # in the order of the file
    first_damage: int | None  # where the first byte lies that belongs to no whole line


def read_segment(path: Path) -> Segment:
    """The segment line by line; a line that is not whole is left out and said to be damage."""
    content = path.read_bytes()
    entries: list[Entry] = []
    damage: int | None = None
    start = 0
    while start < len(content):
        newline = content.find(b"\n", start)
        end = len(content) if newline < 0 else newline + 1
        entry = _entry(content[start:newline], start, end) if newline >= 0 else None
        if entry:
            entries.append(entry)
        elif damage is None:
            damage = start
        start = end
    return Segment(path, len(content), tuple(entries), damage)


def first_sequence(path: Path) -> int | None:
    """The number of the event the segment begins with; None unless its first line is whole."""
    with path.open("rb") as file:
        return sequence_of(file.readline())


def sequence_of(text: bytes) -> int | None:
    """The number of the event in a line; None unless the line is whole."""
    entry = _entry(text.removesuffix(b"\n"), 0, len(text)) if text.endswith(b"\n") else None
    return entry.event.sequence if entry else None


def _entry(text: bytes, start: int, end: int) -> Entry | None:
    try:
        event, to_follow = event_of(text)
    except ValueError:
        return None
    return Entry(event, to_follow, start, end)
