"""Many threads at once: everybody gets their own events, and what comes together is written together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import duckdb
import pytest

from core.errors import LedgerUnwritable
from core.ledger.event import Event
from core.ledger.reading import Cell, Reading
from tests.ledgers import NOON, NOTES, a_draft, a_ledger

THREADS = 8
Answer = TypeVar("Answer")


def _together(work: Callable[[int], Answer]) -> list[Answer]:
    start = threading.Barrier(THREADS)

    def one(number: int) -> Answer:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


class Counter:
    """How often the journal was flushed; the first flush takes until everybody else waits."""

    def __init__(self) -> None:
        self.flushes = 0
        self.others_wait = threading.Event()

    def __call__(self, name: str) -> None:
        if name == "after_journal_fsync":
            self.flushes += 1
            self.others_wait.wait(0.3)


def test_threads_that_wait_are_written_together_and_each_gets_its_own_events(tmp_path: Path) -> None:
    counter = Counter()
    with a_ledger(tmp_path, [NOTES], passing=counter) as ledger:
        events = _together(lambda n: ledger.append([a_draft(public={"words": f"w{n}"})])[0])
        assert [event.public["words"] for event in events] == [f"w{n}" for n in range(THREADS)]
        assert sorted(event.sequence for event in events) == list(range(1, THREADS + 1))
        assert counter.flushes < THREADS
        assert ledger.verify().sound


def test_one_idempotency_key_from_many_threads_is_one_event(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        events = _together(lambda n: ledger.append([a_draft(public={"n": n}, idempotency_key="k")])[0])
        assert {event.sequence for event in events} == {1}
        assert len({event.hash for event in events}) == 1
        assert ledger.head.count == 1


def test_a_call_that_is_refused_does_not_take_others_with_it(tmp_path: Path) -> None:
    refused: list[int] = []

    with a_ledger(tmp_path, passing=Counter()) as ledger:

        def work(number: int) -> Event | None:
            at = None if number % 2 else NOON.replace(year=2099)
            try:
                return ledger.append([a_draft(public={"n": number}, at=at)])[0]
            except LedgerUnwritable:
                refused.append(number)
                return None

        events = _together(work)
        assert sorted(refused) == [0, 2, 4, 6]
        assert [event.public["n"] for event in events if event] == [1, 3, 5, 7]
        assert ledger.head.count == 4
        assert ledger.verify().sound


def test_a_call_whose_row_cannot_be_made_is_refused_with_its_own_error_alone(tmp_path: Path) -> None:
    def row(event: Event) -> tuple[Cell, ...]:
        return event.sequence, {"even": 0, "odd": 1}[str(event.public["words"])]

    strict = Reading("strict", (("sequence", "bigint"), ("n", "bigint")), frozenset({"noted"}), row)
    with a_ledger(tmp_path, [strict], passing=Counter()) as ledger:

        def work(number: int) -> Event | None:
            if number % 2:
                return ledger.append([a_draft(public={"words": "even"})])[0]
            with pytest.raises(KeyError, match="neither"):
                ledger.append([a_draft(public={"words": "neither"})])
            return None

        events = _together(work)
        assert [event is not None for event in events] == [False, True] * (THREADS // 2)
        assert ledger.head.count == THREADS // 2
        assert ledger.verify().sound


def test_readers_and_writers_at_once_each_get_their_own_answer(tmp_path: Path) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        ledger.append([a_draft(public={"words": f"w{n}"}) for n in range(THREADS)])

        def work(number: int) -> Event:
            for _ in range(20):
                event = ledger.event(number + 1)
                assert event.public == {"words": f"w{number}"}
                with ledger.reading() as cursor:
                    rows = cursor.execute("select words from notes where sequence = ?", [number + 1]).fetchall()
                assert rows == [(f"w{number}",)]
            return ledger.append([a_draft()])[0]

        assert len({event.sequence for event in _together(work)}) == THREADS


def test_one_connection_shared_by_threads_hands_one_the_answer_of_another() -> None:
    """Why every use takes a cursor of its own."""
    with duckdb.connect() as shared:
        first, second = shared, shared
        first.execute("select 'mine'")
        thread = threading.Thread(target=lambda: second.execute("select 'another''s'"))
        thread.start()
        thread.join()
        assert first.fetchall() == [("another's",)]
        own, other = shared.cursor(), shared.cursor()
        own.execute("select 'mine'")
        other.execute("select 'another''s'")
        assert own.fetchall() == [("mine",)]


@pytest.mark.parametrize("count", [3_000])
def test_thousands_of_events_in_one_call_take_seconds(tmp_path: Path, count: int) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        key = ledger.keys.application("stored:1", "1")
        sealed = {"row": "ab" * 500}
        drafts = [
            a_draft(application=key.application, sealed=sealed, public={"n": n}, idempotency_key=f"k{n}")
            for n in range(count)
        ]
        assert len(ledger.append(drafts)) == count
        assert ledger.append(drafts[:10])[9].sequence == 10
        assert ledger.verify().events == count
