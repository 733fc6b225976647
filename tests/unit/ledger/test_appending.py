"""What is appended is there for good: in order, linked, readable again, once per idempotency key."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import ErasedRecord, LedgerUnwritable, UnknownRecord
from core.ledger.canonical import hash_of
from core.ledger.head import GENESIS_HASH, Head
from core.ledger.reading import Reading
from tests.ledgers import NOON, NOTES, OFFICER, SetClock, a_draft, a_ledger, a_sealed_draft


def test_events_are_numbered_from_one_and_each_hash_goes_over_the_one_in_front(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        first, second = ledger.append([a_draft(public={"words": "é\n", "n": 0.1}), a_draft("other")])
        (third,) = ledger.append([a_draft()])
    assert [first.sequence, second.sequence, third.sequence] == [1, 2, 3]
    assert [first.previous_hash, second.previous_hash, third.previous_hash] == [GENESIS_HASH, first.hash, second.hash]
    assert [event.hash for event in (first, second, third)] == [hash_of(event) for event in (first, second, third)]
    assert first.actor == OFFICER
    assert first.at == NOON


def test_what_was_appended_is_read_again_after_the_ledger_was_closed(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        appended = ledger.append(
            [
                a_draft(public={"pd": 0.1 + 0.2, "list": (1, 2), "nothing": None, "yes": True}, idempotency_key="k"),
                a_sealed_draft(ledger, {"name": "Ana", "numbers": [1.5, 2]}, kind="scored"),
            ]
        )
        head = ledger.head
    with a_ledger(tmp_path) as ledger:
        assert ledger.events() == appended
        assert ledger.event(2) == appended[1]
        assert ledger.unsealed(appended[1]) == {"name": "Ana", "numbers": [1.5, 2]}
        assert ledger.unsealed(appended[0]) == {}
        assert ledger.find("k") == appended[0]
        assert ledger.find("l") is None
        assert ledger.of_application(appended[1].application) == (appended[1],)
        assert ledger.latest("noted") == appended[0]
        assert ledger.latest("noted", "thing") == appended[0]
        assert ledger.latest("noted", "other") is None
        assert ledger.events(after=1, kinds={"scored"}) == (appended[1],)
        assert ledger.events(kinds={"noted", "scored"}, limit=1) == (appended[0],)
        assert ledger.head == head
        assert (head.count, head.hash, head.at) == (2, appended[1].hash, NOON)
        with pytest.raises(UnknownRecord, match="Event 3: the record has no such event; it ends at 2"):
            ledger.event(3)


def test_the_journal_is_on_the_disk_before_the_database_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    flushed = os.fsync

    def fsync(descriptor: int) -> None:
        happened.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        flushed(descriptor)

    with a_ledger(tmp_path, passing=happened.append) as ledger:
        ledger.append([a_draft()])
        happened.clear()
        monkeypatch.setattr(os, "fsync", fsync)
        ledger.append([a_draft()])
    assert happened == [
        "after_journal_write",
        "00000001.jsonl",
        "after_journal_fsync",
        "after_insert",
        "after_commit",
        "before_acknowledgement",
    ]


def test_a_known_idempotency_key_gives_the_event_of_then(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        (first,) = ledger.append([a_draft(public={"n": 1}, idempotency_key="k")])
        again, same_call, other = ledger.append(
            [
                a_draft(public={"n": 2}, idempotency_key="k"),
                a_draft(public={"n": 3}, idempotency_key="k"),
                a_draft(public={"n": 4}, idempotency_key="l"),
            ]
        )
        assert again == same_call == first
        assert other.sequence == 2
        assert ledger.append([a_draft(idempotency_key="l"), a_draft(idempotency_key="l")]) == (other, other)
    with a_ledger(tmp_path) as ledger:
        assert ledger.append([a_draft(public={"n": 5}, idempotency_key="k")]) == (first,)
        assert ledger.head.count == 2


@pytest.mark.parametrize("count", [3, 50, 51, 300])
def test_a_call_of_any_size_is_recorded_with_its_rows_in_the_readings(tmp_path: Path, count: int) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        ledger.append([a_draft(public={"words": f"w{n}", "w": n / 2}) for n in range(count)])
        ledger.append([a_draft("other")])
        with ledger.reading() as cursor:
            rows = cursor.execute("select * from notes order by sequence").fetchall()
    assert rows == [(n + 1, NOON.replace(tzinfo=None), f"w{n}", n / 2) for n in range(count)]


def test_a_reading_that_is_new_or_changed_is_made_from_all_events_at_the_next_start(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft(public={"words": "a"}), a_draft("other", public={"words": "b"})])
    with a_ledger(tmp_path, [NOTES]) as ledger, ledger.reading() as cursor:
        assert cursor.execute("select words from notes order by sequence").fetchall() == [("a",)]
    wider = Reading("notes", NOTES.columns[:3], frozenset({"noted", "other"}), lambda event: NOTES.row(event)[:3])
    with a_ledger(tmp_path, [wider]) as ledger, ledger.reading() as cursor:
        assert cursor.execute("select words from notes order by sequence").fetchall() == [("a",), ("b",)]


def test_a_clock_set_back_by_five_minutes_is_tolerated_and_by_more_refused(tmp_path: Path) -> None:
    clock = SetClock()
    with a_ledger(tmp_path, clock=clock) as ledger:
        ledger.append([a_draft()])
        clock.now = NOON - timedelta(minutes=5)
        assert ledger.writable == ""
        (within,) = ledger.append([a_draft()])
        assert within.at == NOON
        clock.now = NOON - timedelta(minutes=5, microseconds=1)
        assert ledger.writable.startswith("Clock: it says 2026-03-02T11:54:59.999999Z")
        with pytest.raises(
            LedgerUnwritable,
            match=r"it says 2026-03-02T11:54:59.999999Z, but the last .* 2026-03-02T12:00:00.000000Z; set .* clock",
        ):
            ledger.append([a_draft()])
        assert ledger.head.count == 2


def test_a_clock_that_was_ahead_once_is_named_with_the_way_out_and_recording_goes_on_at_that_time(
    tmp_path: Path,
) -> None:
    clock = SetClock(NOON + timedelta(days=30))
    with a_ledger(tmp_path, clock=clock) as ledger:
        ledger.append([a_draft()])
        clock.now = NOON
        assert ledger.writable.endswith(
            "If the clock is right, it was ahead when that event was recorded: recording goes on by itself at that "
            "time, and nothing is lost."
        )
        clock.now = NOON + timedelta(days=30)
        assert ledger.writable == ""
        (later,) = ledger.append([a_draft()])
        assert later.at == NOON + timedelta(days=30)


def test_an_invented_past_must_be_in_order_and_before_now(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        past = NOON - timedelta(days=9)
        first, second = ledger.append([a_draft(at=past), a_draft(at=past)])
        assert (first.at, second.at) == (past, past)
        for wrong in (past - timedelta(microseconds=1), NOON + timedelta(microseconds=1)):
            with pytest.raises(LedgerUnwritable, match="must lie between the last event"):
                ledger.append([a_draft(at=wrong)])
        (last,) = ledger.append([a_draft(at=NOON)])
        assert last.at == NOON


def test_nothing_can_be_sealed_or_read_when_the_key_is_destroyed(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        draft = a_sealed_draft(ledger, {"name": "Ana"})
        (event,) = ledger.append([draft])
        ledger.keys.destroy_application(draft.application)
        with pytest.raises(ErasedRecord, match="its key was destroyed"):
            ledger.unsealed(event)
        with pytest.raises(ErasedRecord, match="its key was destroyed"):
            ledger.append([draft])
        assert ledger.head.count == 1


def test_a_sealed_part_without_an_application_is_refused(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger, pytest.raises(ValueError, match="needs the application whose key seals it"):
        ledger.append([a_draft(sealed={"name": "Ana"})])


def test_a_row_that_is_in_the_database_twice_is_found_by_verifying(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft() for _ in range(3)])
        with ledger._writer.open_files.store.cursor() as cursor:
            cursor.execute("insert into events select * from events where sequence = 3")
        found = ledger.verify()
        assert (found.sound, found.finding) == (False, "the database holds 4 events where 3 should be")
    with a_ledger(tmp_path) as ledger:
        assert ledger.verify().sound


@pytest.mark.parametrize("public", [{"pd": float("nan")}, {"words": object()}], ids=["nan", "object"])
def test_values_that_are_no_json_are_refused_and_record_nothing(tmp_path: Path, public: dict[str, object]) -> None:
    with a_ledger(tmp_path) as ledger:
        with pytest.raises((ValueError, TypeError)):
            ledger.append([a_draft(), a_draft(public=public)])  # type: ignore[arg-type]
        assert ledger.events() == ()


def test_a_record_that_was_only_appended_to_is_sound_and_goes_through_every_head_kept_before(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft(), a_sealed_draft(ledger, {"name": "Ana"})])
        kept = ledger.head
        ledger.append([a_draft() for _ in range(60)])
        found = ledger.verify(against=kept)
        assert (found.sound, found.events, found.first_bad, found.head) == (True, 62, None, ledger.head)
        ledger.append([a_draft()])
        assert ledger.verify(since_head=True).events == 63
        other = Head(2, bytes(32), kept.at)
        assert not ledger.verify(against=other).sound
        assert ledger.verify().sound
        assert not ledger.verify(since_head=True, against=other).sound
