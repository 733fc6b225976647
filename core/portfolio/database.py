"""How DuckDB files are opened and built: read-only and hardened, or as a whole new file put in place at once.

A finished file never changes; a new one takes its place. So any number of processes may read it while
the next one is built, and a reader keeps the file it opened until it opens again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from core.durability import settle
from core.errors import PortfolioMissing, SolventError

BUILD_MEMORY = "3GB"  # DuckDB's own limit; the process peaks above it (see tests/bench)
REBUILD_MEMORY = "512MB"  # rows only pass through; it runs inside the app
READ_MEMORY = "1GB"
FILE_ALIAS = "file"

_NOTHING_FROM_OUTSIDE = (
    "set autoload_known_extensions = false",
    "set autoinstall_known_extensions = false",
    "set allow_community_extensions = false",
    "set allow_persistent_secrets = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


class Database:
    """A finished file opened to read: a cursor per use, safe from several threads."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, identity: tuple[int, ...]) -> None:
        self.path = path
        self._connection = connection
        self._identity = identity

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own: a shared one hands one thread another's answer."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"use {FILE_ALIAS}")  # not inherited by cursors
            yield cursor
        finally:
            cursor.close()

    def changed_on_disk(self) -> bool:
        """Whether the file was replaced (or removed) since it was opened."""
        try:
            return _identity(self.path) != self._identity
        except OSError:
            return True

    def close(self) -> None:
        self._connection.close()


def open_readonly(path: Path, remedy: str, threads: int = 1) -> Database:
    """The finished file at `path`; PortfolioMissing, ending in `remedy`, where there is none that can be read."""
    try:
        identity = _identity(path)
        connection = in_memory({FILE_ALIAS: path}, threads=threads)
    except FileNotFoundError as missing:
        raise PortfolioMissing(f"{path.name}: there is no such file in {path.parent}; {remedy}") from missing
    except (OSError, duckdb.Error) as damaged:
        raise PortfolioMissing(f"{path.name} in {path.parent} cannot be read as a portfolio; {remedy}") from damaged
    return Database(path, connection, identity)


def in_memory(attached: Mapping[str, Path] | None = None, threads: int = 1) -> duckdb.DuckDBPyConnection:
    """A hardened database in memory with these finished files attached to read (alias -> file).

    A file is attached, never opened by its path: DuckDB hands a process that still reads the replaced
    file at a path that old file again.
    """
    connection = duckdb.connect(":memory:", config={"threads": str(threads), "memory_limit": READ_MEMORY})
    try:
        _attach(connection, attached or {})
        _harden(connection, ())
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def building(
    path: Path,
    readable: Sequence[Path] = (),
    attached: Mapping[str, Path] | None = None,
    threads: int = 2,
    memory: str = BUILD_MEMORY,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new file that takes the place of `path` when the block ends well, and vanishes otherwise.

    `readable`: files or folders that SQL may read. `attached`: finished files to read, alias -> file.
    SolventError where another process is building in this folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with only_builder(path.parent):
        part = path.with_name(f".{path.name}.part")
        with _part(part, _build_config(part, threads, memory, in_order=False)) as connection:
            _attach(connection, attached or {})
            _harden(connection, readable)
            yield connection
        _put_in_place(part, path)


@contextmanager
def rebuilding(path: Path, threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new file that takes the place of `path`, which is attached as `file`; rows keep their order.

    For a caller who is the `only_builder` of the folder, because it replaces several files together.
    """
    part = path.with_name(f".{path.name}.part")
    with _part(part, _build_config(part, threads, REBUILD_MEMORY, in_order=True)) as connection:
        _attach(connection, {FILE_ALIAS: path})
        _harden(connection, ())
        yield connection
    _put_in_place(part, path)


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(words: str) -> str:
    """The words as an SQL text literal."""
    return "'" + words.replace("'", "''") + "'"


def _identity(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _attach(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> None:
    for alias, path in files.items():
        connection.execute(f"attach {literal(str(path))} as {quoted(alias)} (read_only)")


def _harden(connection: duckdb.DuckDBPyConnection, readable: Sequence[Path]) -> None:
    folders = [str(path.resolve()) for path in readable if path.is_dir()]
    files = [str(path.resolve()) for path in readable if not path.is_dir()]
    connection.execute(f"set allowed_directories = [{', '.join(map(literal, folders))}]")
    connection.execute(f"set allowed_paths = [{', '.join(map(literal, files))}]")
    for statement in _NOTHING_FROM_OUTSIDE:
        connection.execute(statement)


def _build_config(
    part: Path, threads: int, memory: str, in_order: bool
) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": str(threads),
        "memory_limit": memory,
        "temp_directory": str(_spill(part)),
        "preserve_insertion_order": str(in_order).lower(),  # `order by` is kept anyway; without it scans may stream
    }


@contextmanager
def only_builder(folder: Path) -> Iterator[None]:
    """While the block runs nobody else builds in this folder; SolventError where somebody does.

    The folder itself carries the lock: nothing is left behind by a builder that is killed.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise SolventError(f"{folder}: another process is building here; wait until it is done.") from busy
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _part(part: Path, config: dict[str, str | bool | int | float | list[str]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the new file, whole and closed when the block ends well, gone otherwise."""
    _remove_leftovers(part)
    try:
        connection = duckdb.connect(str(part), config=config)
        try:
            yield connection
            connection.execute("checkpoint")
        finally:
            connection.close()
    except BaseException:
        _remove_leftovers(part)
        raise


def _put_in_place(part: Path, path: Path) -> None:
    try:
        put_in_place(part, path)
    finally:
        _remove_leftovers(part)


def put_in_place(part: Path, path: Path) -> None:
    """The finished new file under its name, durable on return; whoever reads the old one keeps it."""
    settle(part)
    part.replace(path)
    settle(path.parent)


def _remove_leftovers(part: Path) -> None:
    for file in (part, part.with_name(part.name + ".wal")):
        file.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        shutil.rmtree(_spill(part))


def _spill(part: Path) -> Path:
    return part.with_name(part.name + ".spill")
