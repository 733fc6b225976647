"""The start: journal and store are brought to the same state, each made good from the other.

First everything is looked at without changing anything; only what can be made whole is touched, and whatever was
damaged is kept beside it under another name. A start looks at what lies behind the part that was verified before,
and at everything as soon as anything there is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import duckdb

from core.durability import settle
from core.errors import LedgerUnavailable, LedgerUnwritable
from core.ledger.canonical import event_of
from core.ledger.chain import NO_LINK, Link
from core.ledger.head import NO_EVENTS, Head, HeadFile
from core.ledger.journal import Journal
from core.ledger.made_good import Notice
from core.ledger.open_files import OpenFiles
from core.ledger.reading import Reading
from core.ledger.readings_of_chain import NotAsWritten, rows_of
from core.ledger.recovery_journal import cut_end, restore_tail, rewrite
from core.ledger.recovery_merge import Damage, Merge, damage_of, merged
from core.ledger.recovery_store import FoundStore, first_line, require_damage, set_aside
from core.ledger.store import STORE_FILE, Store

JOURNAL_FOLDER = "journal"
HEAD_FILE = "head"
VERIFIED_FILE = "verified"
_AT_ONCE = 1_000  # events


@dataclass(frozen=True)
class LedgerFiles:
    """Where the files lie and how they are opened, at the start and again after a failure."""

    folder: Path
    head: HeadFile
    verified: HeadFile  # how far the chain was looked at before
    readings: Sequence[Reading]
    passing: Callable[[str], None]

    def open(self, everything: bool = False) -> OpenFiles:
        """Journal and store in step; LedgerUnavailable when they cannot be, and then nothing was changed."""
        try:
            return _Start(self).open(everything)
        except (OSError, duckdb.Error) as error:
            raise LedgerUnavailable(
                f"Ledger in {self.folder.name}: cannot be opened ({error}); see that the disk has room and is writable."
            ) from error


class _Start:
    def __init__(self, files: LedgerFiles) -> None:
        self._files = files
        self._journal_folder = files.folder / JOURNAL_FOLDER
        self._moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        self._notices: list[Notice] = []

    def open(self, everything: bool, doubt: Damage | None = None) -> OpenFiles:
        """The files in step. `doubt`: why the store is to be made anew whatever it looks like."""
        head = self._files.head.read() or NO_EVENTS
        verified = self._files.verified.read() or NO_EVENTS
        head = max(head, verified, key=lambda kept: kept.count)
        base = NO_LINK if everything else Link(verified.count, verified.at, verified.hash)
        journal = Journal.open(self._journal_folder)
        with closing(journal), closing(FoundStore.look(self._files.folder)) as store:
            merge = self._merge(journal, store, base, head)
            if base.sequence and _is_more_than_a_tail(merge, store, base):
                base = NO_LINK
                merge = self._merge(journal, store, base, head)
            self._require_whole(merge, store, head)
            if not base.sequence:
                store.scan()
            damage = doubt or damage_of(merge, store)
            self._mend_journal(merge)
            self._restore_tail(merge, store)
            behind = store.count
        try:
            return self._opened(merge, head, behind, damage, thorough=not base.sequence)
        except NotAsWritten as wrong:
            if damage:
                raise
            return self.open(everything=True, doubt=Damage(str(wrong), altered=True))
        except duckdb.Error as error:
            require_damage(error)
            if damage:
                raise
            return self.open(everything=True, doubt=Damage(first_line(error)))

    def _merge(self, journal: Journal, store: FoundStore, base: Link, head: Head) -> Merge:
        paths = journal.paths_behind(base.sequence)
        found = merged(paths, store, base, head, prefer_store=False)
        if not found.goes_through_head:
            other = merged(paths, store, base, head, prefer_store=True)
            return other if other.goes_through_head else found
        return found

    def _require_whole(self, merge: Merge, store: FoundStore, head: Head) -> None:
        first_bad = merge.first_bad
        damaged = merge.cut is not None or bool(merge.rewrites) or bool(store.damage)
        if first_bad is None and damaged and merge.last.sequence < head.count:
            first_bad = merge.last.sequence + 1
        if first_bad is not None:
            damaged_record = LedgerUnavailable(
                f"Ledger: event {first_bad} is damaged or missing in both the journal and the database, and events "
                f"behind it were recorded; nothing was changed. Restore {self._files.folder.name} from its backup."
            )
            damaged_record.first_bad = first_bad
            raise damaged_record

    def _mend_journal(self, merge: Merge) -> None:
        for segment in merge.rewrites:
            kept = rewrite(segment, self._moment)
            self._say(
                f"Journal {segment.path.name} was damaged or edited: from event {segment.first} on it was not what was "
                f"written. It was made anew with what the database holds; the file as it was found is kept as {kept}.",
                altered=True,
            )
        if merge.cut:
            kept = cut_end(merge.cut, self._moment)
            self._say(
                f"Journal {merge.cut.path.name}: what stood behind its last whole record was cut off and is kept "
                f"as {kept}."
            )

    def _restore_tail(self, merge: Merge, store: FoundStore) -> None:
        """What only the store has goes to the journal's end."""
        missing = range(merge.journaled.sequence + 1, merge.last.sequence + 1)
        if not missing:
            return
        with closing(Journal.open(self._journal_folder)) as journal:
            for first in range(missing.start, missing.stop, _AT_ONCE):
                numbers = range(first, min(first + _AT_ONCE, missing.stop))
                restore_tail(journal, [event for n in numbers if (event := store.event(n)) is not None])
        self._say(
            f"The journal was not what was written: it lacked events {missing.start} to {missing.stop - 1}; "
            "they were restored from the database.",
            altered=True,  # they were on the disk before anything else was done with them
        )

    def _opened(self, merge: Merge, head: Head, behind: int, damage: Damage | None, thorough: bool) -> OpenFiles:
        folder, readings = self._files.folder, self._files.readings
        journal = Journal.open(self._journal_folder)
        try:
            store = self._rebuilt(journal, damage) if damage else Store.open(folder / STORE_FILE, readings, thorough)
            try:
                if not damage:
                    self._replay(journal, store, behind, merge.last.sequence)
                files = OpenFiles(journal, store, self._files.head, merge.last, _refusal(merge, head))
                self._remember(files)
            except BaseException:
                store.close()
                raise
        except BaseException:
            journal.close()
            raise
        return files

    def _rebuilt(self, journal: Journal, damage: Damage) -> Store:
        """A new store from the whole journal; the one that was found keeps lying beside it."""
        path = self._files.folder / STORE_FILE
        part = path.with_name(f"{STORE_FILE}.part")
        for leftover in (part, part.with_name(f"{part.name}.wal")):
            leftover.unlink(missing_ok=True)
        with closing(Store.open(part, self._files.readings)) as store:
            self._insert(store, journal.lines())
            store.checkpoint()
        kept = set_aside(self._files.folder, self._moment)
        part.rename(path)
        settle(path.parent)
        what = "not what was written" if damage.altered else "damaged"
        self._say(
            f"The database was {what} ({damage.words}): it was made anew from the journal; the file as it was found is "
            f"kept as {kept}.",
            damage.altered,
        )
        return Store.open(path, self._files.readings)

    def _replay(self, journal: Journal, store: Store, behind: int, last: int) -> None:
        """What the journal has and the store lacks."""
        if behind < last:
            self._insert(store, journal.lines(behind))
            self._say(f"The database lacked events {behind + 1} to {last}: they were taken from the journal.")

    def _insert(self, store: Store, lines: Iterator[bytes]) -> None:
        while events := [event_of(text.rstrip(b"\n"))[0] for text in islice(lines, _AT_ONCE)]:
            self._files.passing("in_replay")
            store.insert(events, rows_of(self._files.readings, events))

    def _remember(self, files: OpenFiles) -> None:
        """The next start begins here; nothing is remembered of a chain whose end is not the one that was recorded."""
        if self._files.head.read() is None and files.last.sequence:
            self._say(
                "The head was missing or damaged: whether the record's end was cut cannot be told without one; "
                "verify against a head that was kept elsewhere."
            )
        elif files.head.finding:
            self._say(f"Ledger, {files.head.finding}.")
        if files.refusal:
            self._say(files.refusal)
        else:
            with suppress(LedgerUnwritable):  # a full disk: the next start looks at more, and reading goes on
                if files.head.finding or files.head.read() != files.last.head():
                    files.head.write(files.last.head())
                self._files.verified.write(files.last.head())
        files.notices = tuple(self._notices)

    def _say(self, words: str, altered: bool = False) -> None:
        self._notices.append(Notice(words, altered))


def _is_more_than_a_tail(merge: Merge, store: FoundStore, base: Link) -> bool:
    """Whether anything is wrong that only a look at the whole chain can make good."""
    return not (
        merge.base_holds
        and merge.store_agrees
        and merge.goes_through_head
        and not merge.rewrites
        and not store.damage
        and store.holds(base)
        and merge.first_bad is None
    )


def _refusal(merge: Merge, head: Head) -> str:
    if merge.last.sequence < head.count:
        return (
            f"The record's tail was cut: it ends at event {merge.last.sequence}, and the head knows {head.count}; "
            "nothing is recorded until it is restored from its backup."
        )
    if not merge.goes_through_head:
        return (
            f"The record was rewritten: event {head.count} is not the one the head names; "
            "nothing is recorded until it is restored from its backup."
        )
    return ""
