"""A finished file is read by many and replaced whole; a build that fails leaves nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core.errors import PortfolioMissing, SolventError
from core.portfolio.database import building, in_memory, open_readonly

REMEDY = "run: make run"


def write_number(path: Path, number: int) -> None:
    with building(path) as connection:
        connection.execute(f"create table numbers as select {number} as number")


def number_in(path: Path) -> int:
    database = open_readonly(path, REMEDY)
    try:
        with database.cursor() as cursor:
            return int(cursor.execute("select number from numbers").fetchall()[0][0])
    finally:
        database.close()


def test_what_was_built_is_read_and_nothing_else_lies_beside_it(tmp_path: Path) -> None:
    write_number(tmp_path / "desk" / "a.duckdb", 7)

    assert number_in(tmp_path / "desk" / "a.duckdb") == 7
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["a.duckdb"]


def test_a_failed_build_leaves_the_old_file_in_use_and_no_half_file(tmp_path: Path) -> None:
    write_number(tmp_path / "a.duckdb", 7)

    def interrupted() -> None:
        with building(tmp_path / "a.duckdb") as connection:
            connection.execute("create table numbers as select 8 as number")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert number_in(tmp_path / "a.duckdb") == 7
    assert [path.name for path in tmp_path.iterdir()] == ["a.duckdb"]


def test_a_killed_build_is_cleaned_up_by_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    killed = (
        "import os, sys, pathlib\n"
        "from core.portfolio.database import building\n"
        "with building(pathlib.Path(sys.argv[1])) as c:\n"
        "    c.execute('create table half as select range as x from range(1000)')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", killed, str(path)], check=False)
    assert not path.exists()
    assert any(tmp_path.iterdir())

    write_number(path, 7)

    assert [file.name for file in tmp_path.iterdir()] == ["a.duckdb"]


def test_a_second_builder_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with building(tmp_path / "a.duckdb"), pytest.raises(SolventError, match="another process is building"):
        write_number(tmp_path / "b.duckdb", 1)


def test_a_reader_keeps_its_file_and_says_that_a_newer_one_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    write_number(path, 7)
    old = open_readonly(path, REMEDY)
    assert not old.changed_on_disk()

    write_number(path, 8)

    assert old.changed_on_disk()
    assert number_in(path) == 8
    with old.cursor() as cursor:
        assert cursor.execute("select number from numbers").fetchall() == [(7,)]
    old.close()


def test_a_removed_file_counts_as_changed(tmp_path: Path) -> None:
    write_number(tmp_path / "a.duckdb", 7)
    database = open_readonly(tmp_path / "a.duckdb", REMEDY)

    (tmp_path / "a.duckdb").unlink()

    assert database.changed_on_disk()
    database.close()


def test_another_process_reads_the_same_file_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    write_number(path, 7)
    database = open_readonly(path, REMEDY)
    reader = (
        "import sys, pathlib\n"
        "from core.portfolio.database import open_readonly\n"
        "with open_readonly(pathlib.Path(sys.argv[1]), '').cursor() as c:\n"
        "    print(c.execute('select number from numbers').fetchall()[0][0])\n"
    )

    second = subprocess.run([sys.executable, "-c", reader, str(path)], capture_output=True, text=True, check=True)

    assert second.stdout == "7\n"
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "copy numbers to 'x.csv'",
        "set threads = 8",
        "drop table numbers",
    ],
)
def test_an_open_file_reaches_nothing_outside_and_is_never_changed(tmp_path: Path, statement: str) -> None:
    write_number(tmp_path / "a.duckdb", 7)
    database = open_readonly(tmp_path / "a.duckdb", REMEDY)

    with database.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement)

    database.close()


def test_a_build_reads_only_the_folders_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv").write_text("x\n1\n")

    with building(tmp_path / "desk" / "a.duckdb", readable=[tmp_path / "source"]) as connection:
        rows = connection.execute(f"select * from read_csv('{tmp_path}/source/a.csv')").fetchall()
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"select * from read_csv('{tmp_path}/b.csv')")

    assert rows == [(1,)]


def test_finished_files_are_attached_to_a_database_in_memory_and_to_a_build(tmp_path: Path) -> None:
    write_number(tmp_path / "a.duckdb", 7)
    memory = in_memory({"source": tmp_path / "a.duckdb"})
    assert memory.execute("select number from source.numbers").fetchall() == [(7,)]

    with building(tmp_path / "b.duckdb", attached={"source": tmp_path / "a.duckdb"}) as connection:
        connection.execute("create table numbers as select number + 1 as number from source.numbers")

    assert number_in(tmp_path / "b.duckdb") == 8
    memory.close()


@pytest.mark.parametrize("content", [None, b"", b"not a database" * 1000])
def test_a_missing_or_damaged_file_is_named_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "tables.duckdb"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(PortfolioMissing, match=r"tables\.duckdb.*run: make run"):
        open_readonly(path, REMEDY)


def test_a_truncated_file_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "tables.duckdb"
    write_number(path, 7)
    path.write_bytes(path.read_bytes()[:13_000])

    with pytest.raises(PortfolioMissing, match="cannot be read"):
        open_readonly(path, REMEDY)
