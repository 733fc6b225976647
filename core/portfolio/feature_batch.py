"""The feature rows of many applications at once, through the very SQL that makes the training table.

Measured with seven tables: one application alone 0.3 s of SQL, 500 together 0.4 s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.portfolio import feature_sql
from core.portfolio.application import Application
from core.portfolio.contract import Contract, Table
from core.portfolio.database import in_memory, quoted
from core.portfolio.features import matrix_of
from core.portfolio.raw_table import raw_name

Row = NDArray[np.float32]  # (features,), missing = NaN


@dataclass(frozen=True)
class RowRequest:
    application: Application
    history_of: str | None  # the client whose past counts


class RowBatch:
    """Runs the portfolio's SQL over many applicants in memory. For one thread."""

    def __init__(self, contract: Contract, sql_dir: Path, tables_file: Path, threads: int = 1) -> None:
        self._contract = contract
        self._sql = feature_sql.read(sql_dir, contract)
        self._memory = in_memory({"tables": tables_file}, threads)
        for table in contract.tables:
            self._memory.execute(feature_sql.make_raw_table(contract, table.name))
        for step in self._sql.staging:
            self._memory.execute(feature_sql.make_view(step))
        self._make_features()
        self._memory.execute(feature_sql.make_view(self._sql.mart))
        self.names = feature_sql.feature_names(self._memory, self._sql.mart)  # in the order of the rows
        row = feature_sql.encoded_row(contract, self.names, self._missing_tables())
        self._select = f"select applicant_key, {row} as features from {quoted(self._sql.mart.name)}"

    def rows(self, requests: Sequence[RowRequest]) -> list[Row | None]:
        """A row for each request; None where the client whose past counts is not in the portfolio."""
        made: list[Row | None] = [None] * len(requests)
        for together in _rounds(requests):
            keys = {place: self._key(requests[place], place) for place in together}
            for place in self._unknown(keys):
                del keys[place]
            found = self._made({key: requests[place].application for place, key in keys.items()}) if keys else {}
            for place, key in keys.items():
                made[place] = found[key]
        return made

    def close(self) -> None:
        self._memory.close()

    def _key(self, request: RowRequest, place: int) -> int:
        """The client's key; below 0, where no client is, for an application without a past."""
        return -1 - place if request.history_of is None else _number(request.history_of)

    def _unknown(self, keys: dict[int, int]) -> list[int]:
        """The places whose client is not in the portfolio."""
        own, main = quoted(self._contract.portfolio.key), raw_name(self._contract.main.name)
        asked = [key for key in keys.values() if key >= 0]
        found = self._memory.execute(f"select {own} from tables.{main} where {own} in (select unnest(?))", [asked])
        known = {int(key) for (key,) in found.fetchall()}
        return [place for place, key in keys.items() if key >= 0 and key not in known]

    def _made(self, applications: dict[int, Application]) -> dict[int, Row]:
        self._put_applications(applications)
        for table in self._contract.tables:
            if not table.required:
                self._put_history(table)
        self._make_features()
        found = self._memory.sql(self._select).to_arrow_table()
        return dict(zip(found["applicant_key"].to_pylist(), matrix_of(found, len(self.names)), strict=True))

    def _put_applications(self, applications: dict[int, Application]) -> None:
        main, portfolio = self._contract.main.name, self._contract.portfolio
        wanted = pa.Table.from_pylist(
            [
                {name: fields.get(name) for name in self._contract.columns[main]}
                for key, application in applications.items()
                for fields in [{**application.fields, portfolio.key: key, portfolio.target: None}]
            ]
        )
        self._memory.execute(feature_sql.make_raw_table(self._contract, main))
        self._memory.register("wanted", wanted)
        self._memory.execute(f"insert into {raw_name(main)} select * from wanted")
        self._memory.unregister("wanted")

    def _put_history(self, table: Table) -> None:
        raw, via = raw_name(table.name), table.via
        parent = raw_name(self._contract.main.name if via is None else via.table)
        column = quoted(self._contract.portfolio.key if via is None else via.column)
        self._memory.execute(feature_sql.make_raw_table(self._contract, table.name))
        self._memory.execute(
            f"insert into {raw} select * from tables.{raw} where {column} in (select {column} from {parent})"
        )

    def _make_features(self) -> None:
        for step in self._sql.tables:
            select = feature_sql.as_float32(step)
            self._memory.execute(f"create or replace temp table {quoted(step.name)} as {select}")

    def _missing_tables(self) -> tuple[str, ...]:
        found = self._memory.execute("select value from tables.about where key = 'missing_tables'").fetchone()
        return tuple(json.loads(found[0])) if found else ()


def _rounds(requests: Sequence[RowRequest]) -> Iterator[list[int]]:
    """Places of requests in as few rounds as possible in which no client comes twice."""
    waiting = list(range(len(requests)))
    while waiting:
        taken: set[str] = set()
        now: list[int] = []
        later: list[int] = []
        for place in waiting:
            client = requests[place].history_of
            (later if client in taken else now).append(place)
            taken.update([] if client is None else [client])
        yield now
        waiting = later


def _number(key: str) -> int:
    """A word that cannot be a key is a client that is nowhere."""
    return int(key) if key.isascii() and key.isdecimal() and len(key) <= 18 else 2**62
