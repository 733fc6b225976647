"""What a portfolio holds on some applicants, and forgetting them: their rows leave every file of the desk.

The files are replaced whole, one after the other, by new ones in which these rows never were. A pass that is killed
in between is simply carried out again: what is gone already is not there to be found. The fingerprint of the import
stays, so that features and model still fit; what says how many applicants were forgotten since is a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from core.errors import ErasureRefused
from core.portfolio import erasing_raw, erasing_stores
from core.portfolio.contract import Contract, text
from core.portfolio.database import only_builder
from core.portfolio.erasing_keys import Forgotten, Links, joined, numbers
from core.portfolio.tables import imported_from
from core.progress import Progress, silent
from core.settings import Settings


@dataclass(frozen=True)
class Held:
    """Rows on these applicants in one place."""

    place: str  # a table's label or a file's name
    rows: int


@dataclass(frozen=True)
class Holdings:
    """What the desk's files hold on some applicants; a place without a row of theirs is not listed."""

    tables: tuple[Held, ...]
    feature_rows: int
    raw_files: tuple[Held, ...]
    out_of_reach: tuple[str, ...]  # what else may hold them, in sentences

    @property
    def rows(self) -> int:
        """All rows in all files: one fact may stand in a raw file, a table and a feature row."""
        return sum(held.rows for held in (*self.tables, *self.raw_files)) + self.feature_rows


def holdings(settings: Settings, contract: Contract, keys: Sequence[str]) -> Holdings:
    """What there is on these applicants, known here or not.

    ErasureRefused where a raw file cannot be searched, PortfolioMissing where a portfolio cannot be read.
    """
    return _held(settings, contract, _forgotten(settings, contract, keys))


def _held(settings: Settings, contract: Contract, forgotten: Forgotten) -> Holdings:
    tables = erasing_stores.rows_in_tables(settings.tables_file, contract, forgotten)
    return Holdings(
        tables=tuple(Held(text(t.label), tables[t.name]) for t in contract.tables if tables.get(t.name)),
        feature_rows=erasing_stores.rows_in_features(settings.features_file, forgotten),
        raw_files=tuple(
            Held(file.path.name, rows)
            for file in erasing_raw.files(settings, contract)
            if (rows := erasing_raw.rows_in(file, forgotten))
        ),
        out_of_reach=_out_of_reach(settings),
    )


def erase(
    settings: Settings,
    contract: Contract,
    keys: Sequence[str],
    progress: Progress = silent,
    passing: Callable[[str], None] = silent,
) -> Holdings:
    """What there was on these applicants; none of it is in the desk's files when this returns.

    `passing` is called with the name of each file that was replaced. SolventError while somebody builds in the folder,
    ErasureRefused where a file cannot be written anew: that one stays as it was.
    """
    with ExitStack() as alone:
        for folder in (settings.data_dir, settings.raw_dir):
            if folder.is_dir():
                alone.enter_context(only_builder(folder))
        progress("looking for the rows", 0.0)
        erasing_raw.remove_leftovers(settings)
        forgotten = _forgotten(settings, contract, keys)
        there = _held(settings, contract, forgotten)
        _replace(settings, contract, forgotten, there, progress, passing)
    progress("the portfolio holds nothing of them", 1.0)
    return there


def _replace(
    settings: Settings,
    contract: Contract,
    forgotten: Forgotten,
    there: Holdings,
    progress: Progress,
    passing: Callable[[str], None],
) -> None:
    """Raw tables first, children before the parents they are found through, the imported tables last."""
    with_rows = {held.place for held in there.raw_files}
    raw = [file for file in erasing_raw.files(settings, contract) if file.path.name in with_rows]
    for done, file in enumerate(raw):
        progress(f"writing {file.path.name} anew", 0.05 + 0.45 * done / len(raw))
        with _written_anew(file.path):
            erasing_raw.erase_from(file, forgotten)
        passing(file.path.name)
    if there.feature_rows:
        progress("writing the feature rows anew", 0.5)
        with _written_anew(settings.features_file):
            erasing_stores.erase_from_features(settings.features_file, forgotten, settings.threads)
        passing(settings.features_file.name)
    if there.tables:
        progress("writing the tables anew", 0.7)
        with _written_anew(settings.tables_file):
            erasing_stores.erase_from_tables(settings.tables_file, contract, forgotten, settings.threads)
        passing(settings.tables_file.name)


@contextmanager
def _written_anew(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.Error, pa.ArrowException) as failed:
        reason = str(failed).partition("\n")[0]
        raise ErasureRefused(f"{path.name}: cannot be written anew ({reason})") from failed


def _forgotten(settings: Settings, contract: Contract, keys: Sequence[str]) -> Forgotten:
    wanted = numbers(keys)
    links: Links = joined(
        erasing_stores.links(settings.tables_file, contract, wanted), erasing_raw.links(settings, contract, wanted)
    )
    return Forgotten(wanted, links)


def _out_of_reach(settings: Settings) -> tuple[str, ...]:
    found = []
    source = imported_from(settings.tables_file) if settings.tables_file.exists() else None
    if source is not None and not erasing_raw.is_own(settings, Path(source)):
        found.append(
            f"The files that the portfolio was imported from lie outside the desk: {source}. Take the client out of "
            "them too: importing them again brings the client back."
        )
    if settings.raw_dir.is_dir() and not erasing_raw.is_own(settings, settings.raw_dir):
        found.append(f"The raw tables lie outside the desk, behind a link: {settings.raw_dir.resolve()}.")
    found += [
        f"The raw file {name} is a link to a file outside the desk."
        for name in erasing_raw.links_to_elsewhere(settings)
    ]
    return tuple(found)
