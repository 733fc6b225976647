"""The tables that were read from the events are compared with them: whatever was done to a row is found, and mended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from core.casework.kinds import CORRECTED, DECIDED, ERASED, OUTCOME, SCORED
from core.casework.readings import READINGS
from core.ledger.event import Json, Public
from core.ledger.ledger import Ledger
from core.ledger.reading import Reading
from core.ledger.readings_check import wrong_row
from core.ledger.store import Store
from core.ledger.verification import Verification
from tests.ledgers import NOON, NOTES, SetClock, a_draft, a_ledger

SCORE: dict[str, Json] = {
    "recommendation": "approve",
    "default_probability": 0.1 / 3,
    "points": 612.5,
    "grade": "B",
    "amount": 450_000,
    "model_version": "m1",
    "policy_version": "p1",
    "latency_ms": 41.7,
}
PUBLIC: dict[str, Public] = {
    SCORED: SCORE,
    DECIDED: SCORE | {"decision": "approve", "score": 1, "demo": True},
    OUTCOME: {"outcome": "repaid", "observed_on": "2026-02-28", "decision": 2},
    CORRECTED: {"outcome": "defaulted", "observed_on": "2026-02-28", "corrects": 3, "decision": 2},
    ERASED: {},
    "signed_in": {},
}
LAST = len(PUBLIC)
FIRST = {"scores": 1, "decisions": 2, "outcomes": 3, "erasures": 5}  # the first event of each table
TABLES = tuple(FIRST)
KEPT = "the events hold: start the desk again, and the table is made anew from them"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A closed desk with an event of every kind that is read into a table, looked at as a whole before."""
    with _open(tmp_path) as ledger:
        for kind, public in PUBLIC.items():
            ledger.append([a_draft(kind, public=public, application="A1", applicant="P1")])
        assert ledger.verify().sound
    return tmp_path


def _open(folder: Path) -> closing[Ledger]:
    return closing(Ledger.open(folder / "ledger", folder / "master.key", READINGS, SetClock()))


def _change(folder: Path, table: str, statement: str) -> None:
    """By somebody who owns the file: the guards are gone first."""
    with duckdb.connect(str(folder / "ledger" / "ledger.duckdb")) as connection:
        for guard in ("stay", "remain"):
            connection.execute(f"drop trigger {table}_{guard} on {table}")
        connection.execute(statement)


def _found(folder: Path) -> Verification:
    with _open(folder) as ledger:
        assert ledger.notices == ()
        return ledger.verify()


def _mended(folder: Path) -> str:
    """What the start says that makes it good; afterwards everything is as it was."""
    with _open(folder) as ledger:
        (notice,) = ledger.notices
        assert ledger.altered == (notice,)
        assert ledger.verify().sound
        with ledger.reading() as cursor:
            assert cursor.execute("select decision, actor, amount, demo from decisions").fetchall() == [
                ("approve", "ana", 450_000.0, True)
            ]
            assert cursor.execute("select sequence, outcome, observed_on, corrects from outcomes").fetchall() == [
                (3, "repaid", date(2026, 2, 28), None),
                (4, "defaulted", date(2026, 2, 28), 3),
            ]
    with _open(folder) as ledger:
        assert ledger.notices == ()
    return notice


def test_a_record_nobody_touched_is_sound_whole_and_since_the_last_time(desk: Path) -> None:
    for _ in range(2):
        with _open(desk) as ledger:
            assert ledger.notices == ()
            whole, since = ledger.verify(), ledger.verify(since_head=True)
            assert (whole.sound, whole.events, whole.table) == (True, LAST, "")
            assert (since.sound, since.events) == (True, LAST)
        (desk / "ledger" / "verified").unlink()


@pytest.mark.parametrize("reading", READINGS, ids=TABLES)
def test_any_changed_cell_is_found(open_desk: Ledger, reading: Reading) -> None:
    table, number = reading.table, FIRST[reading.table]
    others = {"varchar": "'x'", "timestamp": "timestamp '2020-01-01'", "date": "date '2020-01-01'"}
    _behind_its_back(open_desk, table, f"create table as_it_was as from {table}")
    for column, kind in reading.columns[1:]:
        other = "not demo" if kind == "boolean" else others.get(kind, f"coalesce({column}, 0) + 1")
        _behind_its_back(open_desk, table, f'update {table} set "{column}" = {other} where sequence = {number}')
        found = open_desk.verify()
        assert (found.sound, found.first_bad, found.events, found.table) == (False, number, LAST, table)
        assert found.finding == f"the table {table} does not say what event {number} says ({column}); {KEPT}"
        _behind_its_back(open_desk, table, f"delete from {table}; insert into {table} from as_it_was")
    assert open_desk.verify().sound


@pytest.mark.parametrize("table", TABLES)
def test_a_falsified_table_is_made_anew_and_the_false_one_kept(desk: Path, table: str) -> None:
    _change(desk, table, f"update {table} set application = 'A9'")
    assert not _found(desk).sound
    notice = _mended(desk)
    assert notice.startswith(
        f"The database was not what was written (the table {table} does not say what event {FIRST[table]} says "
        "(application)): it was made anew from the journal; the file as it was found is kept as ledger.duckdb.damaged-"
    )
    (kept,) = (desk / "ledger").glob("ledger.duckdb.damaged-*")
    with duckdb.connect(str(kept), read_only=True) as connection:
        assert connection.execute(f"select distinct application from {table}").fetchall() == [("A9",)]


@pytest.mark.parametrize(
    ("table", "statement", "words"),
    [
        *((table, "delete from {table}", "the table {table} has no row of event {first}") for table in TABLES),
        ("scores", "insert into {table} from {table}", "the table {table} has a row of event {first} that nobody"),
        (
            "outcomes",
            "insert into {table} select * replace (6 as sequence) from {table} limit 1",
            "the table {table} has a row of event 6 that nobody recorded",
        ),
        (
            "erasures",
            "insert into {table} select * replace (99 as sequence) from {table} limit 1",
            "the table {table} holds a row of an event that does not exist",
        ),
        (
            "outcomes",
            "insert into {table} select * replace (null as sequence) from {table}",
            "the table {table} holds 2 rows of events that do not exist",
        ),
        ("decisions", "drop table {table}", "a table is missing or was altered: Catalog Error: "),
        ("decisions", "alter table {table} drop application", "a table is missing or was altered: Binder Error: "),
    ],
)
def test_rows_that_are_missing_or_too_many_are_said_by_the_start_that_makes_them_good(
    desk: Path, table: str, statement: str, words: str
) -> None:
    _change(desk, table, statement.format(table=table))
    if statement.startswith("alter"):  # the number of rows is right: seen where rows are compared
        assert not _found(desk).sound
    said = words.format(table=table, first=FIRST[table])
    assert f"The database was not what was written ({said}" in _mended(desk)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_took_anothers_place_is_found(desk: Path, table: str) -> None:
    """As many rows as there should be, and the highest number is right."""
    with _open(desk) as ledger:
        ledger.append([a_draft(kind, public=public, application="A2") for kind, public in PUBLIC.items()])
    _change(desk, table, f"update {table} set sequence = 6 where sequence = {FIRST[table]}")
    found = _found(desk)
    assert (found.sound, found.first_bad) == (False, FIRST[table])
    assert found.finding.startswith(f"the table {table} has no row of event {FIRST[table]}")


@pytest.fixture
def open_desk(desk: Path) -> Iterator[Ledger]:
    with _open(desk) as ledger:
        yield ledger


def _behind_its_back(ledger: Ledger, table: str, statement: str) -> None:
    """In the file that is open here: what a defect of the desk's own would do."""
    store = ledger._writer.open_files.store
    with store.cursor() as cursor:
        for guard in ("stay", "remain"):
            cursor.execute(f"drop trigger if exists {table}_{guard} on {table}")
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("update {table} set application = 'A9' where sequence > 6", 6),
        ("delete from {table} where sequence > 6", 6),
        ("insert into {table} from {table} where sequence > 6", 6),
        ("insert into {table} select * replace (12 as sequence) from {table} where sequence > 6 limit 1", 12),
        ("insert into {table} select * replace (99 as sequence) from {table} limit 1", None),
        ("insert into {table} select * replace (0 as sequence) from {table} limit 1", None),
    ],
)
def test_while_it_is_open_both_walks_find_what_is_wrong(
    open_desk: Ledger, table: str, statement: str, first_bad: int | None
) -> None:
    open_desk.append(
        [a_draft(kind, public=public, application="A2", applicant="P2") for kind, public in PUBLIC.items()]
    )
    _behind_its_back(open_desk, table, statement.format(table=table))
    wanted = first_bad if first_bad != 6 else 6 + FIRST[table]
    for since_head in (True, False):  # in this order: what is not sound is forgotten to have been verified
        found = open_desk.verify(since_head=since_head)
        assert (found.sound, found.first_bad, found.events, found.table) == (False, wanted, 2 * LAST, table)


def test_what_the_app_found_is_mended_by_its_next_start(desk: Path) -> None:
    with _open(desk) as ledger:
        _behind_its_back(ledger, "decisions", "update decisions set decision = 'decline'")
        assert not ledger.verify().sound
    assert "(the table decisions does not say what event 2 says (decision))" in _mended(desk)


def test_the_first_wrong_event_is_named_over_tables_and_pieces(
    open_desk: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ledger.checking._AT_ONCE", 2)
    _behind_its_back(open_desk, "erasures", "delete from erasures")
    _behind_its_back(open_desk, "outcomes", "update outcomes set outcome = 'repaid'")
    found = open_desk.verify()
    assert (found.first_bad, found.table) == (4, "outcomes")


def test_an_event_that_is_wrong_counts_before_a_table(desk: Path) -> None:
    with _open(desk) as ledger:
        _behind_its_back(ledger, "scores", "update scores set grade = 'A'")
        (segment,) = (desk / "ledger" / "journal").glob("*.jsonl")
        segment.write_bytes(segment.read_bytes().replace(b'"kind":"erased"', b'"kind":"erazed"'))
        found = ledger.verify()
    assert (found.first_bad, found.table) == (5, "")


def test_what_is_recorded_meanwhile_is_no_finding(open_desk: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.ledger.verification.REPORT_EVERY", 2)

    def progress(step: str, done: float | None = None) -> None:
        open_desk.append([a_draft(SCORED, public=SCORE)])

    found = open_desk.verify(progress)
    assert (found.sound, found.events) == (True, LAST)


def test_a_start_that_has_nothing_to_look_at_again_compares_no_rows(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a start is to be quick")

    with _open(desk):
        """What came last was looked at."""
    monkeypatch.setattr("core.ledger.readings_of_chain.wrong_row", refused)
    with _open(desk) as ledger:
        assert ledger.notices == ()


def test_a_reading_of_another_edition_is_made_anew_without_a_word(tmp_path: Path) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        ledger.append([a_draft(public={"words": "w"})])
    louder = Reading(
        NOTES.table,
        NOTES.columns,
        NOTES.kinds,
        lambda event: (event.sequence, event.at.replace(tzinfo=None), "W", None),
        edition=2,
    )
    for reading, words in ((louder, "W"), (NOTES, "w")):
        with a_ledger(tmp_path, [reading]) as ledger:
            assert ledger.notices == ()
            assert ledger.verify().sound
            with ledger.reading() as cursor:
                assert cursor.execute("select words from notes").fetchall() == [(words,)]


def test_a_reading_that_was_not_kept_in_step_for_a_while_is_made_anew_without_a_word(tmp_path: Path) -> None:
    for readings in ([NOTES], [], [NOTES]):
        with a_ledger(tmp_path, readings) as ledger:
            ledger.append([a_draft()])
            assert ledger.notices == ()
            assert ledger.verify().sound


@pytest.mark.parametrize("statement", ["update notes set words = 'x'", "delete from notes", "truncate notes"])
def test_rows_can_be_neither_changed_nor_deleted_by_our_own_mistake(tmp_path: Path, statement: str) -> None:
    with a_ledger(tmp_path, [NOTES]) as ledger:
        ledger.append([a_draft()])
    with duckdb.connect(str(tmp_path / "ledger" / "ledger.duckdb")) as connection:
        with pytest.raises(duckdb.Error, match="rows read from events are never"):
            connection.execute(statement)
        assert connection.execute("select count(*) from notes").fetchall() == [(1,)]


def test_one_query_a_table_and_piece(desk: Path) -> None:
    asked: list[str] = []

    class Heard:
        def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
            self._cursor = cursor

        def execute(self, query: str, values: list[object]) -> duckdb.DuckDBPyConnection:
            asked.append(query)
            return self._cursor.execute(query, values)

    with closing(Store.open(desk / "ledger" / "ledger.duckdb", READINGS)) as store, store.cursor() as cursor:
        events = store.events(0, 10, ())
        assert wrong_row(Heard(cursor), READINGS, events, 0, LAST) is None  # type: ignore[arg-type]
    assert len(asked) == len(READINGS)


def test_a_false_row_stays_said_for_a_week(desk: Path) -> None:
    _change(desk, "decisions", "delete from decisions")
    _mended(desk)
    for later, said in ((timedelta(days=7, seconds=-1), 1), (timedelta(days=7), 0)):
        clock = SetClock(datetime(2026, 3, 2, 12, tzinfo=UTC) + later)
        assert clock.now == NOON + later
        with closing(Ledger.open(desk / "ledger", desk / "master.key", READINGS, clock)) as ledger:
            assert len(ledger.altered) == said
