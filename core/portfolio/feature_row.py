"""The feature row of one application, typed in or stored, through the very SQL that makes the training table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.errors import UnknownApplicant
from core.portfolio import feature_sql
from core.portfolio.application import Application, Value
from core.portfolio.contract import Contract, Table
from core.portfolio.database import in_memory, quoted
from core.portfolio.features import Matrix, matrix_of
from core.portfolio.raw_table import raw_name, sql_type

_NOBODY = 0  # the applicant key of an application without history

Row = NDArray[np.float32]  # (features,), missing = NaN


class RowBuilder:
    """Runs the portfolio's SQL over one applicant in memory; threads take turns.

    The features of the last history are kept: changing a field of an application runs only
    the steps that read the application itself.
    """

    def __init__(self, contract: Contract, sql_dir: Path, tables_file: Path | None) -> None:
        self._contract = contract
        self._sql = feature_sql.read(sql_dir, contract)
        self._has_tables = tables_file is not None
        self._memory = in_memory({"tables": tables_file} if tables_file else None)
        self._turn = Lock()
        self._make_relations()
        self._names = feature_sql.feature_names(self._memory, self._sql.mart)
        row = feature_sql.encoded_row(contract, self._names, self._missing_tables())
        self._select_row = f"select {row} from {self._sql.mart.name}"
        self._select_variants = (
            f"select {row} as features from {self._sql.mart.name} where applicant_key < 0 order by applicant_key desc"
        )
        self._history_of: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The features in the order of the row."""
        return self._names

    def row(self, application: Application, history_of: str | None) -> Row:
        """The feature row of this application, as if its client had the history of `history_of` (None: no history).

        Raises UnknownApplicant when there is no such client in the portfolio.
        """
        key = _NOBODY if history_of is None else self._known(history_of)
        with self._turn:
            self._put(application, key)
            self._make_application_features()
            found = self._memory.execute(self._select_row).fetchone()
        assert found is not None, "the mart keeps every application"
        return np.array(found[0], dtype=np.float32)

    def variants(
        self, application: Application, history_of: str | None, values: Sequence[tuple[str, Sequence[Value]]]
    ) -> Matrix:
        """The feature rows of the application with one column at a time set to each of these values, in their order.

        All at once: a thousand variants cost about twice what one row costs.
        """
        key = _NOBODY if history_of is None else self._known(history_of)
        with self._turn:
            self._put(application, key)
            try:
                self._add_variants(values, key)
                self._make_application_features()
                rows = self._memory.sql(self._select_variants).to_arrow_table()
            finally:
                self._drop_variants(key)
        return matrix_of(rows, len(self._names))

    def close(self) -> None:
        with self._turn:
            self._memory.close()

    def _make_relations(self) -> None:
        for table in self._contract.tables:
            self._memory.execute(feature_sql.make_raw_table(self._contract, table.name))
        for step in self._sql.staging:
            self._memory.execute(feature_sql.make_view(step))
        for step in self._sql.tables:
            self._make_features(step.name, feature_sql.as_float32(step))
        self._memory.execute(feature_sql.make_view(self._sql.mart))

    def _make_features(self, name: str, select: str) -> None:
        """Anew each time: rows deleted from a table in memory would pile up."""
        self._memory.execute(f"create or replace temp table {quoted(name)} as {select}")

    def _put(self, application: Application, key: int) -> None:
        self._put_application(application, key)
        if key != self._history_of:
            self._history_of = None  # a failure below leaves no half-made history behind
            self._put_history(key)
            self._history_of = key

    def _make_application_features(self) -> None:
        for step in self._sql.application:
            self._make_features(step.name, feature_sql.as_float32(step))

    def _add_variants(self, values: Sequence[tuple[str, Sequence[Value]]], key: int) -> None:
        """Copies of the application under the keys −1, −2, …, each with the same history."""
        raw, own = raw_name(self._contract.main.name), quoted(self._contract.portfolio.key)
        last = 0
        for column, tried in values:
            kind = sql_type(self._contract.main_columns[column])
            self._memory.execute(
                f"insert into {raw} select r.* replace (v.key as {own}, v.value as {quoted(column)}) from {raw} r, "
                f"(select unnest(?::{kind}[]) as value, unnest(range(?, ?, -1))::bigint as key) v "
                f"where r.{own} = {key}",
                [list(tried), last - 1, last - 1 - len(tried)],
            )
            last -= len(tried)
        history = quoted(self._sql.history.name)
        self._memory.execute(
            f"insert into {history} select k.key, columns(h.* exclude (applicant_key)) from {history} h, "
            f"(select unnest(range(-1, {last - 1}, -1))::bigint as key) k where h.applicant_key = {key}"
        )

    def _drop_variants(self, key: int) -> None:
        """Anew instead of deleted: see `_make_features`. The application itself is put anew with the next question."""
        self._make_features(
            self._sql.history.name, f"select * from {quoted(self._sql.history.name)} where applicant_key = {key}"
        )

    def _put_application(self, application: Application, key: int) -> None:
        main = self._contract.main.name
        fields = {**application.fields, self._contract.portfolio.key: key, self._contract.portfolio.target: None}
        values = [fields.get(column) for column in self._contract.columns[main]]
        self._memory.execute(feature_sql.make_raw_table(self._contract, main))
        self._memory.execute(f"insert into {raw_name(main)} values ({', '.join('?' * len(values))})", values)

    def _put_history(self, key: int) -> None:
        for table in self._contract.tables:
            if not table.required:
                self._memory.execute(feature_sql.make_raw_table(self._contract, table.name))
                if key != _NOBODY:
                    self._copy_rows(table, key)
        for step in (*self._sql.children, self._sql.history):
            self._make_features(step.name, feature_sql.as_float32(step))

    def _copy_rows(self, table: Table, key: int) -> None:
        raw = raw_name(table.name)
        if table.via is None:
            chosen = f"{quoted(self._contract.portfolio.key)} = {key}"
        else:
            column = quoted(table.via.column)
            chosen = f"{column} in (select {column} from {raw_name(table.via.table)})"
        self._memory.execute(f"insert into {raw} select * from tables.{raw} where {chosen}")

    def _known(self, key: str) -> int:
        """The number of a client of the portfolio."""
        number = int(key) if key.isascii() and key.isdecimal() and len(key) <= 18 else None
        if number is not None and self._has_tables and self._is_client(number):
            return number
        raise UnknownApplicant(
            f"Client {key[:30]!r} is not in this portfolio, so there is no history; check the number."
        )

    def _is_client(self, number: int) -> bool:
        main = raw_name(self._contract.main.name)
        query = f"select 1 from tables.{main} where {quoted(self._contract.portfolio.key)} = ?"
        with self._turn:
            return self._memory.execute(query, [number]).fetchone() is not None

    def _missing_tables(self) -> tuple[str, ...]:
        if not self._has_tables:
            return ()
        found = self._memory.execute("select value from tables.about where key = 'missing_tables'").fetchone()
        return tuple(json.loads(found[0])) if found else ()
