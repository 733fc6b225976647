"""An import is whole or refused by name; its report counts what was found."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import ImportRefused
from core.portfolio.database import open_readonly
from core.portfolio.import_report import BadValues, ImportReport
from core.portfolio.importing import import_tables
from core.progress import silent
from tests.unit.portfolio.builders import (
    CLIENTS,
    LOANS,
    STATES,
    Row,
    a_client,
    a_contract,
    a_source,
    some_settings,
    write_csv,
    write_parquet,
)


def imported(source: Path, desk: Path, *, replace: bool = False) -> ImportReport:
    return import_tables(source, a_contract(), some_settings(desk), replace, silent)


def stored(desk: Path, table: str) -> list[tuple[object, ...]]:
    database = open_readonly(some_settings(desk).tables_file, "")
    try:
        with database.cursor() as cursor:
            return cursor.execute(f"select * from raw_{table}").fetchall()
    finally:
        database.close()


def bad_values(tmp_path: Path, *clients: Row) -> tuple[BadValues, ...]:
    report = imported(a_source(tmp_path / "source", (*clients, *(a_client(n) for n in range(100, 110)))), tmp_path)
    return report.tables[0].bad_values


def test_the_tables_are_stored_as_the_contract_says_in_the_order_they_are_looked_up(tmp_path: Path) -> None:
    imported(a_source(tmp_path / "source"), tmp_path)

    assert stored(tmp_path, "clients") == [
        (1, 1, None, "n/a", -12000, 1, 1, 0.25),
        (2, None, 30000.5, "car", 999999, 1, 1, 0.25),
        (3, 0, 30000.5, "car", -12000, 1, 1, 0.25),
    ]
    assert stored(tmp_path, "loans") == [(10, 1, None), (11, 1, 10.0), (30, 3, 5.5)]
    assert [row[0] for row in stored(tmp_path, "states")] == [10, 11, 11]


def test_the_report_counts_rows_applicants_and_outcomes(tmp_path: Path) -> None:
    report = imported(a_source(tmp_path / "source"), tmp_path)

    assert (report.applicants, report.labelled, report.unlabelled, report.defaults) == (3, 2, 1, 1)
    assert [(t.table, t.rows, t.applicants) for t in report.tables] == [
        ("clients", 3, 3),
        ("states", 3, 1),
        ("loans", 3, 2),
    ]
    assert report.tables[2].applicant_share == pytest.approx(2 / 3)
    assert report.missing_tables == ()
    assert all(not table.bad_values for table in report.tables)


def test_what_was_found_stands_in_the_file(tmp_path: Path) -> None:
    report = imported(a_source(tmp_path / "source"), tmp_path)

    database = open_readonly(some_settings(tmp_path).tables_file, "")
    with database.cursor() as cursor:
        about = {k: json.loads(v) for k, v in cursor.execute("select key, value from about").fetchall()}
    database.close()
    assert set(about) == {"fingerprint", "imported_at", "missing_tables", "report", "rules", "source"}
    assert about["fingerprint"] == report.fingerprint
    assert about["report"] == json.loads(json.dumps(report.as_json()))


def test_csv_zipped_csv_and_parquet_of_the_same_content_have_one_fingerprint(tmp_path: Path) -> None:
    plain = imported(a_source(tmp_path / "csv"), tmp_path / "a")
    for name, rows in (("clients_old", CLIENTS), ("LOANS", LOANS), ("loan_states", STATES)):
        write_parquet(tmp_path / "parquet" / f"{name}.parquet", list(reversed(rows)))
        text = write_csv(tmp_path / "text" / f"{name}.csv", rows).read_bytes()
        (tmp_path / "zipped").mkdir(exist_ok=True)
        (tmp_path / "zipped" / f"{name}.CSV.gz").write_bytes(gzip.compress(text))

    assert imported(tmp_path / "parquet", tmp_path / "b").fingerprint == plain.fingerprint
    assert imported(tmp_path / "zipped", tmp_path / "c").fingerprint == plain.fingerprint


@pytest.mark.parametrize("changed", [a_client(3, income=30000.6), a_client(4), a_client(3, purpose="home")])
def test_other_content_has_another_fingerprint(tmp_path: Path, changed: Row) -> None:
    one = imported(a_source(tmp_path / "one"), tmp_path / "a")
    other = imported(a_source(tmp_path / "other", (changed, *CLIENTS[1:])), tmp_path / "b")

    assert one.fingerprint != other.fingerprint


def test_values_that_change_places_change_the_fingerprint(tmp_path: Path) -> None:
    one = (a_client(1, income=10), a_client(2, income=20))
    other = (a_client(1, income=20), a_client(2, income=10))

    prints = {
        imported(a_source(tmp_path / n, rows), tmp_path / f"d{n}").fingerprint for n, rows in (("1", one), ("2", other))
    }

    assert len(prints) == 2


def test_files_of_one_table_are_united_and_a_part_without_the_target_is_unlabelled(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source", CLIENTS[:2])
    new = {name: value for name, value in a_client(9).items() if name != "went_bad"}
    write_parquet(source / "clients_new.parquet", [new])

    report = imported(source, tmp_path)

    assert (report.applicants, report.labelled) == (3, 2)
    assert report.tables[0].files == ("clients_new.parquet", "clients_old.csv")
    assert report.tables[0].partly_missing_columns == ()
    assert stored(tmp_path, "clients")[-1][:2] == (9, None)


def test_a_missing_child_table_is_empty_and_said(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source", complete=False)
    write_csv(source / "Loans_PARTIAL.csv", LOANS)

    report = imported(source, tmp_path)

    assert report.missing_tables == ("states", "loans")
    assert report.ignored_files == ("Loans_PARTIAL.csv",)
    assert (
        "Earlier loans: missing (Loans_PARTIAL.csv is not the whole table); its features will be null" in report.lines()
    )
    assert stored(tmp_path, "loans") == []


def test_one_file_is_the_main_table_alone(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")

    report = imported(source / "clients_old.csv", tmp_path)

    assert report.applicants == 3
    assert report.missing_tables == ("states", "loans")


def test_files_and_columns_that_nobody_knows_are_named_and_ignored(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source", [row | {"shoe_size": 43} for row in CLIENTS])
    (source / "notes.txt").write_text("hello")
    (source / ".hidden").write_text("hello")

    report = imported(source, tmp_path)

    assert report.ignored_files == ("notes.txt",)
    assert report.tables[0].unknown_columns == ("shoe_size",)


def test_a_missing_column_is_null_and_named(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != "rating"} for row in CLIENTS]

    report = imported(a_source(tmp_path / "source", rows), tmp_path)

    assert report.tables[0].missing_columns == ("rating",)
    assert report.tables[0].bad_values == ()
    assert {row[-1] for row in stored(tmp_path, "clients")} == {None}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("income", 0, None),
        ("income", -0.01, "out of range"),
        ("income", 1e6, None),
        ("income", 1000000.01, "out of range"),
        ("income", "nan", "not a finite number"),
        ("income", "-inf", "not a finite number"),
        ("income", "a lot", "not a number"),
        ("purpose", "home", None),
        ("purpose", "n/a", None),
        ("purpose", "boat", "not among the choices"),
        ("age_days", -30000, None),
        ("age_days", -30001, "out of range"),
        ("age_days", 999999, None),
        ("age_days", 999998, "out of range"),
        ("children", 20, None),
        ("children", 21, "out of range"),
        ("children", -1, "out of range"),
        ("children", "2.0", None),
        ("children", 1.5, "not a whole number"),
        ("owner", 0, None),
        ("owner", 2, "out of range"),
        ("went_bad", 2, "out of range"),
        ("went_bad", None, None),
    ],
)
def test_a_value_that_breaks_a_rule_is_counted_with_an_example_and_null(
    tmp_path: Path, field: str, value: object, rule: str | None
) -> None:
    found = bad_values(tmp_path, a_client(1, **{field: value}))

    assert found == (() if rule is None else (BadValues(field, rule, 1, str(value)),))
    position = list(a_client(1)).index(field)
    assert (stored(tmp_path, "clients")[0][position] is None) == (rule is not None or value is None)


def test_a_value_that_is_required_and_missing_is_counted(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    write_csv(source / "loan_states.csv", [*STATES, {"loan_no": 30, "month": None, "state": "paid"}])

    report = imported(source, tmp_path)

    assert report.tables[1].bad_values == (BadValues("month", "missing where a value is required", 1, None),)


def test_rows_of_unknown_applicants_are_left_out_and_counted_down_to_the_grandchildren(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    write_csv(source / "loans.csv", [*LOANS, {"loan_no": 99, "client_no": 77, "amount": 1}])
    write_csv(source / "loan_states.csv", [*STATES, {"loan_no": 99, "month": 0, "state": "paid"}])

    report = imported(source, tmp_path)

    assert [(t.table, t.rows, t.orphan_rows) for t in report.tables[1:]] == [("states", 3, 1), ("loans", 3, 1)]


def test_half_of_a_column_may_be_of_the_wrong_type_and_more_may_not(tmp_path: Path) -> None:
    half = [a_client(1, rating="x"), a_client(2, rating="y"), a_client(3), a_client(4), a_client(5, rating=None)]

    report = imported(a_source(tmp_path / "half", half), tmp_path / "a")

    assert report.tables[0].bad_values == (BadValues("rating", "not a number", 2, "x"),)
    with pytest.raises(ImportRefused, match=r"clients_old\.csv: column rating has the wrong type.*'x'"):
        imported(a_source(tmp_path / "more", [*half[:3], a_client(5, rating=None)]), tmp_path / "b")


def test_numbers_where_words_are_expected_are_a_wrong_type_and_new_words_are_not(tmp_path: Path) -> None:
    words = [a_client(n, purpose="boat") for n in (1, 2)]

    assert imported(a_source(tmp_path / "words", words), tmp_path / "a").tables[0].bad_values[0].count == 2
    with pytest.raises(ImportRefused, match="column purpose has the wrong type"):
        imported(a_source(tmp_path / "numbers", [a_client(n, purpose=n) for n in (1, 2)]), tmp_path / "b")


def without(column: str, rows: tuple[Row, ...]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != column} for row in rows]


def refused(tmp_path: Path, source: Path) -> str:
    """The refusal; nothing may have changed on disk."""
    desk = tmp_path / "desk"
    with pytest.raises(ImportRefused) as refusal:
        imported(source, desk)
    assert not desk.exists() or not list(desk.iterdir())
    return str(refusal.value)


@pytest.mark.parametrize(
    ("file", "rows", "words"),
    [
        ("clients_old.csv", without("client_no", CLIENTS), "clients_old.csv: the key column client_no is missing"),
        ("clients_old.csv", without("went_bad", CLIENTS), "clients_old.csv: the target column went_bad is missing"),
        ("loans.csv", without("client_no", LOANS), "loans.csv: the key column client_no is missing"),
        ("loans.csv", without("loan_no", LOANS), "loans.csv: the key column loan_no is missing"),
        ("loan_states.csv", without("loan_no", STATES), "loan_states.csv: the key column loan_no is missing"),
        ("clients_old.csv", [*CLIENTS, a_client(3), a_client(1)], "2 duplicate keys in client_no (for example 1)"),
        ("loans.csv", [*LOANS, LOANS[0]], "loans.csv: 1 duplicate keys in loan_no (for example 30)"),
        ("clients_old.csv", [*CLIENTS, a_client(None)], "1 of 4 rows have no usable key in client_no"),
        ("clients_old.csv", [*CLIENTS, a_client("4a")], "'4a'"),
        ("clients_old.csv", [*CLIENTS, a_client("1.5")], "no usable key"),
        ("clients_old.csv", [*CLIENTS, a_client(2**53)], "no usable key"),
        ("clients_old.csv", [*CLIENTS, a_client(-1)], "no usable key"),
    ],
)
def test_tables_that_cannot_be_told_apart_are_refused_by_name(
    tmp_path: Path, file: str, rows: list[Row], words: str
) -> None:
    source = a_source(tmp_path / "source")
    write_csv(source / file, rows)

    assert words in refused(tmp_path, source)


def test_the_largest_exact_key_is_taken(tmp_path: Path) -> None:
    imported(a_source(tmp_path / "source", [a_client(2**53 - 1)], complete=False), tmp_path)

    assert stored(tmp_path, "clients")[0][0] == 2**53 - 1


def test_an_empty_main_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clients_old.csv").write_text(",".join(a_client(1)) + "\n")

    assert "the main table has no rows" in refused(tmp_path, tmp_path / "clients_old.csv")


def test_a_folder_without_the_main_table_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "source" / "loans.csv", LOANS)

    assert "the main table is missing; expected a file clients_old.csv" in refused(tmp_path, tmp_path / "source")
    assert "the main table is missing" in refused(tmp_path, tmp_path / "source" / "loans.csv")


def test_a_place_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "there is no such folder or file" in refused(tmp_path, tmp_path / "nowhere")


def test_one_table_in_two_formats_is_refused(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    write_parquet(source / "LOANS.parquet", LOANS)

    assert "LOANS.parquet and loans.csv: the same table twice" in refused(tmp_path, source)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("clients_old.csv", b"", "does not name the columns"),
        ("clients_old.csv", "client_no,größe\n1,2\n".encode("latin-1"), "is not UTF-8 text"),
        ("clients_old.csv", b"client_no,went_bad\n" + b"1,0\n" * 9000 + b"2,\xff\n", "cannot be read"),
        ("clients_old.csv", b"client_no,went_bad\n1,0\n2,0,7\n", "cannot be read"),
        ("clients_old.csv", b"client_no,went_bad,CLIENT_NO\n1,0,2\n", "two columns are called 'client_no'"),
        ("clients_old.csv", b"client_no;went_bad\n1;0\n", "the key column client_no is missing"),
        ("clients_old.csv.gz", b"\x1f\x8bgarbage", "is not a readable CSV file"),
        (
            "clients_old.csv.gz",
            gzip.compress(b"client_no,went_bad\n" + b"1,0\n" * 9000, mtime=0)[:40],
            "clients_old.csv.gz",
        ),
        ("clients_old.parquet", b"PAR1garbage", "is not a readable Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / name).write_bytes(content)

    message = refused(tmp_path, tmp_path / "source")

    assert words in message
    assert message.startswith(name)


@given(content=st.binary(max_size=300), name=st.sampled_from(["clients_old.csv", "clients_old.parquet", "loans.csv"]))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_are_refused_calmly_or_have_no_usable_row(tmp_path: Path, content: bytes, name: str) -> None:
    source = a_source(tmp_path / "source")
    (source / "clients_old.parquet").unlink(missing_ok=True)
    if name.endswith(".parquet"):
        (source / "clients_old.csv").unlink()
    (source / name).write_bytes(content)

    with pytest.raises(ImportRefused):
        imported(source, tmp_path, replace=True)


def test_another_portfolio_needs_replace(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    imported(source, tmp_path)
    other = a_source(tmp_path / "other", [a_client(5)], complete=False)

    with pytest.raises(ImportRefused, match="there is a portfolio already; add --replace"):
        imported(other, tmp_path)
    assert len(stored(tmp_path, "clients")) == 3

    imported(other, tmp_path, replace=True)
    assert len(stored(tmp_path, "clients")) == 1


def test_a_refused_replacement_leaves_the_portfolio_as_it_was(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    imported(a_source(tmp_path / "source"), desk)
    before = some_settings(desk).tables_file.read_bytes()

    with pytest.raises(ImportRefused):
        imported(a_source(tmp_path / "twice", [a_client(5), a_client(5)]), desk, replace=True)

    assert some_settings(desk).tables_file.read_bytes() == before
    assert [path.name for path in desk.iterdir()] == ["tables.duckdb"]


def test_a_folder_whose_name_looks_like_a_pattern_is_read_as_it_is_called(tmp_path: Path) -> None:
    assert imported(a_source(tmp_path / "it's [a] folder*"), tmp_path / "desk").applicants == 3


def test_a_link_to_a_file_elsewhere_is_followed(tmp_path: Path) -> None:
    elsewhere = write_csv(tmp_path / "elsewhere" / "x.csv", CLIENTS)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "clients_old.csv").symlink_to(elsewhere)

    assert imported(tmp_path / "source", tmp_path / "desk").applicants == 3
