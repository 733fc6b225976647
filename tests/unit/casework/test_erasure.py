"""A person is forgotten in every file, the chain holds, the sums stay, and a killed erasure is finished."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core.accounts.people import CONSOLE, Actor
from core.accounts.roles import PERSONAL_ROLES, Role
from core.casework.erasure import Erased, ErasureOrder, Erasures
from core.casework.erasure_open import KEYS, notices
from core.casework.erasure_person import ERASURE_BEGUN
from core.casework.kinds import ERASED
from core.errors import (
    ErasedRecord,
    ErasureOpen,
    ErasureRefused,
    LedgerUnwritable,
    PermissionRefused,
    SolventError,
    UnknownApplicant,
    UnknownRecord,
)
from core.ledger.ledger import Ledger
from core.portfolio import erasing, erasing_room
from core.portfolio.database import only_builder
from core.progress import silent
from core.settings import Settings
from tests.ledgers import a_sealed_draft
from tests.unit.casework.erasure_builders import (
    INCOME,
    NUMBER,
    a_desk_with_a_client,
    an_export,
    an_open_ledger,
    record,
    traces,
    wrapped_keys,
)
from tests.unit.portfolio.builders import a_contract

ADA = Actor("ada", Role.ADMINISTRATOR, "10.0.0.9")
REASON = "Asked for by letter, Article 17"
ORDER = ErasureOrder(NUMBER, REASON, "k1")
STEPS = (ERASURE_BEGUN, "truth.parquet", "features.duckdb", "portfolio", "keys")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_desk_with_a_client(tmp_path)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    opened = an_open_ledger(settings)
    yield opened
    opened.close()


@pytest.fixture
def erasures(ledger: Ledger, settings: Settings) -> Erasures:
    return Erasures(ledger, settings, a_contract())


def sums(ledger: Ledger) -> list[tuple[object, ...]]:
    with ledger.reading() as cursor:
        return cursor.execute("select count(*), sum(amount), sum(default_probability) from decisions").fetchall()


def files_with(folder: Path, keys: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Which of these keys lie in which files; `keys.sqlite-wal` is one of the files that are searched."""
    found: dict[str, set[str]] = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        for name, key in keys.items():
            if key in path.read_bytes():
                found.setdefault(name, set()).add(path.name)
    return found


def test_the_preview_says_what_there_is_and_what_stays(ledger: Ledger, erasures: Erasures) -> None:
    application = record(ledger)
    record(ledger, lookup="typed:1")
    record(ledger, "1", note="another")
    an_export(ledger)

    for whom in (NUMBER, f" 0{NUMBER} ", application):
        seen = erasures.preview(whom, ADA)
        assert seen.person.applicant_key == NUMBER
        assert len(seen.person.applications) == 2
        assert (seen.recorded.applications, seen.recorded.events) == (2, 4)
        assert (seen.recorded.decisions, seen.recorded.outcomes) == (2, 0)
        assert seen.recorded.kinds == {"decided": 2, "scored": 2}
        assert [(held.place, held.rows) for held in seen.holdings.tables] == [("Clients", 1)]
        assert seen.holdings.feature_rows == 1
        assert [held.place for held in seen.holdings.raw_files] == ["clients_old.csv", "truth.parquet"]
        assert "1 exports and downloads" in " ".join(seen.stays)
        assert NUMBER not in " ".join(seen.stays)


def test_a_preview_changes_nothing(ledger: Ledger, erasures: Erasures, settings: Settings) -> None:
    record(ledger)
    before = ledger.head
    erasures.preview(NUMBER, ADA)
    assert ledger.head == before
    assert erasures.unfinished() == ()


def test_no_file_of_the_desk_yields_the_person_afterwards(settings: Settings) -> None:
    ledger = an_open_ledger(settings)
    record(ledger)
    keys = wrapped_keys(settings)
    assert set(keys) == set(files_with(settings.data_dir, keys))
    assert traces(settings.data_dir) == {
        "raw/clients_old.csv",
        "raw/truth.parquet",
        "features.duckdb",
        "tables.duckdb",
    }

    Erasures(ledger, settings, a_contract()).carry_out(ORDER, ADA)

    assert traces(settings.data_dir) == set()
    assert files_with(settings.data_dir, keys) == {}
    ledger.close()
    assert traces(settings.data_dir) == set()


def test_the_chain_says_who_forgot_whom_when_and_why_and_the_sums_stay(ledger: Ledger, erasures: Erasures) -> None:
    record(ledger)
    record(ledger, "1", note="another")
    before = sums(ledger)

    done = erasures.carry_out(ORDER, ADA, "10.0.0.9")

    assert sums(ledger) == before
    event = ledger.event(done.sequence)
    assert (event.kind, event.actor.name, event.actor.role, event.actor.address) == (
        ERASED,
        "ada",
        "administrator",
        "10.0.0.9",
    )
    assert (event.application, event.applicant, event.subject) == ("", done.applicant, done.applicant)
    assert event.public == {
        "rule": "request",
        "reason": REASON,
        "applications": 1,
        "events": 2,
        "decisions": 1,
        "outcomes": 0,
        "portfolio_rows": 4,
        "begun": done.sequence - 1,
    }
    assert erasures.past() == (done,)


def test_what_was_sealed_is_erased_and_what_others_have_is_not(ledger: Ledger, erasures: Erasures) -> None:
    mine, other = record(ledger), record(ledger, "1", note="another")
    erasures.carry_out(ORDER, ADA)

    for event in ledger.of_application(mine):
        with pytest.raises(ErasedRecord):
            ledger.unsealed(event)
    assert [ledger.unsealed(event)["note"] for event in ledger.of_application(other)] == ["another", "another"]
    assert erasures.preview("1", ADA).holdings.rows > 0


def test_every_application_of_a_person_goes_by_the_id_of_one(ledger: Ledger, erasures: Erasures) -> None:
    first, second = record(ledger), record(ledger, lookup="typed:1")
    done = erasures.carry_out(ErasureOrder(first, REASON, "k1"), ADA)
    assert done.applications == 2
    assert ledger.keys.key_of(second) is None


def test_an_application_of_which_nobody_knows_the_client_is_forgotten_by_its_id(
    ledger: Ledger, erasures: Erasures
) -> None:
    (event,) = ledger.append([a_sealed_draft(ledger, {"income": INCOME}, "typed:2", "", "scored")])
    done = erasures.carry_out(ErasureOrder(event.application, REASON, "k1"), ADA)
    assert (done.applications, done.events, done.portfolio_rows) == (1, 1, 0)
    assert ledger.keys.key_of(event.application) is None


def test_a_client_who_was_never_scored_leaves_the_portfolio_under_a_reference(
    ledger: Ledger, erasures: Erasures, settings: Settings
) -> None:
    done = erasures.carry_out(ORDER, ADA)
    assert (done.applications, done.events, done.portfolio_rows) == (0, 0, 4)
    assert done.applicant.startswith("P")
    assert ledger.keys.reference_of(NUMBER) is None
    assert traces(settings.data_dir) == set()


@pytest.mark.parametrize(
    ("whom", "refusal", "words"),
    [
        ("777", UnknownApplicant, "Client 777: is neither in the portfolio nor on record"),
        ("A" + "B" * 16, UnknownRecord, "expected a client's number or the id"),
        ("", UnknownRecord, "expected a client's number or the id"),
        ("x" * 900, UnknownRecord, "x{40}…"),
        ("'; drop table events; --", UnknownRecord, "expected a client's number"),
    ],
)
def test_nobody_is_found_by_other_words(
    erasures: Erasures, ledger: Ledger, whom: str, refusal: type[Exception], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        erasures.carry_out(ErasureOrder(whom, REASON, "k1"), ADA)
    assert ledger.head.count == 0


def test_somebody_who_was_forgotten_is_unknown_by_number_and_erased_by_application(
    ledger: Ledger, erasures: Erasures
) -> None:
    application = record(ledger)
    erasures.carry_out(ORDER, ADA)
    with pytest.raises(UnknownApplicant, match="was forgotten already"):
        erasures.preview(NUMBER, ADA)
    with pytest.raises(ErasedRecord, match="forgotten already"):
        erasures.preview(application, ADA)


def test_the_same_order_twice_is_one_erasure(ledger: Ledger, erasures: Erasures) -> None:
    record(ledger)
    first = erasures.carry_out(ORDER, ADA)
    assert erasures.carry_out(ORDER, ADA) == first
    assert [event.kind for event in ledger.events()].count(ERASED) == 1


@pytest.mark.parametrize("reason", ["too short", f"client {NUMBER} asked for it"])
def test_a_reason_against_the_rules_is_refused_before_anything_happens(
    ledger: Ledger, erasures: Erasures, settings: Settings, reason: str
) -> None:
    application = record(ledger)
    before = ledger.head
    for whom in (NUMBER, application):
        with pytest.raises(ErasureRefused, match="Reason"):
            erasures.carry_out(ErasureOrder(whom, reason, "k1"), ADA)
    assert ledger.head == before
    assert "tables.duckdb" in traces(settings.data_dir)


def test_an_order_has_a_key_of_its_own(erasures: Erasures) -> None:
    with pytest.raises(ErasureRefused, match="key of its own"):
        erasures.carry_out(replace(ORDER, idempotency_key=""), ADA)


def test_only_an_administrator_or_the_command_line_forgets(erasures: Erasures, ledger: Ledger) -> None:
    record(ledger)
    for role in set(PERSONAL_ROLES) - {Role.ADMINISTRATOR}:
        with pytest.raises(PermissionRefused):
            erasures.carry_out(ORDER, Actor("ana", role))
        with pytest.raises(PermissionRefused):
            erasures.preview(NUMBER, Actor("ana", role))
    assert erasures.carry_out(ORDER, CONSOLE).actor == "console"


def test_a_raw_file_that_cannot_be_searched_is_refused_before_the_intent_is_written(
    erasures: Erasures, ledger: Ledger, settings: Settings
) -> None:
    (settings.raw_dir / "bad.parquet").write_bytes(b"no")
    with pytest.raises(ErasureRefused, match=r"bad\.parquet"):
        erasures.carry_out(ORDER, ADA)
    assert ledger.head.count == 0


def test_an_erasure_that_meets_an_import_at_work_is_finished_afterwards(
    erasures: Erasures, ledger: Ledger, settings: Settings
) -> None:
    record(ledger)
    with only_builder(settings.data_dir), pytest.raises(SolventError, match="another process is building"):
        erasures.carry_out(ORDER, ADA)
    assert len(erasures.unfinished()) == 1
    assert ledger.keys.reference_of(NUMBER) is not None
    done = erasures.carry_out(ORDER, ADA)
    assert _finished(ledger, settings, erasures) == done


def test_files_set_aside_are_named(erasures: Erasures, ledger: Ledger, settings: Settings) -> None:
    record(ledger)
    (settings.ledger_dir / "ledger.duckdb.damaged-1").write_bytes(b"")
    assert "ledger.duckdb.damaged-1" in " ".join(erasures.preview(NUMBER, ADA).stays)


@pytest.mark.parametrize("short_of", [0, 1])
def test_an_order_is_begun_only_where_there_is_room_for_the_new_files(
    erasures: Erasures, ledger: Ledger, settings: Settings, short_of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = erasing_room.needed_bytes(settings) - short_of
    monkeypatch.setattr(erasing_room, "_free_bytes", lambda folder: free)
    record(ledger)
    before = ledger.head
    if short_of:
        with pytest.raises(ErasureRefused, match=r"which needs .* MB of room in .*; nothing was begun: make room"):
            erasures.carry_out(ORDER, ADA)
        assert ledger.head == before
        assert "tables.duckdb" in traces(settings.data_dir)
    else:
        done = erasures.carry_out(ORDER, ADA)
        assert _finished(ledger, settings, erasures) == done


def test_more_than_twice_the_largest_database_is_asked_for(settings: Settings) -> None:
    largest = max(settings.tables_file.stat().st_size, settings.features_file.stat().st_size)
    assert erasing_room.needed_bytes(settings) > 2 * largest + settings.features_file.stat().st_size


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), duckdb.FatalException("no\nspace")])
def test_an_erasure_that_fails_in_the_middle_says_how_far_it_is_and_is_finished_by_the_same_order(
    erasures: Erasures, ledger: Ledger, settings: Settings, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise failure

    record(ledger)
    with monkeypatch.context() as disk:
        disk.setattr(erasing.erasing_stores, "erase_from_tables", full)
        with pytest.raises(ErasureOpen) as stopped:
            erasures.carry_out(ORDER, ADA)
    said = str(stopped.value)
    assert "features.duckdb; the other files and the keys are as they were. It stopped because of this: " in said
    assert "tables.duckdb: cannot be written anew (" in said
    assert "\n" not in said
    (begun,) = erasures.unfinished()
    (notice,) = notices(ledger)
    assert notice.startswith(f"An erasure is open: begun by ada on {begun.at:%d %B %Y} (event {begun.sequence})")
    done = erasures.carry_out(ORDER, ADA)
    assert _finished(ledger, settings, erasures) == done
    assert notices(ledger) == ()


def test_an_erasure_that_lacks_its_last_event_only_is_known_by_the_reason_it_was_ordered_for(
    settings: Settings, ledger: Ledger
) -> None:
    def full(step: str) -> None:
        if step == KEYS:
            raise LedgerUnwritable("Ledger: nothing was recorded; make room.")

    record(ledger)
    with pytest.raises(ErasureOpen, match="rows and keys are gone, only the event that says so is missing"):
        Erasures(ledger, settings, a_contract(), full).carry_out(ORDER, ADA)
    erasures = Erasures(ledger, settings, a_contract())
    assert erasures.complete("Another reason altogether") is None
    done = erasures.complete(f" {REASON}\n")
    assert _finished(ledger, settings, erasures) == done


class Stopped(BaseException):
    pass


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_erasure_is_finished_at_the_next_start(settings: Settings, step: str) -> None:
    def stop(name: str) -> None:
        if name == step:
            raise Stopped

    ledger = an_open_ledger(settings)
    record(ledger)
    with pytest.raises(Stopped):
        Erasures(ledger, settings, a_contract(), stop).carry_out(ORDER, ADA)
    ledger.close()

    ledger = an_open_ledger(settings)
    erasures = Erasures(ledger, settings, a_contract())
    assert [begun.applicant for begun in erasures.unfinished()] != []
    (done,) = erasures.resume()
    assert _finished(ledger, settings, erasures) == done
    assert erasures.resume() == ()
    ledger.close()


def test_an_interrupted_erasure_is_finished_when_the_person_is_erased_again(settings: Settings, ledger: Ledger) -> None:
    def stop(name: str) -> None:
        raise Stopped

    record(ledger)
    with pytest.raises(Stopped):
        Erasures(ledger, settings, a_contract(), stop).carry_out(ORDER, ADA)
    erasures = Erasures(ledger, settings, a_contract())
    done = erasures.carry_out(ErasureOrder(NUMBER, "Another reason altogether", "k2"), ADA)
    assert done.reason == REASON
    assert _finished(ledger, settings, erasures) == done


def _finished(ledger: Ledger, settings: Settings, erasures: Erasures) -> Erased:
    """The one erasure, after which there is no trace."""
    assert traces(settings.data_dir) == set()
    assert erasures.unfinished() == ()
    (done,) = erasures.past()
    assert (done.actor, done.reason, done.applications, done.portfolio_rows) == ("ada", REASON, 1, 4)
    assert ledger.keys.applicant_key(done.applicant) is None
    assert ledger.verify(silent).sound
    return done


_KILLED = """
import os, sys, pathlib
from core.casework.erasure import Erasures
from tests.ledgers import a_sealed_draft
from tests.unit.casework.erasure_builders import an_open_ledger
from tests.unit.casework.test_erasure import ADA, ORDER
from tests.unit.portfolio.builders import a_contract, some_settings
settings = some_settings(pathlib.Path(sys.argv[1]))
def kill(name):
    if name == sys.argv[2]:
        os._exit(9)
Erasures(an_open_ledger(settings), settings, a_contract(), kill).carry_out(ORDER, ADA)
"""


@pytest.mark.parametrize("step", ["features.duckdb", "keys"])
def test_a_killed_process_leaves_an_erasure_that_is_finished(settings: Settings, step: str, project_root: Path) -> None:
    ledger = an_open_ledger(settings)
    record(ledger)
    ledger.close()

    killed = [sys.executable, "-c", _KILLED, str(settings.data_dir), step]
    assert subprocess.run(killed, cwd=project_root, check=False, timeout=60).returncode == 9

    ledger = an_open_ledger(settings)
    erasures = Erasures(ledger, settings, a_contract())
    (done,) = erasures.resume()
    assert _finished(ledger, settings, erasures) == done
    ledger.close()
