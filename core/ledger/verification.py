"""Whether the chain is still what was written: every link of the journal, the database beside it, the heads it must
go through; and where not, the first event that is wrong and what is wrong with it.

Pure: it reads what it is given, in step, and keeps none of it, so a million events need no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from core.errors import LedgerUnavailable
from core.ledger.canonical import FORMAT, body, canonical, hash_of
from core.ledger.event import Event
from core.ledger.head import NO_EVENTS, Head
from core.ledger.sealing import plaintext_of
from core.ledger.verification_line import JournalLine, read_line
from core.progress import Progress, silent

KeyOf = Callable[[str], bytes | None]
REPORT_EVERY = 2_000  # events


@dataclass(frozen=True)
class Verification:
    """What was found, in a sentence where something is wrong."""

    events: int  # of the chain that hold, from the first on
    sound: bool
    first_bad: int | None  # sequence of the first event that is wrong, missing or not to be trusted
    finding: str
    head: Head  # the last event that holds
    warning: str = ""  # what is wrong beside a sound chain, in a sentence; said by who knows what the events mean
    table: str = ""  # the one that is wrong although all links hold: it was read from the events and changed since


@dataclass(frozen=True)
class Chain:
    """Both files behind a head that was verified before."""

    journal: Iterable[bytes]  # line by line, as they lie on the disk
    database: Iterable[Event] | None  # None: the journal alone
    since: Head = NO_EVENTS
    expected: int = 0  # how many events there should be, for the progress


class _Broken(Exception):
    """The walk ends here."""

    def __init__(self, first_bad: int, finding: str) -> None:
        super().__init__(finding)
        self.first_bad = first_bad
        self.finding = finding


@dataclass
class _Walked:
    """How far the chain holds."""

    since: Head
    anchors: Sequence[Head]
    count: int
    hash: bytes
    anchored: int  # the chain goes through a head, or was verified, up to here
    at: str = ""  # of the last event, where there was one behind `since`
    hash_before: bytes = b""  # of the event in front of the last one

    @classmethod
    def start(cls, since: Head, anchors: Sequence[Head]) -> _Walked:
        return cls(since, anchors, since.count, since.hash, since.count)

    @property
    def next(self) -> int:
        return self.count + 1

    def pass_over(self, line: JournalLine) -> None:
        self.hash_before, self.hash, self.count, self.at = self.hash, line.stated_hash, line.sequence, line.at

    def head(self) -> Head:
        return Head(self.count, self.hash, datetime.fromisoformat(self.at) if self.at else self.since.at)


def walk(
    chain: Chain, anchors: Sequence[Head] = (), key_of: KeyOf | None = None, progress: Progress = silent
) -> Verification:
    """The whole chain, or what lies behind `chain.since`; `anchors` are heads kept outside it that it must go through;
    with `key_of` sealed parts are opened too, where their key still exists."""
    walked = _Walked.start(chain.since, anchors)
    lines = iter(chain.journal)
    rows = None if chain.database is None else iter(chain.database)
    try:
        _require_anchors(walked)
        for text, row in _in_step(lines, rows):
            line = _next_line(walked, text, row, lines)
            if rows is not None:
                _require_same(line, row)
            if key_of is not None:
                _require_opens(line, key_of)
            walked.pass_over(line)
            _require_anchors(walked)
            if walked.count % REPORT_EVERY == 0:
                progress("Verifying the chain", walked.count / max(chain.expected, walked.count))
        _require_tail(walked)
    except _Broken as broken:
        return Verification(walked.count, False, broken.first_bad, broken.finding, walked.head())
    return Verification(walked.count, True, None, "", walked.head())


def _in_step(lines: Iterator[bytes], rows: Iterator[Event] | None) -> Iterator[tuple[bytes | None, Event | None]]:
    return ((line, None) for line in lines) if rows is None else zip_longest(lines, rows)


def _next_line(walked: _Walked, text: bytes | None, row: Event | None, rest: Iterator[bytes]) -> JournalLine:
    """The journal's next line, when it is the one that must come here."""
    number = walked.next
    if text is None:
        raise _Broken(number, f"event {number} is in the database and not in the journal, which ends before it")
    line = read_line(text)
    try:
        if line is None:
            raise _Broken(number, f"event {number} cannot be read: its line was damaged or edited")
        if line.fields.get("format") != FORMAT:
            raise _Broken(number, f"event {number} has a format this program does not know; use the newer program")
        if line.sequence != number:
            raise _out_of_place(walked, line, rest)
        _require_link(walked, line)
    except _Broken as broken:
        raise _Broken(broken.first_bad, broken.finding + _elsewhere(walked, row)) from None
    return line


def _require_link(walked: _Walked, line: JournalLine) -> None:
    number, before = line.sequence, walked.count
    continues, edited = line.previous_hash == walked.hash, line.own_hash != line.stated_hash
    if not continues and before > walked.since.count:
        # this line says what it was built on: so the one in front was put there, or changed and hashed anew
        if line.previous_hash == walked.hash_before:
            raise _Broken(before, f"event {before} was inserted: event {number} was built without it")
        if not edited:
            raise _Broken(before, f"event {before} was changed and hashed anew: event {number} was built on another")
    if edited:
        raise _Broken(number, f"event {number} was edited: its hash is not the hash of what it says")
    if not continues:
        raise _Broken(number, f"event {number} was not built on event {before} as it was verified before")
    if not line.holds_its_ciphertext:
        raise _Broken(number, f"event {number}: its sealed part was changed, it is not the one its digest names")


def _out_of_place(walked: _Walked, line: JournalLine, rest: Iterator[bytes]) -> _Broken:
    number, found = walked.next, line.sequence
    if found <= walked.count:
        return _Broken(found, f"event {found} stands in the journal twice: one of the two was inserted")
    later = (read_line(text) for text in rest)
    if any(other is not None and other.sequence == number for other in later):
        return _Broken(number, f"event {number} was moved: event {found} stands in its place")
    return _Broken(number, f"event {number} is missing: event {found} stands in its place")


def _elsewhere(walked: _Walked, row: Event | None) -> str:
    """What the database knows of the event that the journal no longer holds."""
    here = row is not None and row.sequence == walked.next and row.previous_hash == walked.hash
    return "; the database still holds it as it was" if row and here and row.hash == hash_of(row) else ""


def _require_same(line: JournalLine, row: Event | None) -> None:
    number = line.sequence
    if row is None:
        raise _Broken(number, f"event {number} is in the journal and not in the database")
    said = body(row)
    if canonical(said) != line.text or row.hash != line.stated_hash:
        names = [name for name in said if canonical({name: said[name]}) != canonical({name: line.fields.get(name)})]
        words = ", ".join(names) or "hash"
        raise _Broken(number, f"event {number}: the database does not say what the journal says, which holds ({words})")


def _require_opens(line: JournalLine, key_of: KeyOf) -> None:
    """A destroyed key opens nothing and breaks nothing."""
    key = key_of(line.application) if line.seal else None
    if key is None or line.seal is None:
        return
    try:
        plaintext_of(line.seal, key, line.application)
    except LedgerUnavailable as error:
        raise _Broken(line.sequence, f"event {line.sequence}: {error}") from None


def _require_anchors(walked: _Walked) -> None:
    """Every head of this count must agree: the desk's own may have been made anew from a chain that was rewritten."""
    here = [anchor for anchor in walked.anchors if anchor.count == walked.count]
    if any(anchor.hash != walked.hash for anchor in here):
        first = max(1, min(walked.anchored + 1, walked.count))
        raise _Broken(
            first,
            f"the chain was rewritten: event {walked.count} is not the one that a head kept outside it names; "
            f"what was changed lies between events {first} and {walked.count}",
        )
    if here:
        walked.anchored = walked.count


def _require_tail(walked: _Walked) -> None:
    longest = max((anchor.count for anchor in walked.anchors), default=0)
    if longest > walked.count:
        raise _Broken(
            walked.next,
            f"the tail was cut: a head kept outside the chain knows {longest} events, {walked.count} are there",
        )
