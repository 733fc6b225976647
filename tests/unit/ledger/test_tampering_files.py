"""The eight attacks on the files of a closed desk: none is taken for the record at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import LedgerUnavailable
from core.ledger.canonical import hash_of, line
from core.ledger.chain import Link, linked
from core.ledger.event import Actor, Draft, Event
from core.ledger.store import STORE_FILE, Store
from tests.ledgers import a_ledger, a_sealed_draft


@dataclass(frozen=True)
class Desk:
    """A closed desk with ten events, as somebody with the files but without the master key finds it."""

    folder: Path
    events: tuple[Event, ...]

    def put(self, events: Sequence[Event], in_database: bool = True) -> None:
        """Puts these events in the place of the record: in the journal, and in a new database."""
        ledger = self.folder / "ledger"
        (ledger / "journal" / "00000001.jsonl").write_bytes(b"".join(line(event) for event in events))
        if in_database:
            for file in ledger.glob(f"{STORE_FILE}*"):
                file.unlink()
            with closing(Store.open(ledger / STORE_FILE, ())) as store:
                store.insert(events, [])

    def found(self) -> str:
        """All that the next start and a verification say."""
        try:
            with a_ledger(self.folder) as ledger:
                return " | ".join((*ledger.notices, ledger.writable, ledger.verify().finding))
        except LedgerUnavailable as refusal:
            return str(refusal)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with a_ledger(tmp_path) as ledger:
        for number in range(1, 11):
            public = {"decision": "approve", "model_sha256": "aa" * 32}
            draft = a_sealed_draft(ledger, {"note": f"n{number}"}, f"stored:{number}", str(number), "decided", public)
            ledger.append([draft])
        return Desk(tmp_path, ledger.events())


def _saying(events: Sequence[Event], number: int, **public: str) -> list[Event]:
    event = events[number - 1]
    return [*events[: number - 1], replace(event, public={**event.public, **public}), *events[number:]]


def test_an_edit_is_found(desk: Desk) -> None:
    desk.put(_saying(desk.events, 5, decision="decline"))
    assert "event 5 is damaged or missing in both" in desk.found()


def test_a_deleted_event_is_found(desk: Desk) -> None:
    desk.put([*desk.events[:4], *desk.events[5:]])
    assert "event 5 is damaged or missing in both" in desk.found()


def test_a_cut_tail_is_found(desk: Desk) -> None:
    desk.put(desk.events[:8])
    assert "a head kept outside the chain knows 10 events, 8 are there" in desk.found()


def test_a_changed_order_is_found_and_made_good(desk: Desk) -> None:
    desk.put([*desk.events[:4], desk.events[6], desk.events[5], desk.events[4], *desk.events[7:]])
    assert "Journal 00000001.jsonl was damaged" in desk.found()
    with a_ledger(desk.folder) as ledger:
        assert ledger.events() == desk.events


def test_an_inserted_event_is_found(desk: Desk) -> None:
    false = Draft("decided", Actor("ana", "officer"), "A9", {"decision": "approve"})
    inserted = linked(false, None, Link.of(desk.events[3]), desk.events[-1].at + timedelta(hours=1))
    desk.put([*desk.events[:4], inserted, *desk.events[4:]])
    assert "Restore ledger from its backup" in desk.found()


def test_a_full_rewrite_with_hashes_made_anew_in_both_files_is_found(desk: Desk) -> None:
    events = _saying(desk.events, 5, decision="decline")
    for number in range(4, 10):
        continued = replace(events[number], previous_hash=events[number - 1].hash)
        events[number] = replace(continued, hash=hash_of(continued))
    desk.put(events)
    assert "the chain was rewritten: event 10 is not the one that a head kept outside it names" in desk.found()


def test_a_swapped_model_hash_is_found(desk: Desk) -> None:
    desk.put(_saying(desk.events, 3, model_sha256="bb" * 32))
    assert "event 3 is damaged or missing in both" in desk.found()


def test_an_edit_of_the_journal_alone_is_found_and_made_good(desk: Desk) -> None:
    desk.put(_saying(desk.events, 7, decision="decline"), in_database=False)
    assert "Journal 00000001.jsonl was damaged" in desk.found()
    with a_ledger(desk.folder) as ledger:
        assert ledger.events() == desk.events


def test_a_record_nobody_touched_says_nothing(desk: Desk) -> None:
    desk.put(desk.events)
    assert desk.found() == " | "
