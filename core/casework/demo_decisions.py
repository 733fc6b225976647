"""What set-up made so that there is something to show, among what people decided."""

from __future__ import annotations

import duckdb

from core.casework.history_question import HistoryQuestion
from core.casework.history_sql import matching


def demo_decisions(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion) -> int:
    """How many of the filtered rows; order and page of the question do not matter, nor does its note."""
    asked = matching(cursor, question)
    ((count,),) = cursor.execute(f"select count(*) from {asked.sql} where demo", asked.bound).fetchall()
    return int(count)


def demo_sentence(demo: int, everything: int) -> str:
    """ "Of these, 3 were made by set-up as a demo."; empty where none was."""
    if not demo:
        return ""
    if demo == everything:
        return "Made by set-up as a demo." if demo == 1 else "All of these were made by set-up as a demo."
    return f"Of these, {demo:,} {'was' if demo == 1 else 'were'} made by set-up as a demo."
