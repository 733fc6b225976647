"""A page of the history among a million decisions, and the same by SQLite with indexes, in turn."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.casework.demo_decisions import demo_decisions
from core.casework.history import history_page
from core.casework.history_choices import ChoicesSoFar
from core.casework.history_question import (
    EVER,
    HistoryQuestion,
    KnownOutcome,
    Overridden,
    SortBy,
    State,
    last_days,
)
from core.casework.readings import DECISIONS, READINGS
from core.casework.volumes import Grain, overrides, pd_histogram, volumes
from tests.bench.measure import Timing, side_by_side

ROWS = 1_000_000
CALLS, PAGE_CALLS = 11, 21
PAGE_TARGET_MS, RATIO_TARGET = 50.0, 20.0
NOW = datetime(2026, 11, 21, tzinfo=UTC)
COLUMNS = tuple(name for name, _ in DECISIONS.columns)

# Three years of decisions; every eighth was referred, most of these settled by the next; four outcomes of five known.
_DECISIONS = f"""
    insert into decisions by name
    with decided as (
        select k::bigint as k, 2 * k + 2 as sequence, timestamp '2023-11-21' + to_milliseconds(k * 94_600) as "at",
            'c' || substr(md5(k::varchar), 1, 20) as own,
            hash(k, 1) % 100_000 / 1e5 as u, hash(k, 2) % 100_000 / 1e5 as v
        from range({ROWS}) as numbers(k)
    )
    select sequence, "at", if(k % 8 = 7 and hash(k, 3) % 20 <> 0, lag(own) over (order by k), own) as application,
        'r' || substr(md5((k % 700_000)::varchar), 1, 20) as applicant, 'officer.' || hash(k, 4) % 40 as actor,
        if(k % 8 = 7, 'risk_manager', 'officer') as role,
        case when u < 0.7 then 'approve' when u < 0.85 then 'refer' else 'decline' end as recommendation,
        1 / (1 + exp(2.6 - 3 * (v - 0.5))) as default_probability, 600 - 100 * v as points,
        substr('ABCDEFG', 1 + (7 * v)::integer % 7, 1) as grade, 50_000.0 + hash(k, 5) % 900 * 1_000 as amount,
        'model-' || k // 250_000 as model_version, 'policy-' || k // 400_000 as policy_version,
        case when k % 8 = 6 then 'refer' when u < 0.72 then 'approve' when u < 0.99 then 'decline' else 'withdrawn' end
            as decision,
        if(hash(k, 6) % 20 = 0, 'known_client', '') as override_code,
        case hash(k, 6) % 40 when 0 then 'low' when 20 then 'high' else '' end as override_side,
        2 * k + 1 as score_sequence, if(k % 8 = 7 and hash(k, 3) % 20 <> 0, 2 * k, null) as settles, false as demo
    from decided order by k"""
_FILLED = (
    _DECISIONS,
    """
    insert into scores by name
    select score_sequence as sequence, "at", application, applicant, actor, role, recommendation, default_probability,
        points, grade, amount, model_version, policy_version, 12.0 as latency_ms, false as demo from decisions""",
    f"""
    insert into scores by name
    select {3 * ROWS} + sequence as sequence, "at", 'u' || application as application, applicant, actor, role,
        recommendation, default_probability, points, grade, amount, model_version, policy_version, 12.0 as latency_ms,
        false as demo from decisions where hash(sequence, 7) % 100 = 0""",
    f"""
    insert into outcomes by name
    select {6 * ROWS} + sequence as sequence, "at" + interval 60 day as "at", application,
        if(hash(sequence, 8) % 12 = 0, 'defaulted', 'repaid') as outcome, ("at" + interval 60 day)::date as observed_on,
        sequence as decision_sequence from decisions where decision = 'approve' and hash(sequence, 9) % 5 <> 0""",
    f"""
    insert into outcomes by name
    select {3 * ROWS} + sequence as sequence, "at", application, 'repaid' as outcome, observed_on,
        sequence as corrects, decision_sequence from outcomes where hash(sequence, 10) % 100 = 0""",
    f"""
    insert into erasures by name
    select {10 * ROWS} + sequence as sequence, "at", application, applicant
    from decisions where hash(sequence, 11) % 200 = 0""",
)

_EVER = HistoryQuestion(EVER)
_BY_PD = replace(_EVER, sort=SortBy.DEFAULT_PROBABILITY)
_MIDDLE = 10_000  # of 20,000 pages
QUESTIONS = {
    "the default view: 90 days, newest first": HistoryQuestion(last_days(NOW)),
    "everything, newest first": _EVER,
    "everything by PD, the page in the middle": replace(_BY_PD, page=_MIDDLE),
    "everything by officer, the page in the middle": replace(_EVER, sort=SortBy.OFFICER, page=_MIDDLE),
    "everything by decision, the page in the middle": replace(_EVER, sort=SortBy.DECISION, page=_MIDDLE),
    "low overrides of two grades by amount": replace(
        _EVER, grades=("D", "E"), override=Overridden.LOW, amount_from=100_000, amount_to=500_000, sort=SortBy.AMOUNT
    ),
    "one applicant": replace(_EVER, about="r" + "c4ca4238a0b923820dcc"),
    **{f"state {state}": replace(_EVER, state=state) for state in State},
    "state open in 90 days": HistoryQuestion(last_days(NOW), state=State.OPEN),
    "state open by PD": replace(_BY_PD, state=State.OPEN),
    "state closed and outcome repaid": replace(_EVER, state=State.CLOSED, outcome=KnownOutcome.REPAID),
    "amounts from 100,000 to 500,000": replace(_EVER, amount_from=100_000, amount_to=500_000),
    **{f"outcome {known}": replace(_EVER, outcome=known) for known in KnownOutcome},
    **{f"outcome {known} by PD": replace(_BY_PD, outcome=known) for known in KnownOutcome},
}

_ROW = ", ".join(f'"{column}"' for column in COLUMNS)
_BY_DAY = """
    select date("at"), count(*), sum(decision in ('approve', 'approve_changed_terms')), sum(decision = 'decline'),
        sum(decision = 'refer'), sum(decision = 'withdrawn'), sum(settles is not null and decision <> 'withdrawn')
    from decisions group by 1 order by 1"""
_LOW = "grade in ('D', 'E') and override_side = 'low' and amount between 100000 and 500000"
RIVALS = {  # count, then page: what SQLite is asked for the same rows
    "everything, newest first": ("true", "sequence desc", 0),
    "everything by PD, the page in the middle": ("true", "default_probability desc, sequence desc", 50 * (_MIDDLE - 1)),
    "low overrides of two grades by amount": (_LOW, "amount desc, sequence desc", 0),
}


def run() -> None:
    print(f"\nHistory of {ROWS:,} decisions: filter + sort + count + page of 50, by DuckDB as the ledger keeps it")
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(str(Path(folder) / "history.duckdb"), config={"threads": "2"})
        _fill(connection)
        rival = _sqlite(connection, Path(folder) / "history.sqlite")
        pages = [_page(connection, rival, name, question) for name, question in QUESTIONS.items()]
        slowest = max(pages, key=lambda timing: timing.p95_ms)
        print(f"  slowest p95 {slowest.p95_ms:.1f} ms ({slowest.name}); target {PAGE_TARGET_MS:.0f} ms")
        _whole_page(connection)
        _aggregates(connection, rival)
        rival.close()
        connection.close()


def _fill(connection: duckdb.DuckDBPyConnection) -> None:
    for reading in READINGS:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in reading.columns)
        connection.execute(f"create table {reading.table} ({columns})")
    for statement in _FILLED:
        connection.execute(statement)
    connection.execute("checkpoint")


def _sqlite(connection: duckdb.DuckDBPyConnection, file: Path) -> sqlite3.Connection:
    """The same decisions, with the indexes that these questions ask for."""
    rival = sqlite3.connect(file)
    rival.execute("pragma journal_mode = wal")
    rival.execute("pragma cache_size = -1000000")  # all of it in memory
    types = ", ".join("sequence integer primary key" if name == "sequence" else f'"{name}"' for name in COLUMNS)
    rival.execute(f"create table decisions ({types})")
    places = ", ".join("?" * len(COLUMNS))
    cells = _ROW.replace('"at"', "strftime(\"at\", '%Y-%m-%d %H:%M:%S')")
    rows = connection.cursor().execute(f"select {cells} from decisions order by sequence")
    while batch := rows.fetchmany(50_000):
        rival.executemany(f"insert into decisions values ({places})", batch)
    for column in ("at", "application", "applicant", "default_probability", "amount"):
        rival.execute(f'create index decisions_{column} on decisions ("{column}")')
    rival.execute("analyze")
    rival.commit()
    return rival


def _page(
    connection: duckdb.DuckDBPyConnection, rival: sqlite3.Connection, name: str, question: HistoryQuestion
) -> Timing:
    jobs: dict[str, Callable[[], object]] = {name: lambda: history_page(connection.cursor(), question)}
    if name in RIVALS:
        where, order, offset = RIVALS[name]
        ours = [row.sequence for row in history_page(connection.cursor(), question).rows]
        theirs = [row[0] for row in _page_of(rival, where, order, offset)]
        assert ours == theirs, "both sides must show the same rows"
        jobs["SQLite, the same"] = lambda: _page_of(rival, where, order, offset)
    own, *others = side_by_side(jobs, PAGE_CALLS, warm_up=1)
    print(own.line())
    for other in others:
        print(other.line(own))
    return own


def _page_of(rival: sqlite3.Connection, where: str, order: str, offset: int) -> list[tuple[object, ...]]:
    rival.execute(f"select count(*) from decisions where {where}").fetchone()
    page = f"select {_ROW} from decisions where {where} order by {order} limit 50 offset {offset}"
    return rival.execute(page).fetchall()


def _whole_page(connection: duckdb.DuckDBPyConnection) -> None:
    """Everything a run of the History page asks the record for: choices, charts, sentence, marks and rows."""
    choices = ChoicesSoFar()

    def ask(question: HistoryQuestion) -> None:
        choices.now(connection.cursor())
        volumes(connection.cursor(), question, Grain.WEEK)
        pd_histogram(connection.cursor(), question)
        overrides(connection.cursor(), question)
        demo_decisions(connection.cursor(), question)
        history_page(connection.cursor(), question)

    jobs: dict[str, Callable[[], object]] = {
        "all that a run of the page asks, 90 days": lambda: ask(HistoryQuestion(last_days(NOW))),
        "all that a run of the page asks, everything": lambda: ask(_EVER),
        "all that a run of the page asks, state open": lambda: ask(replace(_EVER, state=State.OPEN)),
    }
    for timing in side_by_side(jobs, CALLS, warm_up=1):
        print(timing.line())


def _aggregates(connection: duckdb.DuckDBPyConnection, rival: sqlite3.Connection) -> None:
    own_days = [(str(day.start), day.decisions) for day in volumes(connection.cursor(), _EVER, Grain.DAY)]
    assert own_days == [row[:2] for row in rival.execute(_BY_DAY)], "both sides must count the same days"
    ours, theirs = side_by_side(
        {
            "volumes by day": lambda: volumes(connection.cursor(), _EVER, Grain.DAY),
            "SQLite, the same": lambda: rival.execute(_BY_DAY).fetchall(),
        },
        CALLS,
        warm_up=1,
    )
    print(ours.line())
    print(theirs.line(ours) + f"   (target {RATIO_TARGET:.0f} ×)")
    rest = {
        "overrides by officer": lambda: overrides(connection.cursor(), _EVER),
        "PD histogram by decision": lambda: pd_histogram(connection.cursor(), _EVER),
    }
    for timing in side_by_side(rest, CALLS, warm_up=1):
        print(timing.line())


if __name__ == "__main__":
    run()
