"""Records that nobody can read though nobody erased them are counted, and said beside a sound chain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.accounts.people import CONSOLE
from core.casework.audit_records import recorded_verification
from core.casework.audit_words import sentence_of
from core.casework.erasure import ErasureOrder, Erasures
from core.casework.key_check import unreadable_applications, with_warning
from core.casework.kinds import VERIFIED
from core.casework.retention import Retention
from core.errors import LedgerUnavailable
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, SetClock, a_draft, a_ledger, a_sealed_draft
from tests.unit.portfolio.builders import a_contract, some_settings

ONE = "1 application cannot be read though nobody erased them; restore keys.sqlite from a newer backup."


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with a_ledger(tmp_path) as opened:
        opened.append([a_sealed_draft(opened, {"n": 1}, "a", "1"), a_sealed_draft(opened, {"n": 2}, "b", "2")])
        opened.append([a_draft(application="A-unsealed", applicant="P-unsealed")])
        yield opened


def test_while_every_sealed_record_has_its_key_nothing_is_said(ledger: Ledger) -> None:
    assert unreadable_applications(ledger) == 0
    assert recorded_verification(ledger, CONSOLE).warning == ""


def test_an_older_key_file_in_place_of_a_newer_one_is_a_warning_beside_a_sound_chain(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_sealed_draft(ledger, {"n": 1}, "a", "1")])
    (keys,) = tmp_path.rglob("keys.sqlite")
    shutil.copy(keys, tmp_path / "older")
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_sealed_draft(ledger, {"n": 2}, "b", "2"), a_sealed_draft(ledger, {"n": 3}, "b", "2")])
    for file in keys.parent.glob("keys.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "older", keys)
    with a_ledger(tmp_path) as ledger:
        found = recorded_verification(ledger, CONSOLE)
        assert (found.sound, found.warning) == (True, ONE)
        (event,) = ledger.events(kinds=[VERIFIED])
        assert sentence_of(event.kind, event.subject, event.public) == f"The chain of 3 events was found sound: {ONE}"


def test_a_person_who_was_forgotten_is_not_missed(ledger: Ledger, tmp_path: Path) -> None:
    order = ErasureOrder(ledger.event(1).application, "Asked for by letter", "k1")
    Erasures(ledger, some_settings(tmp_path / "desk"), a_contract()).carry_out(order, CONSOLE)
    assert unreadable_applications(ledger) == 0


def test_an_application_whose_time_was_over_is_not_missed(tmp_path: Path) -> None:
    clock = SetClock()
    with a_ledger(tmp_path, clock=clock) as ledger:
        ledger.append([a_sealed_draft(ledger, {"n": 1})])
        clock.now = far = NOON + timedelta(days=101)
        retention = Retention(ledger, 100)
        retention.carry_out(retention.due(far, CONSOLE), CONSOLE, far, "r1")
        assert unreadable_applications(ledger) == 0


def test_of_a_run_that_was_cut_short_after_the_keys_nothing_is_missed(ledger: Ledger) -> None:
    application = ledger.event(1).application
    ledger.append([a_draft("retention_begun", subject="retention", public={"application_ids": [application]})])
    ledger.keys.destroy_application(application)
    assert unreadable_applications(ledger) == 0
    ledger.keys.destroy_application(ledger.event(2).application)
    assert unreadable_applications(ledger) == 1


def test_what_was_found_is_said_when_the_keys_cannot_be_asked(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> frozenset[str]:
        raise LedgerUnavailable("Key file: it is damaged.")

    monkeypatch.setattr(ledger.keys, "with_a_key", damaged)
    found = with_warning(ledger.verify(), ledger)
    assert (found.sound, found.warning) == (True, "Key file: it is damaged.")
