"""What the history can be filtered by at the moment: who decided, with which model and policy, in which grades."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

_KNOWN = "select distinct {column} from decisions union select distinct {column} from scores order by 1"
_IN_FORCE = """
    select {column} from (
        select {column}, max(sequence) as last from decisions group by 1
        union all select {column}, max(sequence) as last from scores group by 1
    ) group by 1 order by max(last) desc"""


@dataclass(frozen=True)
class HistoryChoices:
    officers: tuple[str, ...]
    grades: tuple[str, ...]  # best first
    models: tuple[str, ...]  # versions, the last used first
    policies: tuple[str, ...]


def history_choices(cursor: duckdb.DuckDBPyConnection) -> HistoryChoices:
    """Of everything that was ever scored or decided, also outside the period that is looked at."""
    return HistoryChoices(
        officers=_texts(cursor, _KNOWN.format(column="actor")),
        grades=_texts(cursor, _KNOWN.format(column="grade")),
        models=_texts(cursor, _IN_FORCE.format(column="model_version")),
        policies=_texts(cursor, _IN_FORCE.format(column="policy_version")),
    )


def _texts(cursor: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, ...]:
    return tuple(str(text) for (text,) in cursor.execute(sql).fetchall() if text)
