"""A forgotten applicant is in none of the desk's files; everybody else is in them as before."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.errors import ErasureRefused, SolventError
from core.portfolio.database import only_builder, open_readonly
from core.portfolio.erasing import Held, Holdings, erase, holdings
from core.portfolio.importing import import_tables
from core.portfolio.tables import Tables
from core.progress import silent
from core.settings import Settings
from tests.unit.portfolio.builders import (
    CLIENTS,
    LOANS,
    STATES,
    a_client,
    a_contract,
    a_source,
    a_whole_desk,
    some_settings,
    write_csv,
    write_parquet,
)

NOTHING = Holdings((), 0, (), ())
OF_ONE = Holdings(
    tables=(Held("Clients", 1), Held("States", 3), Held("Earlier loans", 2)),
    feature_rows=1,
    raw_files=(
        Held("loan_states.csv", 3),
        Held("clients_old.csv", 1),
        Held("loans.csv", 2),
        Held("truth.parquet", 1),
    ),
    out_of_reach=(),
)


@pytest.fixture
def desk(tmp_path: Path) -> Settings:
    return a_whole_desk(tmp_path / "desk")


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    database = open_readonly(file, "")
    try:
        with database.cursor() as cursor:
            return cursor.execute(f"select * from {table}").fetchall()
    finally:
        database.close()


def about(file: Path) -> dict[str, object]:
    return {str(key): json.loads(str(value)) for key, value in rows(file, "about")}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_there_is_on_an_applicant_is_counted_in_every_file(desk: Settings) -> None:
    assert holdings(desk, a_contract(), ["1"]) == OF_ONE
    assert OF_ONE.rows == 14


def test_the_rows_of_an_applicant_leave_every_table_and_the_others_keep_theirs_in_order(desk: Settings) -> None:
    before = rows(desk.tables_file, "raw_clients")

    assert erase(desk, a_contract(), ["1"]) == OF_ONE

    assert rows(desk.tables_file, "raw_clients") == before[1:]
    assert rows(desk.tables_file, "raw_loans") == [(30, 3, 5.5)]
    assert rows(desk.tables_file, "raw_states") == []
    assert rows(desk.features_file, "feature_rows") == [(2, None, (4.0, None)), (3, None, (6.0, None))]
    assert rows(desk.features_file, "feature_names") == [(0, "a"), (1, "b")]
    assert holdings(desk, a_contract(), ["1"]) == NOTHING


def test_several_applicants_leave_in_one_pass(desk: Settings) -> None:
    passed: list[str] = []
    erase(desk, a_contract(), ["1", " 3 ", "777"], passing=passed.append)

    assert [row[0] for row in rows(desk.tables_file, "raw_clients")] == [2]
    assert passed == [
        "loan_states.csv",
        "clients_old.csv",
        "loans.csv",
        "truth.parquet",
        "features.duckdb",
        "tables.duckdb",
    ]


def test_the_fingerprint_stays_and_the_forgotten_are_counted_once(desk: Settings) -> None:
    tables, features = about(desk.tables_file), about(desk.features_file)
    erase(desk, a_contract(), ["1"])
    erase(desk, a_contract(), ["1", "2"])

    after = about(desk.tables_file)
    assert after["erased"] == 2
    assert {key: after[key] for key in ("fingerprint", "imported_at", "missing_tables", "source", "rules")} == {
        key: tables[key] for key in ("fingerprint", "imported_at", "missing_tables", "source", "rules")
    }
    assert about(desk.features_file) == features | {"erased": 2}
    opened = Tables.open(desk.tables_file, a_contract())
    opened.close()
    assert opened.about.erased == 2


def test_nothing_is_written_for_somebody_who_is_not_here(desk: Settings) -> None:
    before = contents(desk.data_dir)
    assert erase(desk, a_contract(), ["777", "", "abc", "-1", "1e0", "9" * 19, "١"]) == NOTHING
    assert contents(desk.data_dir) == before


def test_the_lines_of_others_stay_the_very_bytes_they_were(desk: Settings) -> None:
    odd = '\ufeff"client_no",went_bad,note\r\n"1",1,"two\r\nlines"\r\n 01 ,0,x\r\n1.0,0,\r\n12,0,"a ""1"", b"\n2,,1\n'
    (desk.raw_dir / "odd.csv").write_bytes(odd.encode())
    (desk.raw_dir / "odd.csv.gz").write_bytes(gzip.compress(odd.encode()))
    (desk.raw_dir / "odd.csv").chmod(0o640)

    erase(desk, a_contract(), ["1"])

    left = '\ufeff"client_no",went_bad,note\r\n12,0,"a ""1"", b"\n2,,1\n'.encode()
    assert (desk.raw_dir / "odd.csv").read_bytes() == left
    assert gzip.decompress((desk.raw_dir / "odd.csv.gz").read_bytes()) == left
    assert (desk.raw_dir / "odd.csv").stat().st_mode & 0o777 == 0o640


def test_a_key_is_found_however_a_parquet_file_spells_it(desk: Settings) -> None:
    spelled = ((1, 2), (1.0, 1.5), ("1", "x"), (" 1.0 ", "11"))
    files = {
        write_parquet(desk.raw_dir / f"more_{n}.parquet", [{"client_no": one}, {"client_no": other}]): other
        for n, (one, other) in enumerate(spelled)
    }
    schemas = [pq.read_schema(file) for file in files]
    erase(desk, a_contract(), ["1"])
    assert [pq.read_table(file)["client_no"].to_pylist() for file in files] == [[other] for other in files.values()]
    assert all(pq.read_schema(file).equals(schema) for file, schema in zip(files, schemas, strict=True))


def test_a_raw_file_without_the_applicant_is_left_as_it_is(desk: Settings) -> None:
    file = write_csv(desk.raw_dir / "clients_new.csv", [a_client(9)])
    identity = file.stat()
    erase(desk, a_contract(), ["1"])
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (identity.st_ino, identity.st_mtime_ns)


@pytest.mark.parametrize("killed_after", [0, 2, 4])
def test_a_pass_that_ended_between_two_files_is_finished_by_the_next_one(desk: Settings, killed_after: int) -> None:
    steps: Iterator[int] = iter(range(6))

    def kill(file: str) -> None:
        if next(steps) == killed_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase(desk, a_contract(), ["1"], passing=kill)
    erase(desk, a_contract(), ["1"])

    assert holdings(desk, a_contract(), ["1"]) == NOTHING
    assert rows(desk.tables_file, "raw_states") == []
    assert (desk.raw_dir / "loan_states.csv").read_text() == "loan_no,month,state\n"
    assert about(desk.tables_file)["erased"] == about(desk.features_file)["erased"] == 1


def test_what_a_killed_pass_left_half_written_is_removed(desk: Settings) -> None:
    (desk.raw_dir / ".clients_old.csv.part").write_text("3,")
    (desk.data_dir / ".tables.duckdb.part").write_text("half")
    (desk.data_dir / ".tables.duckdb.part.spill").mkdir()
    erase(desk, a_contract(), ["1"])
    assert not list(desk.data_dir.rglob(".*.part*"))


def test_examples_of_bad_values_are_forgotten_because_each_was_somebodys(tmp_path: Path) -> None:
    own = some_settings(tmp_path)
    source = a_source(tmp_path / "source", (*CLIENTS, a_client(4, income="-31415"), *map(a_client, range(10, 20))))
    import_tables(source, a_contract(), own, False, silent)
    assert "-31415" in json.dumps(about(own.tables_file)["report"])

    erase(own, a_contract(), ["4"])

    told = json.dumps(about(own.tables_file)["report"])
    assert "-31415" not in told
    assert '"count": 1, "example": null' in told


def test_a_raw_file_that_cannot_be_searched_is_refused_before_anything_is_written(desk: Settings) -> None:
    (desk.raw_dir / "bad.parquet").write_bytes(b"not Parquet")
    before = contents(desk.data_dir)
    with pytest.raises(ErasureRefused, match=r"bad\.parquet .* cannot be searched .* move it out"):
        erase(desk, a_contract(), ["1"])
    assert contents(desk.data_dir) == before


def test_raw_tables_outside_the_desk_are_named_and_left_alone(tmp_path: Path) -> None:
    own = some_settings(tmp_path / "desk")
    source = a_source(tmp_path / "elsewhere")
    import_tables(source, a_contract(), own, False, silent)
    own.raw_dir.symlink_to(source)
    before = contents(source)

    there = erase(own, a_contract(), ["1"])

    assert contents(source) == before
    assert there.raw_files == ()
    assert [str(source) in words for words in there.out_of_reach] == [True, True]


def test_a_raw_file_that_is_a_link_is_named(desk: Settings, tmp_path: Path) -> None:
    elsewhere = write_csv(tmp_path / "loans.csv", LOANS)
    (desk.raw_dir / "loans.csv").unlink()
    (desk.raw_dir / "loans.csv").symlink_to(elsewhere)
    assert "loans.csv is a link" in erase(desk, a_contract(), ["1"]).out_of_reach[0]
    assert "11,1,10.0" in elsewhere.read_text()


def test_a_desk_without_portfolio_holds_nothing(tmp_path: Path) -> None:
    own = some_settings(tmp_path / "empty")
    assert erase(own, a_contract(), ["1"]) == NOTHING


def test_nothing_is_erased_while_somebody_builds_in_the_folder(desk: Settings) -> None:
    with only_builder(desk.data_dir), pytest.raises(SolventError, match="another process is building"):
        erase(desk, a_contract(), ["1"])
    assert holdings(desk, a_contract(), ["1"]) == OF_ONE


def test_a_reader_keeps_the_file_it_opened_and_sees_that_it_was_replaced(desk: Settings) -> None:
    opened = Tables.open(desk.tables_file, a_contract())
    try:
        erase(desk, a_contract(), ["1"])
        assert opened.application("1")["client_no"] == 1
        assert opened.changed_on_disk()
    finally:
        opened.close()


def test_states_are_those_of_the_clients_own_loans(desk: Settings) -> None:
    assert {row["loan_no"] for row in STATES} == {10, 11}
    assert holdings(desk, a_contract(), ["3"]).tables == (Held("Clients", 1), Held("Earlier loans", 1))
