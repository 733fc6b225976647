"""What leaves the desk: a file that no spreadsheet runs, of everything that was filtered, and an event that says so."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.accounts.people import Actor as Person
from core.accounts.roles import Role
from core.casework import history_export
from core.casework.export import Cell, Form, csv_bytes, file_name, parquet_bytes
from core.casework.history_export import ExportedFile, Order, recorded_export
from core.casework.history_question import EVER, HistoryQuestion, SortBy
from core.casework.readings import READINGS
from core.errors import ExportRefused, LedgerUnwritable, PermissionRefused
from core.ledger.event import Draft, Event
from tests.ledgers import a_ledger
from tests.unit.casework.history_tables import HistoryTables

ANA = Person("ana", Role.OFFICER)
NAME = "solvent-history-20261121-120000.csv"
ORDER = Order(HistoryQuestion(EVER), Form.CSV, NAME)


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\rx", "\nx", " =1", "＝1", "−x"])
def test_a_text_like_a_formula_gets_a_quote_in_front(text: str) -> None:
    quoted = f"'{text}" if text != "−x" else text  # a minus sign of typography begins no formula
    assert read_back(csv_bytes(["note"], [(text,)]))[1] == [quoted]


@pytest.mark.parametrize("text", ["a=1", "1-1", "'=1", "a@b", "", 'é, "quoted"\nin two lines'])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert read_back(csv_bytes(["note", "n"], [(text, 1)]))[1] == [text, "1"]


def test_numbers_stay_numbers_also_below_zero() -> None:
    assert csv_bytes(["n", "x"], [(-5, -2.5), (7, None)]) == b'"n","x"\n-5,-2.5\n7,\n'


def test_moments_truths_and_empty_columns_are_told() -> None:
    row = (datetime(2026, 11, 21, 9, 30, tzinfo=UTC), True, None)
    assert read_back(csv_bytes(["at", "yes", "none"], [row]))[1] == ["2026-11-21 09:30:00.000000Z", "true", ""]


def test_no_rows_are_a_line_of_names() -> None:
    assert csv_bytes(["a", "b"], []) == b'"a","b"\n'


def test_parquet_keeps_every_value_as_it_is() -> None:
    rows: list[tuple[Cell, ...]] = [("=1+1", -0.1, None), ("x", 2.0, 3)]
    table = pq.read_table(io.BytesIO(parquet_bytes(["text", "x", "n"], rows)))
    assert table.to_pylist() == [{"text": "=1+1", "x": -0.1, "n": None}, {"text": "x", "x": 2.0, "n": 3}]


def test_a_file_is_called_after_what_it_holds_and_the_second_by_utc() -> None:
    at = datetime(2026, 11, 21, 18, 32, 39, tzinfo=timezone(timedelta(hours=-3)))
    assert file_name("audit", at, "parquet") == "solvent-audit-20261121-213239.parquet"


def a_book(rows: int = 120) -> HistoryTables:
    tables = HistoryTables()
    for number in range(rows):
        tables.decided(f"a{number}", "approve" if number % 2 else "decline", amount=1_000.0 * number)
    return tables


def test_all_pages_of_the_filtered_rows_are_exported_in_the_asked_order() -> None:
    question = HistoryQuestion(EVER, decisions=("approve",), sort=SortBy.AMOUNT, page=2, rows_per_page=10)
    made = recorded_export(a_book(), replace(ORDER, question=question), ANA)
    names, *rows = read_back(made.content)
    assert made.rows == len(rows) == 60
    assert [float(row[names.index("amount")]) for row in rows] == [1_000.0 * n for n in range(119, 0, -2)]
    assert names[:6] == ["sequence", "at_utc", "application", "applicant", "officer", "role"]
    assert names[-3:] == ["state", "outcome", "observed_on"]


def test_both_forms_hold_the_same_rows() -> None:
    tables = a_book()
    text = read_back(recorded_export(tables, ORDER, ANA).content)
    table = pq.read_table(io.BytesIO(recorded_export(tables, replace(ORDER, form=Form.PARQUET), ANA).content))
    assert table.column_names == text[0]
    assert [str(value) for value in table.column("sequence").to_pylist()] == [row[0] for row in text[1:]]


def test_an_export_is_an_event_with_the_sum_of_the_file(tmp_path: Path) -> None:
    with a_ledger(tmp_path, READINGS) as ledger:
        made = recorded_export(ledger, ORDER, ANA, "10.0.0.7")
        event = ledger.latest("exported", "history")
    assert event is not None
    assert (event.actor.name, event.actor.role, event.actor.address) == ("ana", "officer", "10.0.0.7")
    assert event.public == {
        "file": NAME,
        "format": "csv",
        "rows": 0,
        "filter": "everything decided",
        "sha256": hashlib.sha256(made.content).hexdigest(),
    }
    assert made.name == NAME


def test_the_words_of_a_note_stay_out_of_the_event() -> None:
    tables = a_book()
    question = replace(ORDER.question, note="her secret")
    made = recorded_export(tables, replace(ORDER, question=question, notes=lambda asked: {5: "Her Secret"}), ANA)
    assert made.rows == 1
    assert "secret" not in str(tables.appended[0].public)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RISK_MANAGER, Role.DATA_SCIENTIST, Role.AUDITOR])
def test_whoever_reads_the_history_may_export_it(role: Role) -> None:
    assert recorded_export(HistoryTables(), ORDER, Person("eva", role)).rows == 0


def test_an_administrator_may_not_export_and_leaves_no_event() -> None:
    tables = a_book()
    with pytest.raises(PermissionRefused):
        recorded_export(tables, ORDER, Person("eva", Role.ADMINISTRATOR))
    assert tables.appended == []


def test_a_file_holds_as_many_rows_as_its_limit_and_not_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = a_book(10)
    monkeypatch.setattr(history_export, "MOST_EXPORTED_ROWS", 10)
    assert recorded_export(tables, ORDER, ANA).rows == 10
    tables.decided("one more")
    with pytest.raises(ExportRefused, match="at most 10 decisions in one file, got 11; choose a shorter period"):
        recorded_export(tables, ORDER, ANA)
    assert len(tables.appended) == 1


class Unwritable(HistoryTables):
    def append(self, drafts: list[Draft]) -> tuple[Event, ...]:
        raise LedgerUnwritable("Ledger: the disk is full.")


def test_nothing_leaves_the_desk_while_nothing_can_be_recorded() -> None:
    made: list[ExportedFile] = []
    with pytest.raises(LedgerUnwritable):
        made.append(recorded_export(Unwritable(), ORDER, ANA))
    assert made == []
