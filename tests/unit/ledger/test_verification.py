"""Verifying: in one walk, from the last verified head on, with progress, and by hand with nothing but Python."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.ledger import outside
from core.ledger.canonical import line
from core.ledger.chain import NO_LINK, Link, linked
from core.ledger.event import Actor, Draft, Event, Public
from core.ledger.head import Head, HeadFile
from core.ledger.sealing import seal
from core.ledger.verification import REPORT_EVERY, Chain, Verification, walk

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))


def _chain(count: int) -> list[Event]:
    events: list[Event] = []
    last = NO_LINK
    for number in range(1, count + 1):
        public: Public = {"default_probability": number / 3, "note": "naïve", "parts": [1, None, True]}
        sealed = seal({"note": "x"}, KEY, "A1", lambda size: bytes(size)) if number % 2 else None
        draft = Draft("scored", Actor("ana", "officer"), "A1", public, "A1", "P1")
        events.append(linked(draft, sealed, last, AT + timedelta(seconds=number)))
        last = Link.of(events[-1])
    return events


EVENTS = _chain(12)
LINES = [line(event) for event in EVENTS]


def _head(count: int) -> Head:
    return Head(count, EVENTS[count - 1].hash, EVENTS[count - 1].at)


def test_behind_a_verified_head_only_what_is_new_is_walked() -> None:
    behind = Chain(LINES[7:], EVENTS[7:], since=_head(7))
    assert walk(behind, [_head(12)]) == Verification(12, True, None, "", _head(12))


def test_nothing_new_behind_a_verified_head_is_sound() -> None:
    assert walk(Chain([], [], since=_head(12)), [_head(12)]) == Verification(12, True, None, "", _head(12))


def test_a_cut_tail_is_seen_from_a_verified_head_on() -> None:
    assert walk(Chain([], [], since=_head(7)), [_head(12)]).first_bad == 8


def test_what_continues_another_chain_than_the_verified_one_is_refused() -> None:
    other = Head(7, bytes(32), AT)
    found = walk(Chain(LINES[7:], EVENTS[7:], since=other))
    assert (found.first_bad, found.finding) == (8, "event 8 was not built on event 7 as it was verified before")
    assert found.head == other


def test_a_head_that_contradicts_the_verified_one_is_seen() -> None:
    found = walk(Chain(LINES[7:], EVENTS[7:], since=_head(7)), [Head(7, bytes(32), AT)])
    assert (found.sound, found.first_bad) == (False, 7)


@pytest.mark.parametrize("own_first", [True, False])
def test_a_head_made_anew_from_a_rewritten_chain_does_not_narrow_what_was_changed(own_first: bool) -> None:
    """The desk's own head agrees with the chain; the one kept elsewhere does not, and only knows of event 4 before."""
    kept = replace(_head(10), hash=bytes(32))
    heads = [_head(10), kept] if own_first else [kept, _head(10)]
    found = walk(Chain(LINES, EVENTS), [_head(4), *heads])
    assert (found.sound, found.first_bad) == (False, 5)
    assert found.finding.endswith("what was changed lies between events 5 and 10")


def test_the_verified_head_is_kept_as_the_head_is(tmp_path: Path) -> None:
    found = walk(Chain(LINES, EVENTS))
    HeadFile(tmp_path / "verified", KEY).write(found.head)
    assert HeadFile(tmp_path / "verified", KEY).read() == _head(12)


def test_a_line_of_a_newer_format_is_left_to_the_newer_program() -> None:
    text = LINES[2].replace(b'"format":1', b'"format":2')
    assert walk(Chain([*LINES[:2], text], None)).finding == (
        "event 3 has a format this program does not know; use the newer program"
    )


def test_it_reads_in_step_and_keeps_nothing() -> None:
    """Both files are read once, from front to back, and never far apart."""
    read: list[str] = []

    def seen(word: str, things: list[object]) -> Iterator[object]:
        for thing in things:
            read.append(word)
            yield thing

    walk(Chain(seen("line", list(LINES)), seen("row", list(EVENTS))))  # type: ignore[arg-type]
    assert read == ["line", "row"] * 12


def test_it_stops_at_the_first_bad_event() -> None:
    changed = replace(EVENTS[1], subject="else")
    rest = iter(LINES[2:])
    found = walk(Chain(iter([LINES[0], line(changed), *rest]), None))
    assert found.first_bad == 2
    assert found.head == _head(1)


def test_progress_is_said_every_few_thousand_events() -> None:
    said: list[tuple[str, float | None]] = []
    events = _chain(2 * REPORT_EVERY)
    walk(
        Chain([line(event) for event in events], None, expected=len(events)),
        progress=lambda step, done=None: said.append((step, done)),
    )
    assert said == [("Verifying the chain", 0.5), ("Verifying the chain", 1.0)]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """The chain in two segments, as the desk writes it."""
    folder = tmp_path / "journal"
    folder.mkdir()
    (folder / "00000001.jsonl").write_bytes(b"".join(LINES[:7]))
    (folder / "00000002.jsonl").write_bytes(b"".join(LINES[7:]))
    return folder


def _by_hand(*arguments: Path) -> subprocess.CompletedProcess[str]:
    """Isolated and without site-packages: nothing of the desk and no library can be imported."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(outside.__file__), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def test_the_chain_is_provable_with_nothing_but_python(journal: Path, tmp_path: Path) -> None:
    (tmp_path / "head.json").write_text(_head(9).as_json("ledger"))
    ran = _by_hand(journal, tmp_path / "head.json")
    assert (ran.returncode, ran.stdout) == (0, f"12 events, sound, last hash {EVENTS[-1].hash.hex()}\n")


def test_the_proof_is_short_enough_to_be_read() -> None:
    written = Path(str(outside.__file__)).read_text().split('"""', 2)[2]
    assert len([text for text in written.splitlines() if text.strip()]) < 60
    assert "core" not in written


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda file: file.write_bytes(b"".join(LINES[7:9] + LINES[10:])), "event 10: another one stands in its place"),
        (lambda file: file.write_bytes(file.read_bytes().replace(b'"note":"na', b'"note":"ni', 1)), "event 8: it was"),
        (lambda file: file.write_bytes(b"".join(LINES[7:10])), "the chain does not go through event 12"),
        (lambda file: file.unlink(), "the chain does not go through event 12 as the head names it"),
    ],
)
def test_by_hand_too_what_is_wrong_is_named(changed: object, words: str, journal: Path, tmp_path: Path) -> None:
    assert callable(changed)
    changed(journal / "00000002.jsonl")
    (tmp_path / "head.json").write_text(_head(12).as_json())
    ran = _by_hand(journal, tmp_path / "head.json")
    assert ran.returncode == 1
    assert words in ran.stderr


@pytest.mark.parametrize("words", [(), ("--help",), ("a", "b", "c"), ("/nope",), (".",)])
def test_by_hand_what_is_no_journal_is_never_called_sound(words: tuple[str, ...], journal: Path) -> None:
    ran = _by_hand(*[journal.parent if word == "." else Path(word) for word in words])
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1, ran.stderr


@pytest.mark.parametrize(
    "content",
    [None, "not json", "[]", "{}", '{"count": 1}', '{"count": "1", "hash": "a"}', '{"count": -1, "hash": ""}'],
)
def test_by_hand_what_is_no_head_is_refused(content: str | None, journal: Path, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "head.json").write_text(content)
    ran = _by_hand(journal, tmp_path / "head.json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "head.json: is no head" in ran.stderr


@pytest.mark.parametrize("line", [b"not json\n", b"[]\n", b"{}\n", b'{"public": {"sequence": 8}}\n', b"\xff\n"])
def test_by_hand_a_line_that_cannot_be_read_is_named(line: bytes, journal: Path) -> None:
    (journal / "00000002.jsonl").write_bytes(line)
    ran = _by_hand(journal)
    assert (ran.returncode, ran.stderr) == (1, "event 8: its line cannot be read\n")


def test_by_hand_a_swapped_sealed_part_is_named(journal: Path) -> None:
    values = json.loads(LINES[0])
    values["ciphertext"] = "AAAA"
    (journal / "00000001.jsonl").write_bytes(b"".join([json.dumps(values).encode() + b"\n", *LINES[1:7]]))
    assert "event 1: its sealed part was changed" in _by_hand(journal).stderr


def test_the_proof_and_the_ledger_come_to_the_same_hashes(journal: Path) -> None:
    assert outside.recompute(journal) == ["00" * 32, *(event.hash.hex() for event in EVENTS)]
