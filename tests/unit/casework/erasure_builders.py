"""A desk with one client whose values nobody else has, and a search for them in every file of the desk."""

from __future__ import annotations

import base64
import gzip
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from core.casework.kinds import DECIDED, EXPORTED, SCORED
from core.casework.readings import READINGS
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from core.settings import Settings
from tests.ledgers import a_draft, a_sealed_draft
from tests.unit.portfolio.builders import CLIENTS, a_client, a_whole_desk

NUMBER = "481516234281"
INCOME = 271828.18
NOTE = "Zyxomma petiolatum flies at dusk"
AMOUNT = 4321.5
LEAST_TELLING = 8  # characters of Base64: fewer come up in a random id now and then


def an_open_ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings.ledger_dir, settings.master_key_file, READINGS)


def a_desk_with_a_client(folder: Path) -> Settings:
    """North Bank with the client of these tests among its others."""
    return a_whole_desk(folder, (*CLIENTS, a_client(int(NUMBER), income=INCOME)))


def record(ledger: Ledger, number: str = NUMBER, lookup: str = "", note: str = NOTE) -> str:
    """A score and a decision on an application of this client; returns the application's id."""
    sealed = {"applicant": number, "application": {"client_no": int(number), "income": INCOME}, "note": note}
    public = {"amount": AMOUNT, "recommendation": "approve", "decision": "approve", "default_probability": 0.05}
    drafts = [
        a_sealed_draft(ledger, sealed, lookup or f"stored:{number}", number, kind, public) for kind in (SCORED, DECIDED)
    ]
    return ledger.append(drafts)[0].application


def an_export(ledger: Ledger) -> Event:
    return ledger.append([a_draft(EXPORTED, subject="decisions.csv")])[0]


def traces(folder: Path) -> set[str]:
    """The files (relative) in which the client's number, income or note can be read, whatever their format.

    A copy is searched: a file that is open here cannot be opened again.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / "copy"))
        return {
            str(path.relative_to(copy))
            for path in sorted(copy.rglob("*"))
            if path.is_file() and any(_found(content) for content in _readings(path))
        }


def _readings(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix == ".gz":
        yield gzip.decompress(path.read_bytes())
    if path.suffix == ".parquet":
        yield repr(pq.read_table(path).to_pylist()).encode()
    if path.suffix == ".duckdb":
        yield repr(list(_duckdb_values(path))).encode()
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as connection:
            yield "\n".join(connection.iterdump()).encode()


def _duckdb_values(path: Path) -> Iterator[object]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{path}' as file (read_only)")
        tables = connection.execute("select table_name from duckdb_tables() where database_name = 'file'").fetchall()
        for (table,) in tables:
            yield connection.execute(f'from file."{table}"').fetchall()


def _found(content: bytes) -> bool:
    return any(spelled in content for spelled in _SPELLED)


def _spellings() -> Iterator[bytes]:
    for word in (NUMBER, NOTE, str(INCOME)):
        yield word.encode()
        for shift in range(3):  # Base64 of a word depends on where it stands
            inner = base64.b64encode(b"\0" * shift + word.encode())[4:-4]
            if len(inner) >= LEAST_TELLING:
                yield inner
    yield struct.pack("<q", int(NUMBER))
    yield struct.pack("<d", INCOME)


_SPELLED = tuple(_spellings())


def wrapped_keys(settings: Settings) -> Mapping[str, bytes]:
    """Every wrapped key in the key file, by what it is of."""
    with closing(sqlite3.connect(settings.ledger_dir / "keys.sqlite")) as connection:
        rows = connection.execute(
            "select reference, wrapped_key from applicants union all select application, wrapped_key from applications"
        ).fetchall()
    return dict(rows)
