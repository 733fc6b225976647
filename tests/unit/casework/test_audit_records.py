"""What an auditor does with the chain is on the chain: verifying, taking the head along, exporting."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.accounts.roles import Role
from core.casework import audit_records
from core.casework.audit import AuditQuestion, audit_page
from core.casework.audit_records import (
    COLUMNS,
    Order,
    Verify,
    recorded_export,
    recorded_head,
    recorded_verification,
)
from core.casework.audit_words import Group
from core.casework.export import Form
from core.errors import ExportRefused, LedgerUnwritable, PermissionRefused
from core.ledger.event import Actor, Draft, Event
from core.ledger.head import Head
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, a_draft, a_ledger


@dataclass(frozen=True)
class Signed:
    """Somebody signed in."""

    user_name: str
    role: Role


AUDITOR = Signed("ines", Role.AUDITOR)
NAME = "solvent-audit-20260302-120000.csv"
EVERYTHING = Order(AuditQuestion(), Form.CSV, NAME)
CONSOLE = Signed("console", Role.CONSOLE)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with a_ledger(tmp_path) as opened:
        opened.append([a_draft("signed_in", subject="ana"), a_draft("exported", subject="=1+1")])
        yield opened


def _last(ledger: Ledger) -> Event:
    return ledger.event(ledger.head.count)


def _unwritable(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(drafts: Sequence[Draft]) -> tuple[Event, ...]:
        raise LedgerUnwritable("the disk is full")

    monkeypatch.setattr(ledger, "append", refuse)


def test_a_verification_says_what_it_found_and_that_it_was_done(ledger: Ledger) -> None:
    before = ledger.head
    found = recorded_verification(ledger, AUDITOR, address="10.0.0.9")
    assert (found.sound, found.events, found.head) == (True, 2, before)
    event = _last(ledger)
    assert (event.kind, event.subject, event.actor) == ("verified", "chain", Actor("ines", "auditor", "10.0.0.9"))
    assert event.public == {
        "sound": True,
        "events": 2,
        "first_bad": None,
        "finding": "",
        "warning": "",
        "whole": True,
        "against": None,
    }


def test_a_verification_from_the_last_verified_head_on_says_so(ledger: Ledger) -> None:
    recorded_verification(ledger, CONSOLE, Verify(since_head=True))
    assert _last(ledger).public["whole"] is False


def test_against_a_kept_head_the_whole_chain_is_verified(ledger: Ledger) -> None:
    kept = Head(1, bytes(32), NOON)
    recorded_verification(ledger, AUDITOR)
    found = recorded_verification(ledger, AUDITOR, Verify(against=kept, since_head=True))
    assert (found.sound, found.first_bad) == (False, 1)
    assert _last(ledger).public["against"] == 1
    assert _last(ledger).public["finding"] == found.finding
    assert found.finding.startswith("the chain was rewritten: event 1 is not the one that a head kept outside it names")


def test_while_nothing_can_be_written_what_was_found_is_said(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    _unwritable(ledger, monkeypatch)
    assert recorded_verification(ledger, AUDITOR).sound


def test_a_downloaded_head_holds_its_own_download_and_verifies(ledger: Ledger) -> None:
    before = ledger.head
    kept = recorded_head(ledger, AUDITOR, "10.0.0.9", "solvent-head-20260302-120000.json")
    assert Head.from_json(kept) == ledger.head
    event = _last(ledger)
    assert (event.kind, event.subject, event.sequence) == ("downloaded", "head", before.count + 1)
    assert event.public == {"file": "solvent-head-20260302-120000.json"}
    ledger.append([a_draft(), a_draft()])
    assert recorded_verification(ledger, AUDITOR, Verify(against=Head.from_json(kept))).sound


def test_a_downloaded_head_ends_with_its_own_event_whatever_is_written_meanwhile(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = ledger.append

    def and_somebody_else(drafts: list[Draft]) -> tuple[Event, ...]:
        own = append(drafts)
        append([a_draft()])
        return own

    monkeypatch.setattr(ledger, "append", and_somebody_else)
    kept = Head.from_json(recorded_head(ledger, AUDITOR))
    event = ledger.event(ledger.head.count - 1)
    assert (event.kind, kept.count, kept.hash) == ("downloaded", event.sequence, event.hash)


def test_no_head_leaves_unrecorded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    _unwritable(ledger, monkeypatch)
    with pytest.raises(LedgerUnwritable):
        recorded_head(ledger, AUDITOR)


def test_an_export_holds_the_rows_of_all_pages_in_the_pages_order(ledger: Ledger) -> None:
    shown = audit_page(ledger, AuditQuestion(rows_per_page=1), AUDITOR)
    written = recorded_export(ledger, Order(AuditQuestion(rows_per_page=1), Form.CSV, NAME), AUDITOR)
    rows = list(csv.DictReader(io.StringIO(written.decode())))
    assert tuple(rows[0]) == COLUMNS
    assert [row["sequence"] for row in rows] == ["2", "1"]
    assert rows[1]["what"] == "ana signed in."
    assert [row["hash"] for row in rows] == [ledger.event(number).hash.hex() for number in (2, 1)]
    assert rows[0]["hash"].startswith(shown.rows[0].hash)


def test_a_subject_that_looks_like_a_formula_is_no_formula(ledger: Ledger) -> None:
    question = AuditQuestion(groups=(Group.EXPORTS_AND_DOWNLOADS,))
    written = recorded_export(ledger, Order(question, Form.CSV, NAME), AUDITOR)
    (row,) = csv.DictReader(io.StringIO(written.decode()))
    assert row["subject"] == "'=1+1"


def test_a_parquet_file_holds_the_values_as_they_are(ledger: Ledger) -> None:
    table = pq.read_table(io.BytesIO(recorded_export(ledger, replace(EVERYTHING, form=Form.PARQUET), AUDITOR)))
    assert table.column_names == list(COLUMNS)
    assert table.column("subject").to_pylist() == ["=1+1", "ana"]
    assert table.column("at").to_pylist() == [NOON, NOON]


@pytest.mark.parametrize("form", Form)
def test_an_export_is_an_event_that_says_how_much_and_what(form: Form, ledger: Ledger) -> None:
    name = f"solvent-audit-20260302-120000.{form.value}"
    order = Order(AuditQuestion(groups=(Group.SIGN_INS,)), form, name)
    content = recorded_export(ledger, order, AUDITOR, "10.0.0.9")
    event = _last(ledger)
    assert (event.kind, event.subject, event.actor.address) == ("exported", "audit", "10.0.0.9")
    digest = hashlib.sha256(content).hexdigest()
    assert event.public == {
        "file": name,
        "format": form.value,
        "rows": 1,
        "filter": "sign-ins",
        "sha256": digest,
    }


def test_an_export_says_which_events_are_of_an_invented_past(ledger: Ledger) -> None:
    ledger.append([a_draft("decided", public={"demo": True})])
    rows = csv.DictReader(io.StringIO(recorded_export(ledger, EVERYTHING, AUDITOR).decode()))
    assert [row["demo"] for row in rows] == ["true", "false", "false"]


def test_an_export_of_nothing_is_a_line_of_names(ledger: Ledger) -> None:
    written = recorded_export(ledger, replace(EVERYTHING, question=AuditQuestion(actor="nobody")), AUDITOR)
    assert written.decode().replace('"', "") == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(("most", "refused"), [(1, True), (2, False)])
def test_more_than_a_file_should_hold_is_refused_and_not_recorded(
    most: int, refused: bool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_records, "MOST_EXPORTED_ROWS", most)
    if refused:
        with pytest.raises(ExportRefused, match="at most 1 events in one file, got 2; choose a shorter period"):
            recorded_export(ledger, EVERYTHING, AUDITOR)
    else:
        recorded_export(ledger, EVERYTHING, AUDITOR)
    assert ledger.head.count == (2 if refused else 3)


@pytest.mark.parametrize(
    "act",
    [
        recorded_verification,
        recorded_head,
        lambda ledger, acting: recorded_export(ledger, EVERYTHING, acting),
    ],
)
@pytest.mark.parametrize("role", Role)
def test_who_may(act: Callable[[Ledger, Signed], object], role: Role, ledger: Ledger) -> None:
    if role in (Role.AUDITOR, Role.CONSOLE):
        act(ledger, Signed("x", role))
        assert _last(ledger).actor.role == role.value
    else:
        with pytest.raises(PermissionRefused, match="Audit: "):
            act(ledger, Signed("x", role))
        assert ledger.head.count == 2
