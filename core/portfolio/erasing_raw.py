"""Applicants' rows in the desk's own raw files: counted, and left out when a file is written anew."""

from __future__ import annotations

import csv
import gzip
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.errors import ErasureRefused, ImportRefused
from core.portfolio.contract import Contract, Table
from core.portfolio.database import put_in_place
from core.portfolio.erasing_keys import Forgotten, Links
from core.portfolio.import_source import Format, columns_of, format_of, stem_of
from core.settings import Settings

BATCH = 200_000  # rows of a Parquet file held at once

Chunked: TypeAlias = "pa.ChunkedArray[pa.Scalar[pa.DataType]] | pa.Array[pa.Scalar[pa.DataType]]"


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
    return sum(int(hits.sum()) for hits in _hits(file, values)) if values else 0


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
        _WRITERS[_format(file.path)](file, file.values(forgotten), part)
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


def _format(path: Path) -> Format:
    format_ = format_of(path)
    assert format_ is not None  # `files` lists no others
    return format_


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _hits(file: OwnFile, values: frozenset[int]) -> Iterator[NDArray[np.bool_]]:
    """Per batch of rows, which are of the forgotten."""
    with _searchable(file.path):
        if _format(file.path) is Format.PARQUET:
            with pq.ParquetFile(file.path) as source:
                for batch in source.iter_batches(BATCH, columns=[file.column]):
                    yield _among(batch.column(0), values)
        else:
            place = columns_of(file.path).index(file.column)
            yield np.fromiter((_number(row[place]) in values for _, row in _csv_rows(file.path)), dtype=bool)


def _links_in(path: Path, key: str, link: str, numbers: frozenset[int]) -> frozenset[int]:
    with _searchable(path):
        spelled = {name.lower(): name for name in columns_of(path)}
        if link.lower() not in spelled:
            return frozenset()
        pairs = _pairs(path, spelled[key.lower()], spelled[link.lower()])
        return frozenset(value for number, value in pairs if number in numbers and value is not None)


def _pairs(path: Path, key: str, link: str) -> Iterable[tuple[int | None, int | None]]:
    if _format(path) is Format.PARQUET:
        table = pq.read_table(path, columns=[key, link])
        return zip(_whole_numbers(table[key]), _whole_numbers(table[link]), strict=True)
    columns = columns_of(path)
    first, second = columns.index(key), columns.index(link)
    return ((_number(row[first]), _number(row[second])) for _, row in _csv_rows(path))


def _among(column: Chunked, values: frozenset[int]) -> NDArray[np.bool_]:
    for same_kind, wide in ((pa.types.is_integer, pa.int64()), (pa.types.is_floating, pa.float64())):
        if same_kind(column.type):
            hits = pc.is_in(column.cast(wide), value_set=pa.array(sorted(values), pa.int64()).cast(wide))
            return np.asarray(hits, dtype=bool)
    return np.fromiter((number in values for number in _whole_numbers(column)), dtype=bool, count=len(column))


def _whole_numbers(column: Chunked) -> list[int | None]:
    return [_number(value.as_py()) for value in column]


def _number(value: object) -> int | None:
    """The value as an import reads it: 7, 7.0, '7' and ' 7 ' are the same key; None where it is no number."""
    with suppress(ValueError):
        return int(str(value))
    with suppress(ValueError):
        number = float(str(value))
        return int(number) if number.is_integer() else None
    return None


def _write_parquet(file: OwnFile, values: frozenset[int], part: Path) -> None:
    with pq.ParquetFile(file.path) as source:
        place = source.schema_arrow.get_field_index(file.column)
        with pq.ParquetWriter(part, source.schema_arrow, compression="zstd", store_schema=False) as new:
            for batch in source.iter_batches(BATCH):
                new.write_batch(batch.filter(pa.array(~_among(batch.column(place), values))))


def _write_csv(file: OwnFile, values: frozenset[int], part: Path, opened: Callable[..., IO[str]]) -> None:
    """Every line that stays is the very line it was."""
    place = columns_of(file.path).index(file.column)
    with opened(part, "wt", encoding="utf-8", newline="") as new:
        with opened(file.path, "rt", encoding="utf-8", newline="") as source:
            header = _Lines(source)
            next(csv.reader(header, strict=True))
            new.write(header.taken())
        for line, row in _csv_rows(file.path):
            if _number(row[place]) not in values:
                new.write(line)


_WRITERS: dict[Format, Callable[[OwnFile, frozenset[int], Path], None]] = {
    Format.PARQUET: _write_parquet,
    Format.CSV: partial(_write_csv, opened=open),
    Format.ZIPPED_CSV: partial(_write_csv, opened=gzip.open),
}


class _Lines:
    """The lines of a file, remembered until they are taken: what stands between two rows of a CSV."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._read: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self._read.append(line)
        return line

    def taken(self) -> str:
        lines, self._read = "".join(self._read), []
        return lines


def _csv_rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Every row after the first: its very text, and its values."""
    opened = gzip.open if _format(path) is Format.ZIPPED_CSV else open
    with opened(path, "rt", encoding="utf-8", newline="") as source:
        lines = _Lines(source)
        rows = csv.reader(lines, strict=True)
        next(rows)
        lines.taken()
        for row in rows:
            text = lines.taken()
            if row:
                yield text, row


@contextmanager
def _searchable(path: Path) -> Iterator[None]:
    try:
        yield
    except (ImportRefused, OSError, EOFError, pa.ArrowException, csv.Error, UnicodeDecodeError, IndexError) as damaged:
        raise ErasureRefused(
            f"{path.name} in {path.parent}: cannot be searched for the person; restore it, or move it out of the desk."
        ) from damaged
