"""What runs beside the pages: verifying the record, which rests for them and ends with the app."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import cast

import pytest

from core.ledger.head import NO_EVENTS, Head
from core.ledger.ledger import Ledger
from core.ledger.verification import Verification
from core.progress import Progress
from pages._ui import beside
from pages._ui.beside import Verifying

SOUND = Verification(3, True, None, "", Head(3, bytes(32), datetime(2026, 11, 21, tzinfo=UTC)))
CUT = Verification(2, False, 3, "event 3 was edited", NO_EVENTS)


class FakeLedger:
    """Verifies in two steps, each of which reports itself."""

    def __init__(self, *found: Verification) -> None:
        self.found = list(found)
        self.asked: list[bool] = []

    def verify(self, progress: Progress, since_head: bool) -> Verification:
        self.asked.append(since_head)
        progress("Verifying the chain", 0.5)
        return self.found.pop(0)


@pytest.fixture(autouse=True)
def _keys_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "with_warning", lambda found, ledger: found)


def _ledger(*found: Verification) -> tuple[FakeLedger, Ledger]:
    fake = FakeLedger(*found)
    return fake, cast("Ledger", fake)


def test_first_what_is_new_is_verified_then_everything() -> None:
    fake, ledger = _ledger(SOUND, SOUND)
    verifying = Verifying()
    assert verifying.found is None
    verifying.run(ledger)
    assert fake.asked == [True, False]
    assert verifying.found == SOUND


def test_what_cannot_be_read_is_known_to_the_pages_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "with_warning", lambda found, ledger: replace(found, warning="One cannot be read."))
    _, ledger = _ledger(SOUND, SOUND)
    verifying = Verifying()
    verifying.run(ledger)
    assert verifying.found == replace(SOUND, warning="One cannot be read.")


def test_a_record_that_is_not_sound_is_in_the_log_and_kept_for_the_pages(caplog: pytest.LogCaptureFixture) -> None:
    fake, ledger = _ledger(CUT)
    verifying = Verifying()
    with caplog.at_level(logging.ERROR, "solvent"):
        verifying.run(ledger)
    assert fake.asked == [True]
    assert verifying.found == CUT
    assert "not sound from event 3 on: event 3 was edited" in caplog.text


def test_verifying_ends_with_the_app_and_touches_the_ledger_no_more() -> None:
    fake, ledger = _ledger(SOUND, SOUND)
    verifying = Verifying()
    verifying.end()
    thread = Thread(target=verifying.run, args=(ledger,))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert fake.asked == [True]
    assert verifying.found is None


def test_where_no_socket_can_be_made_the_pages_work_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    (tmp_path / "desk.sock").write_text("not a socket")
    with caplog.at_level(logging.WARNING, "solvent"), beside.commands():
        assert "commands beside the app: Channel" in caplog.text
    assert (tmp_path / "desk.sock").read_text() == "not a socket"
