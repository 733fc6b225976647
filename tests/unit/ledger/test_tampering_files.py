"""The eight attacks on the files of a closed desk: none is taken for the record at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import LedgerUnavailable
from tests.faults.attacks import ATTACKS, Attack, Files
from tests.faults.tampering import Closed, a_closed_ledger, attacks_in_words
from tests.ledgers import a_ledger

SAID = {
    "edit": "event 5 is damaged or missing in both",
    "delete middle": "event 5 is damaged or missing in both",
    "cut tail": "a head kept outside the chain knows 10 events, 8 are there",
    "reorder": "Journal 00000001.jsonl was damaged",
    "insert": "Restore ledger from its backup",
    "full rewrite with recomputed hashes": (
        "the chain was rewritten: event 10 is not the one that a head kept outside it names"
    ),
    "swapped model hash": "event 3 is damaged or missing in both",
    "journal only": "Journal 00000001.jsonl was damaged",
}
MADE_GOOD = ("reorder", "journal only")


@pytest.fixture
def desk(tmp_path: Path) -> Closed:
    """A closed desk with ten events, as somebody with the files but without the master key finds it."""
    return a_closed_ledger(tmp_path)


def _said(desk: Closed) -> str:
    """All that the next start and a verification say."""
    try:
        with a_ledger(desk.folder) as ledger:
            return " | ".join((*ledger.notices, ledger.writable, ledger.verify().finding))
    except LedgerUnavailable as refusal:
        return str(refusal)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_found(desk: Closed, attack: Attack) -> None:
    desk.put(attack.falsified(desk.events))
    assert SAID[attack.name] in _said(desk)


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.name in MADE_GOOD], ids=MADE_GOOD)
def test_what_the_database_still_holds_is_made_good(desk: Closed, attack: Attack) -> None:
    desk.put(attack.falsified(desk.events))
    for _ in range(2):
        with a_ledger(desk.folder) as ledger:
            assert ledger.events() == desk.events


def test_a_record_nobody_touched_says_nothing(desk: Closed) -> None:
    desk.put(Files(desk.events, desk.events))
    assert _said(desk) == " | "


def test_an_attack_that_was_not_found_is_named() -> None:
    assert attacks_in_words({"edit": True, "insert": True}) == "tampered with: 2 attacks, 2 found"
    assert attacks_in_words({"edit": True, "insert": False}) == "tampered with: 2 attacks, 1 found, not: insert"
