"""Eight ways to falsify the record, each found and named; and what cannot be found without a head, not found."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.ledger.canonical import canonical, hash_of, line
from core.ledger.chain import NO_LINK, Link, linked
from core.ledger.event import Actor, Draft, Event, Seal
from core.ledger.head import NO_EVENTS, Head
from core.ledger.sealing import seal
from core.ledger.verification import Chain, Verification, walk
from tests.faults.attacks import ATTACKS, EARLIER, EVENTS, Attack, Files

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))


def _sealed(number: int) -> Seal | None:
    """Every second event has a sealed part."""
    return seal({"note": f"note {number}"}, KEY, "A1", lambda count: bytes([number]) * count) if number % 2 else None


def _written(count: int = EVENTS, model: str = "aa" * 32) -> list[Event]:
    events: list[Event] = []
    last = NO_LINK
    for number in range(1, count + 1):
        public = {"decision": "approve", "default_probability": 0.1 * number, "model_sha256": model}
        draft = Draft("decided", Actor("ana", "officer", "10.0.0.7"), "A1", public, "A1", "P1")
        events.append(linked(draft, _sealed(number), last, AT + timedelta(seconds=number)))
        last = Link.of(events[-1])
    return events


def _files(events: Sequence[Event]) -> Files:
    return Files(tuple(events), tuple(events))


def _head(events: Sequence[Event]) -> Head:
    return Head(events[-1].sequence, events[-1].hash, events[-1].at)


EVERY = _written()
HEAD = _head(EVERY)
EARLIER_HEAD = _head(EVERY[:EARLIER])
EACH = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


def _lines(events: Sequence[Event]) -> list[bytes]:
    return [line(event) for event in events]


def _verified(files: Files, *anchors: Head) -> Verification:
    return walk(Chain(_lines(files.journal), files.database), anchors)


def test_there_are_eight_attacks() -> None:
    assert [attack.name for attack in ATTACKS] == [
        "edit",
        "delete middle",
        "cut tail",
        "reorder",
        "insert",
        "full rewrite with recomputed hashes",
        "swapped model hash",
        "journal only",
    ]


@EACH
def test_an_attack_is_found_at_its_first_bad_event(attack: Attack) -> None:
    found = _verified(attack.falsified(EVERY), EARLIER_HEAD, HEAD)
    assert (found.sound, found.first_bad, found.finding) == (False, attack.first_bad, attack.finding)


def test_the_chain_nobody_touched_is_sound() -> None:
    assert _verified(_files(EVERY), EARLIER_HEAD, HEAD) == Verification(EVENTS, True, None, "", HEAD)


def test_without_a_head_a_cut_tail_and_a_full_rewrite_cannot_be_seen() -> None:
    unseen = [attack.name for attack in ATTACKS if _verified(attack.falsified(EVERY)).sound]
    assert unseen == ["cut tail", "full rewrite with recomputed hashes"]
    assert unseen == [attack.name for attack in ATTACKS if attack.needs_head]


@EACH
def test_the_other_attacks_are_seen_without_a_head_and_without_the_database(attack: Attack) -> None:
    falsified = attack.falsified(EVERY)
    assert walk(Chain(_lines(falsified.journal), None)).sound == attack.needs_head


def test_with_one_head_alone_a_full_rewrite_may_begin_anywhere_before_it() -> None:
    (rewrite,) = (attack for attack in ATTACKS if attack.name.startswith("full rewrite"))
    found = _verified(rewrite.falsified(EVERY), HEAD)
    assert (found.first_bad, found.events) == (1, EVENTS)
    assert "between events 1 and 10" in found.finding


def test_a_rewritten_history_shorter_than_the_head_is_a_cut_tail() -> None:
    assert _verified(_files(_written(6, model="cc" * 32)), HEAD).first_bad == 7


def test_another_chain_of_the_same_length_is_no_longer_this_one() -> None:
    assert not _verified(_files(_written(model="cc" * 32)), HEAD).sound


def test_an_event_changed_and_hashed_anew_alone_is_named_by_the_one_behind_it() -> None:
    changed = replace(EVERY[5], public={"decision": "decline"})
    events = [*EVERY[:5], replace(changed, hash=hash_of(changed)), *EVERY[6:]]
    found = _verified(_files(events))
    assert found.first_bad == 6
    assert found.finding == "event 6 was changed and hashed anew: event 7 was built on another"


def test_an_event_inserted_with_the_later_ones_renumbered_is_named() -> None:
    false = linked(
        Draft("decided", Actor("ana", "officer"), "A9", {}), None, Link.of(EVERY[3]), AT + timedelta(hours=1)
    )
    events = [*EVERY[:4], false, *(replace(event, sequence=event.sequence + 1) for event in EVERY[4:])]
    found = _verified(_files(events))
    assert (found.first_bad, found.finding) == (5, "event 5 was inserted: event 6 was built without it")


def test_a_sealed_part_swapped_for_another_is_seen_without_any_key() -> None:
    values = json.loads(line(EVERY[4]))
    values["ciphertext"] = base64.b64encode(b"something else").decode()
    journal = _lines(EVERY)
    journal[4] = canonical(values).encode() + b"\n"
    found = walk(Chain(journal, EVERY))
    assert found.first_bad == 5
    assert found.finding == (
        "event 5: its sealed part was changed, it is not the one its digest names; "
        "the database still holds it as it was"
    )


def test_a_falsified_database_is_told_from_the_journal_that_holds() -> None:
    rows = list(EVERY)
    rows[6] = replace(rows[6], public={**rows[6].public, "decision": "decline"}, actor=Actor("eve", "officer"))
    found = walk(Chain(_lines(EVERY), rows))
    assert found.first_bad == 7
    assert found.finding == (
        "event 7: the database does not say what the journal says, which holds (actor, address, public)"
    )


def test_a_sealed_part_falsified_in_the_database_is_seen() -> None:
    rows = list(EVERY)
    assert rows[6].seal
    rows[6] = replace(rows[6], seal=replace(rows[6].seal, ciphertext=b"else"))
    assert walk(Chain(_lines(EVERY), rows)).first_bad == 7


@pytest.mark.parametrize(
    ("lines", "rows", "first_bad", "words"),
    [
        (10, 8, 9, "event 9 is in the journal and not in the database"),
        (8, 10, 9, "event 9 is in the database and not in the journal, which ends before it"),
    ],
)
def test_one_file_cut_is_seen_without_a_head(lines: int, rows: int, first_bad: int, words: str) -> None:
    found = walk(Chain(_lines(EVERY)[:lines], EVERY[:rows]))
    assert (found.first_bad, found.finding, found.events) == (first_bad, words, 8)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: b"\x00" * len(text),
        lambda text: b"",
        lambda text: text.replace(b'"kind"', b'"kine"'),
        lambda text: text.replace(b'{"', b'{ "', 1),
        lambda text: text.replace(b'"format":1', b'"format":1,"format":1'),
        lambda text: text.replace(b'"sequence":4', b'"sequence":"4"'),
        lambda text: b"[" * 100_000,
        lambda text: b"null",
    ],
)
def test_any_byte_that_was_not_written_here_is_seen(damage: Callable[[bytes], bytes]) -> None:
    journal = _lines(EVERY)
    journal[3] = damage(journal[3].removesuffix(b"\n")) + b"\n"
    found = walk(Chain(journal, EVERY), [HEAD])
    assert (found.sound, found.first_bad, found.events) == (False, 4, 3)
    assert found.finding.endswith("; the database still holds it as it was")


def test_a_field_added_beside_the_known_ones_is_seen() -> None:
    values = json.loads(line(EVERY[3]))
    values["public"]["approved_by"] = "eve"
    journal = _lines(EVERY)
    journal[3] = canonical(values).encode() + b"\n"
    assert walk(Chain(journal, None)).first_bad == 4


def test_with_its_key_a_sealed_part_is_opened_and_compared_with_its_digest() -> None:
    """Somebody sealed something else when the event was made, under a good hash."""
    false = replace(EVERY[0].seal, plaintext_sha256=bytes(32)) if EVERY[0].seal else None
    event = replace(EVERY[0], seal=false)
    events = [replace(event, hash=hash_of(event))]
    assert _verified(_files(events)).sound
    found = walk(Chain(_lines(events), events), key_of=lambda application: KEY)
    assert found.first_bad == 1
    assert "is not what was sealed" in found.finding
    assert walk(Chain(_lines(events), events), key_of=lambda application: None).sound  # erased, not broken


def test_the_first_head_of_all_is_in_every_chain() -> None:
    assert _verified(_files(EVERY), NO_EVENTS).sound
    assert _verified(_files([]), NO_EVENTS) == Verification(0, True, None, "", NO_EVENTS)
