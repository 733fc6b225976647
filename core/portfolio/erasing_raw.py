"""Applicants' rows in the desk's own raw files: counted, and left out when a file is written anew."""

from __future__ import annotations

import csv
import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from core.errors import ErasureRefused, ImportRefused
from core.portfolio.contract import Contract, Table
from core.portfolio.database import put_in_place
from core.portfolio.erasing_csv import CsvRows
from core.portfolio.erasing_keys import Forgotten, Links
from core.portfolio.erasing_parquet import ParquetRows
from core.portfolio.import_source import Format, columns_of, format_of, stem_of
from core.settings import Settings


@dataclass(frozen=True)
class OwnFile:
    """A raw file with rows of applicants, and the column by which they are found."""

    path: Path
    column: str  # as the file spells it
    via: str  # the table whose links its values are; empty: they are applicants' keys

    def values(self, forgotten: Forgotten) -> frozenset[int]:
        return forgotten.links.get(self.via, frozenset()) if self.via else forgotten.numbers


def is_own(settings: Settings, place: Path) -> bool:
    """Whether files at this place are the desk's own raw tables, so that it may write them anew."""
    raw, found = settings.raw_dir.resolve(), place.resolve()
    return raw in (found, found.parent) and raw.is_relative_to(settings.data_dir.resolve())


def files(settings: Settings, contract: Contract) -> tuple[OwnFile, ...]:
    """The raw files that can hold an applicant's rows, those that are found through others first.

    ErasureRefused where one cannot be read: nobody could say whether the person is in it.
    """
    if not settings.raw_dir.is_dir() or not is_own(settings, settings.raw_dir):
        return ()
    places = sorted(path for path in settings.raw_dir.iterdir() if path.is_file() and format_of(path))
    found = [own for path in places if (own := _own_file(path, contract))]
    return tuple(sorted(found, key=lambda own: own.via == ""))


def links_to_elsewhere(settings: Settings) -> tuple[str, ...]:
    """Raw files that are links: what they lead to stays as it is."""
    return tuple(path.name for path in sorted(settings.raw_dir.glob("*")) if path.is_symlink())


def rows_in(file: OwnFile, forgotten: Forgotten) -> int:
    values = file.values(forgotten)
    if not values:
        return 0
    with _searchable(file.path):
        return _rows(file.path).count(file.column, values)


def links(settings: Settings, contract: Contract, numbers: frozenset[int]) -> Links:
    """The values by which rows of a child's child belong to these applicants, as the raw parents have them."""
    found: dict[str, frozenset[int]] = {}
    for table in contract.tables:
        if table.via:
            parent = next(parent for parent in contract.tables if parent.name == table.via.table)
            paths = [own.path for own in files(settings, contract) if _is_of(own.path, parent)]
            values = (_links_in(path, contract.portfolio.key, table.via.column, numbers) for path in paths)
            found[table.name] = frozenset().union(*values)
    return found


def erase_from(file: OwnFile, forgotten: Forgotten) -> None:
    """The file without the rows of the forgotten; every other row as it was."""
    part = _part_of(file.path)
    try:
        _rows(file.path).write_without(file.column, file.values(forgotten), part)
        shutil.copymode(file.path, part)
        put_in_place(part, file.path)
    finally:
        part.unlink(missing_ok=True)


def remove_leftovers(settings: Settings) -> None:
    """A killed pass leaves a file nobody opens; it holds people who may be forgotten by now."""
    for folder, pattern in ((settings.raw_dir, ".*.part"), (settings.data_dir, ".*.duckdb.part*")):
        for left in folder.glob(pattern):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()


def _own_file(path: Path, contract: Contract) -> OwnFile | None:
    with _searchable(path):
        columns = columns_of(path)
    spelled = {name.lower(): name for name in columns}
    if own := spelled.get(contract.portfolio.key.lower()):
        return OwnFile(path, own, "")
    for table in contract.tables:
        if table.via and _is_of(path, table) and (link := spelled.get(table.via.column.lower())):
            return OwnFile(path, link, table.name)
    return None


def _is_of(path: Path, table: Table) -> bool:
    return stem_of(path) in {stem.lower() for stem in table.files}


def _rows(path: Path) -> CsvRows | ParquetRows:
    if format_of(path) is Format.PARQUET:
        return ParquetRows(path)
    return CsvRows(path, gzip.open if format_of(path) is Format.ZIPPED_CSV else open)


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _links_in(path: Path, key: str, link: str, numbers: frozenset[int]) -> frozenset[int]:
    with _searchable(path):
        spelled = {name.lower(): name for name in columns_of(path)}
        if link.lower() not in spelled:
            return frozenset()
        pairs = _rows(path).pairs(spelled[key.lower()], spelled[link.lower()])
        return frozenset(value for number, value in pairs if number in numbers and value is not None)


@contextmanager
def _searchable(path: Path) -> Iterator[None]:
    try:
        yield
    except (ImportRefused, OSError, EOFError, pa.ArrowException, csv.Error, UnicodeDecodeError, IndexError) as damaged:
        raise ErasureRefused(
            f"{path.name} in {path.parent}: cannot be searched for the person; restore it, or move it out of the desk."
        ) from damaged
