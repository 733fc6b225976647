"""Eight ways to falsify the record, each found and named; and what cannot be found without a head, not found."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from core.ledger.canonical import canonical, event_of, hash_of, line
from core.ledger.chain import NO_LINK, Link, linked
from core.ledger.event import Actor, Draft, Event, Seal
from core.ledger.head import NO_EVENTS, Head
from core.ledger.sealing import seal
from core.ledger.verification import Chain, Verification, walk

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))
EVENTS = 10


@dataclass(frozen=True)
class Files:
    """What lies on the disk: the journal's lines and the database's rows."""

    journal: list[bytes]
    database: list[Event]


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
    return Files([line(event) for event in events], list(events))


def _head(events: Sequence[Event]) -> Head:
    return Head(events[-1].sequence, events[-1].hash, events[-1].at)


EVERY = _written()
HEAD = _head(EVERY)
EARLIER_HEAD = _head(EVERY[:4])


def _verified(files: Files, *anchors: Head) -> Verification:
    return walk(Chain(files.journal, files.database), anchors)


def _with(lines: list[bytes], number: int, **public: object) -> list[bytes]:
    """The lines with one event saying something else, its hash left as it was."""
    values = json.loads(lines[number - 1])
    values["public"]["public"].update(public)
    return [*lines[: number - 1], canonical(values).encode() + b"\n", *lines[number:]]


def _events(lines: list[bytes]) -> list[Event]:
    """What a database holds that was falsified the same way, hashes and all."""
    events = []
    for text in lines:
        values = json.loads(text)
        values["hash"] = hash_of(_unchecked(values)).hex()
        event, _ = event_of(canonical(values).encode())
        events.append(replace(event, hash=bytes.fromhex(json.loads(text)["hash"])))
    return events


def _unchecked(values: dict[str, object]) -> Event:
    fields = values["public"]
    assert isinstance(fields, dict)
    whole = EVERY[fields["sequence"] - 1]
    return replace(whole, public=fields["public"])


def _edited(files: Files) -> Files:
    lines = _with(files.journal, 5, decision="decline")
    return Files(lines, _events(lines))


def _middle_deleted(files: Files) -> Files:
    return Files(files.journal[:4] + files.journal[5:], files.database[:4] + files.database[5:])


def _tail_cut(files: Files) -> Files:
    return Files(files.journal[:8], files.database[:8])


def _reordered(files: Files) -> Files:
    order = [0, 1, 2, 3, 6, 5, 4, 7, 8, 9]
    return Files([files.journal[n] for n in order], [files.database[n] for n in order])


def _inserted(files: Files) -> Files:
    """A good-looking fifth event behind the fourth, hashed as it must be; those behind keep their numbers."""
    false = linked(
        Draft("decided", Actor("ana", "officer"), "A9", {}), None, Link.of(EVERY[3]), AT + timedelta(hours=1)
    )
    return Files([*files.journal[:4], line(false), *files.journal[4:]], [*EVERY[:4], false, *EVERY[4:]])


def _rewritten(files: Files) -> Files:
    """From the fifth event on everything is hashed anew, in both files."""
    events = list(files.database[:4])
    for event in files.database[4:]:
        public = {**event.public, "decision": "decline"} if event.sequence == 5 else event.public
        changed = replace(event, public=public, previous_hash=events[-1].hash)
        events.append(replace(changed, hash=hash_of(changed)))
    return _files(events)


def _model_swapped(files: Files) -> Files:
    lines = _with(files.journal, 3, model_sha256="bb" * 32)
    return Files(lines, _events(lines))


def _journal_only(files: Files) -> Files:
    return Files(_with(files.journal, 7, decision="decline"), files.database)


@pytest.mark.parametrize(
    ("attack", "first_bad", "words"),
    [
        (_edited, 5, "event 5 was edited: its hash is not the hash of what it says"),
        (_middle_deleted, 5, "event 5 is missing: event 6 stands in its place"),
        (_tail_cut, 9, "the tail was cut: a head kept outside the chain knows 10 events, 8 are there"),
        (_reordered, 5, "event 5 was moved: event 7 stands in its place"),
        (_inserted, 5, "event 5 stands in the journal twice: one of the two was inserted"),
        (
            _rewritten,
            5,
            "the chain was rewritten: event 10 is not the one that a head kept outside it names; "
            "what was changed lies between events 5 and 10",
        ),
        (_model_swapped, 3, "event 3 was edited: its hash is not the hash of what it says"),
        (
            _journal_only,
            7,
            "event 7 was edited: its hash is not the hash of what it says; the database still holds it as it was",
        ),
    ],
    ids=[
        "edit",
        "delete middle",
        "cut tail",
        "reorder",
        "insert",
        "full rewrite",
        "swapped model hash",
        "journal only",
    ],
)
def test_an_attack_is_found_at_its_first_bad_event(
    attack: Callable[[Files], Files], first_bad: int, words: str
) -> None:
    falsified = attack(_files(EVERY))
    found = _verified(falsified, EARLIER_HEAD, HEAD)
    assert (found.sound, found.first_bad, found.finding) == (False, first_bad, words)


def test_the_chain_nobody_touched_is_sound() -> None:
    assert _verified(_files(EVERY), EARLIER_HEAD, HEAD) == Verification(EVENTS, True, None, "", HEAD)


@pytest.mark.parametrize("attack", [_tail_cut, _rewritten])
def test_without_a_head_a_cut_tail_and_a_full_rewrite_cannot_be_seen(attack: Callable[[Files], Files]) -> None:
    assert _verified(attack(_files(EVERY))).sound


@pytest.mark.parametrize("attack", [_edited, _middle_deleted, _reordered, _inserted, _model_swapped, _journal_only])
def test_the_other_attacks_are_seen_without_a_head_and_without_the_database(attack: Callable[[Files], Files]) -> None:
    falsified = attack(_files(EVERY))
    assert not walk(Chain(falsified.journal, None)).sound


def test_with_one_head_alone_a_full_rewrite_may_begin_anywhere_before_it() -> None:
    found = _verified(_rewritten(_files(EVERY)), HEAD)
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
    journal = [line(event) for event in EVERY]
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
    found = walk(Chain([line(event) for event in EVERY], rows))
    assert found.first_bad == 7
    assert found.finding == (
        "event 7: the database does not say what the journal says, which holds (actor, address, public)"
    )


def test_a_sealed_part_falsified_in_the_database_is_seen() -> None:
    rows = list(EVERY)
    assert rows[6].seal
    rows[6] = replace(rows[6], seal=replace(rows[6].seal, ciphertext=b"else"))
    assert walk(Chain([line(event) for event in EVERY], rows)).first_bad == 7


@pytest.mark.parametrize(
    ("lines", "rows", "first_bad", "words"),
    [
        (10, 8, 9, "event 9 is in the journal and not in the database"),
        (8, 10, 9, "event 9 is in the database and not in the journal, which ends before it"),
    ],
)
def test_one_file_cut_is_seen_without_a_head(lines: int, rows: int, first_bad: int, words: str) -> None:
    files = _files(EVERY)
    found = walk(Chain(files.journal[:lines], files.database[:rows]))
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
    journal = [line(event) for event in EVERY]
    journal[3] = damage(journal[3].removesuffix(b"\n")) + b"\n"
    found = walk(Chain(journal, EVERY), [HEAD])
    assert (found.sound, found.first_bad, found.events) == (False, 4, 3)
    assert found.finding.endswith("; the database still holds it as it was")


def test_a_field_added_beside_the_known_ones_is_seen() -> None:
    values = json.loads(line(EVERY[3]))
    values["public"]["approved_by"] = "eve"
    journal = [line(event) for event in EVERY]
    journal[3] = canonical(values).encode() + b"\n"
    assert walk(Chain(journal, None)).first_bad == 4


def test_with_its_key_a_sealed_part_is_opened_and_compared_with_its_digest() -> None:
    """Somebody sealed something else when the event was made, under a good hash."""
    false = replace(EVERY[0].seal, plaintext_sha256=bytes(32)) if EVERY[0].seal else None
    event = replace(EVERY[0], seal=false)
    files = _files([replace(event, hash=hash_of(event))])
    assert _verified(files).sound
    found = walk(Chain(files.journal, files.database), key_of=lambda application: KEY)
    assert found.first_bad == 1
    assert "is not what was sealed" in found.finding
    assert walk(Chain(files.journal, files.database), key_of=lambda application: None).sound  # erased, not broken


def test_the_first_head_of_all_is_in_every_chain() -> None:
    assert _verified(_files(EVERY), NO_EVENTS).sound
    assert _verified(_files([]), NO_EVENTS) == Verification(0, True, None, "", NO_EVENTS)
