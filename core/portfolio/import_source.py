"""Which files of a folder are whose raw table, and which columns they have."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow.parquet
from pyarrow import ArrowException

from core.errors import ImportRefused
from core.portfolio.contract import Contract, Table
from core.portfolio.database import literal, quoted

UTF8_REMEDY = "save it as comma-separated UTF-8 text"


class Format(StrEnum):
    CSV = ".csv"
    ZIPPED_CSV = ".csv.gz"
    PARQUET = ".parquet"


@dataclass(frozen=True)
class RawFile:
    """One file with rows of a raw table; `columns` as the file spells them, in its order."""

    path: Path
    columns: tuple[str, ...]

    @property
    def rows_sql(self) -> str:
        """SQL that reads the file; a CSV as text, so that a bad value is found and not guessed around."""
        place = literal(str(self.path))
        if format_of(self.path) is Format.PARQUET:
            return f"read_parquet({place})"
        types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.columns)
        return (
            f"read_csv({place}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"nullstr = '', columns = {{{types}}})"
        )

    def spelled(self, column: str) -> str | None:
        """The file's own spelling of a contract's column, None where it has no such column."""
        return next((name for name in self.columns if name.lower() == column.lower()), None)

    def quoted(self, column: str) -> str | None:
        name = self.spelled(column)
        return None if name is None else quoted(name)


@dataclass(frozen=True)
class Source:
    """What a folder (or one file) holds for a contract."""

    files: Mapping[str, tuple[RawFile, ...]]  # table name -> its files, none for a missing table
    ignored: tuple[str, ...]  # file names

    def parts_of(self, table: Table) -> tuple[str, ...]:
        """Ignored files that carry a table's name with something added: parts are not the table."""
        return tuple(name for name in self.ignored if name.lower().startswith(tuple(s.lower() for s in table.files)))


def find(source: Path, contract: Contract) -> Source:
    """The raw tables at `source`; ImportRefused where the main table is missing or a file cannot be read."""
    places = _listed(source)
    by_stem = {stem.lower(): table for table in contract.tables for stem in table.files}
    known = [path for path in places if stem_of(path) in by_stem and format_of(path)]
    _refuse_doubles(known)
    main = contract.main
    if not any(by_stem[stem_of(path)] is main for path in known):
        wanted = " or ".join(f"{stem}.csv or {stem}.parquet" for stem in main.files[:1])
        raise ImportRefused(f"{source}: the main table is missing; expected a file {wanted}.")
    files = {
        table.name: tuple(
            RawFile(path.resolve(), columns_of(path)) for path in known if by_stem[stem_of(path)] is table
        )
        for table in contract.tables
    }
    return Source(files, tuple(path.name for path in places if path not in known))


def _listed(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(path for path in source.iterdir() if path.is_file() and not path.name.startswith("."))
    if not source.is_file():
        raise ImportRefused(f"{source}: there is no such folder or file; name the folder with the raw tables.")
    return [source]


def format_of(path: Path) -> Format | None:
    name = path.name.lower()
    return next((format_ for format_ in Format if name.endswith(format_.value)), None)


def stem_of(path: Path) -> str:
    format_ = format_of(path)
    return path.name.lower().removesuffix(format_.value) if format_ else path.name.lower()


def _refuse_doubles(known: Iterable[Path]) -> None:
    by_stem: dict[str, list[str]] = {}
    for path in known:
        by_stem.setdefault(stem_of(path), []).append(path.name)
    for names in by_stem.values():
        if len(names) > 1:
            raise ImportRefused(f"{' and '.join(names)}: the same table twice; keep one of the files.")


def columns_of(path: Path) -> tuple[str, ...]:
    """The columns a raw file names, in its order; ImportRefused where it cannot be read."""
    columns = _parquet_columns(path) if format_of(path) is Format.PARQUET else _csv_columns(path)
    twice = [name for name, count in Counter(name.lower() for name in columns).items() if count > 1]
    if twice:
        raise ImportRefused(f"{path.name}: two columns are called {shown(twice[0])}; keep one of them.")
    return columns


def _parquet_columns(path: Path) -> tuple[str, ...]:
    try:
        return tuple(pyarrow.parquet.read_schema(path).names)
    except (OSError, ArrowException) as damaged:
        raise ImportRefused(f"{path.name}: is not a readable Parquet file; fetch it again.") from damaged


def _csv_columns(path: Path) -> tuple[str, ...]:
    opened = gzip.open if format_of(path) is Format.ZIPPED_CSV else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
            columns = next(csv.reader(lines, strict=True), [])
    except UnicodeDecodeError as other:
        raise ImportRefused(f"{path.name}: is not UTF-8 text; {UTF8_REMEDY}.") from other
    except (OSError, EOFError, zlib.error, csv.Error) as damaged:
        raise ImportRefused(f"{path.name}: is not a readable CSV file; {UTF8_REMEDY}.") from damaged
    if not columns or any(not name.strip() or not name.isprintable() for name in columns):
        raise ImportRefused(f"{path.name}: its first line does not name the columns of a CSV file; {UTF8_REMEDY}.")
    return tuple(columns)


def shown(value: str) -> str:
    """A foreign value as it may stand in a message: short and printable."""
    return repr(value if len(value) <= 40 else value[:40] + "…")
