"""What journal and store hold together: for each number the event that continues the chain, from whichever has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from core.ledger.chain import Link, follows
from core.ledger.event import Event
from core.ledger.head import Head
from core.ledger.journal_segment import Segment, read_segment
from core.ledger.recovery_store import FoundStore


@dataclass(frozen=True)
class Rewrite:
    """A damaged segment and the events it should hold."""

    path: Path
    events: tuple[Event, ...]
    first: int  # number of the first event that is not there as it was written


@dataclass(frozen=True)
class Cut:
    """A last segment whose end is to be cut: half a line, or half a transaction, that was never acknowledged."""

    path: Path
    keep: int  # bytes


@dataclass(frozen=True)
class Damage:
    """Why the store is made anew."""

    words: str
    altered: bool = False  # it can be read, and it is not what was written


@dataclass
class Merge:
    """The chain that can be made of both, and what has to be done to have it in both."""

    last: Link
    journaled: Link  # where the chain ends that is in the journal, rewrites included
    seen: int  # the highest number that is anywhere
    rewrites: list[Rewrite] = field(default_factory=list)
    cut: Cut | None = None
    store_differs: int | None = None  # number of the first event that the store has otherwise
    goes_through_head: bool = True
    base_holds: bool = False  # the journal has the event that the merge began behind

    @property
    def store_agrees(self) -> bool:
        """Whether what the store holds of this chain is the same."""
        return self.store_differs is None

    @property
    def first_bad(self) -> int | None:
        """The number of the event that neither has although there are later ones."""
        return self.last.sequence + 1 if self.seen > self.last.sequence else None


def merged(paths: Sequence[Path], store: FoundStore, base: Link, head: Head, prefer_store: bool) -> Merge:
    """The merge behind `base`, which is known to be right. Where both continue the chain differently, one counts."""
    walk = _Walk(store, base, head, prefer_store)
    for path in paths:
        walk.over(read_segment(path), is_last=path == paths[-1])
    walk.merge.journaled = walk.merge.last
    for event in walk.from_store():
        walk.take(event)
    return walk.merge


def damage_of(merge: Merge, store: FoundStore) -> Damage | None:
    """What is wrong with the store; None where it holds a beginning of the chain and nothing else."""
    if store.damage:
        return Damage(store.damage, store.altered)
    if merge.store_differs is not None:
        return Damage(f"from event {merge.store_differs} on it does not say what the journal says", altered=True)
    if store.count > merge.last.sequence:
        return Damage(f"it goes on behind event {merge.last.sequence}, where the record ends", altered=True)
    return None


class _Walk:
    def __init__(self, store: FoundStore, base: Link, head: Head, prefer_store: bool) -> None:
        # a number in the store that no event with its own hash carries may be an invention; the head's is not
        self._claimed = store.count if store.event(store.count) else min(store.count, head.count)
        self.merge = Merge(base, base, max(self._claimed, base.sequence))
        self._store = store
        self._base = base
        self._head = head
        self._prefer_store = prefer_store

    def over(self, segment: Segment, is_last: bool) -> None:
        """Takes what continues the chain; the segment is to be rewritten when it holds anything else or too little."""
        begin = self.merge.last
        whole = segment.first_damage is None
        before = [entry.event for entry in segment.entries if entry.event.sequence <= self._base.sequence]
        events = list(before)
        if before and Link.of(before[-1]) == self._base:
            self.merge.base_holds = True
        for entry in segment.entries[len(before) :]:
            if follows(entry.event, self._base):
                self.merge.base_holds = True
            self.merge.seen = max(self.merge.seen, entry.event.sequence)
            filled = list(self._fill(entry.event))
            events += filled
            chosen = self._chosen(entry.event)
            if chosen:
                events.append(chosen)
                self.take(chosen)
            whole = whole and not filled and chosen == entry.event
        if whole or (is_last and _only_end_is_damaged(segment, events)):
            if is_last:
                self._tidy_end(segment, begin)
        else:
            self.merge.rewrites.append(Rewrite(segment.path, tuple(events), _first_difference(segment, events)))

    def _tidy_end(self, segment: Segment, begin: Link) -> None:
        """What stands behind the last whole transaction was never acknowledged, unless store or head know better."""
        entries = list(segment.entries)
        if self._store.following(self.merge.last) is None:
            while entries and entries[-1].to_follow and entries[-1].event.sequence > self._head.count:
                entries.pop()
                self.merge.last = Link.of(entries[-1].event) if entries else begin
                self.merge.seen = max(self._claimed, self.merge.last.sequence)
        end = entries[-1].end if entries else 0
        if end < segment.size:
            self.merge.cut = Cut(segment.path, end)

    def from_store(self) -> Iterator[Event]:
        while (event := self._store.following(self.merge.last)) is not None:
            yield event

    def take(self, event: Event) -> None:
        number = event.sequence
        doubted = bool(self._store.damage) or not self.merge.store_agrees  # it will be made anew, no need to ask on
        if not doubted and number <= self._store.count and self._store.event(number) != event:
            self.merge.store_differs = number
        if number == self._head.count and event.hash != self._head.hash:
            self.merge.goes_through_head = False
        self.merge.last = Link.of(event)

    def _fill(self, before: Event) -> Iterator[Event]:
        """What the store has of the events that are missing in front of this one."""
        while self.merge.last.sequence + 1 < before.sequence:
            event = self._store.following(self.merge.last)
            if event is None:
                return
            self.take(event)
            yield event

    def _chosen(self, event: Event) -> Event | None:
        stored = self._store.following(self.merge.last) if self._prefer_store else None
        if stored:
            return stored
        return event if follows(event, self.merge.last) else None


def _first_difference(segment: Segment, events: list[Event]) -> int:
    """The number of the first event that the segment does not hold in its place, or that something stands before."""
    damaged = segment.first_damage
    for entry, event in zip_longest(segment.entries, events):
        behind = entry is None or (damaged is not None and damaged < entry.start)
        if behind or entry.event != event:
            return (event or entry.event).sequence
    return events[-1].sequence + 1 if events else 1


def _only_end_is_damaged(segment: Segment, events: list[Event]) -> bool:
    """Whether all whole lines are right and the damage lies behind them."""
    right = [entry.event for entry in segment.entries] == events
    end = segment.entries[-1].end if segment.entries else 0
    return right and segment.first_damage == end
