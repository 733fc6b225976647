"""Every command works while the app runs, under load, and says what it says alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event, Thread
from unittest.mock import patch

import pytest

from core import settings
from core.commands.channel import client
from core.errors import SolventError
from core.portfolio import contract_file
from core.portfolio.contract import Kind
from core.portfolio.tables import Tables
from core.software import software_version
from tests.browser.server import health, serving
from tests.commands.approved import approve
from tests.commands.heard import Heard
from tests.commands.typed import Ended, typed, typed_here

STORED, ERASABLE, MISSING = "100002", "100007", "999999999"
APPROVED = ("100003", "100004")
TODAY = datetime.now(UTC).date()
NAMES = "application,outcome,observed_on\n"
REASON = "Asked for by the client"
EXIT_CODES = {
    "score": 0,
    "score in words": 0,
    "score of a form": 0,
    "score of a file": 0,
    "score of nobody": 4,
    "score without a question": 2,
    "score of no file": 2,
    "score with a word too many": 2,
    "verify against a head": 0,
    "verify against no head": 2,
    "replay of one": 0,
    "replay of one in words": 0,
    "replay of none": 4,
    "replay without a question": 2,
    "replay of all": 0,
    "outcomes": 1,
    "outcomes in words": 1,
    "outcomes of no file": 2,
    "erase, shown before": 0,
    "erase without anybody to confirm": 2,
    "erase what is past its time": 0,
    "erase of nobody": 4,
    "applicants": 0,
    "people": 0,
    "people without a deed": 2,
}
# what no two runs have in common: moments, and how much others have recorded meanwhile
UNLIKE = ("scored_at", "latency_ms", "events", "head", "records", "same", "from_raw", "not_from_raw", "before", "first")


@dataclass
class Load:
    """What keeps the app busy: its health check, which scores, and others' commands, each of which it writes down."""

    desk: Path
    address: str
    form: str
    written: int = 0
    wrong: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def score_stored(self) -> None:
        for key in range(100_010, 101_400):
            self._score([str(key)], Heard(), key)

    def score_forms(self) -> None:
        for more in count(1):
            form = {**json.loads(self.form), "AMT_INCOME_TOTAL": 100_000.0 + more}
            self._score(["--application", "-"], Heard({"-": json.dumps(form).encode()}), None)
            if self.over.is_set():
                return

    def _score(self, words: list[str], heard: Heard, applicant: int | None) -> None:
        if self.over.is_set():
            return
        try:
            code = client.ask(settings.read(data_dir=self.desk).channel_file, ["score", *words, "--json"], heard)
        except SolventError as refusal:
            self.wrong.append(f"{words}: {refusal}")
            return
        if code != 0 or json.loads(heard.printed)["applicant"] != applicant:
            self.wrong.append(f"{words}: {code}, {heard.said}")
        self.written += 1

    def look(self) -> None:
        while not self.over.is_set():
            try:
                status, said = health(self.address)
            except TimeoutError:
                continue  # of a machine that is busy with much else
            if status != 200:
                self.wrong.append(str(said))


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a few records; its head and the number of its first score lie beside it."""
    from core.casework.opening import open_ledger

    folder = Path(shutil.copytree(small_desk, tmp_path_factory.mktemp("beside") / "desk"))
    for key in (STORED, ERASABLE):
        assert typed_here(folder, "score", key).code == 0
    assert typed_here(folder, "verify", "--save-head", str(folder.parent / "head.json")).code == 0
    first, second = approve(folder, *APPROVED)
    (folder.parent / "later.csv").write_text(f"{NAMES}{second},defaulted,{TODAY}\n")
    file = folder.parent / "outcomes.csv"
    file.write_text(f"{NAMES}{first},repaid,{TODAY}\nnobody,repaid,{TODAY}\n{first},gone,{TODAY}\n")
    assert typed_here(folder, "outcomes", "--from", str(file)).code == 1
    ledger = open_ledger(settings.read(data_dir=folder))
    (folder.parent / "scored").write_text(str(ledger.events(kinds=("scored",))[0].sequence))
    ledger.close()
    return folder


@pytest.fixture(scope="module")
def form(desk: Path) -> str:
    """A new application as JSON: one of the portfolio without its number and outcome."""
    own = settings.read(data_dir=desk)
    contract = contract_file.read(own.contract_file)
    tables = Tables.open(own.tables_file, contract)
    fields = tables.application(STORED)
    tables.close()
    later = {name for name, column in contract.main_columns.items() if column.kind in (Kind.IDENTIFIER, Kind.TARGET)}
    return json.dumps({name: value for name, value in fields.items() if value is not None and name not in later})


@pytest.fixture(scope="module")
def ask(desk: Path, form: str) -> Callable[[str], Ended]:
    """Types one of the commands, whoever has the desk open."""
    outcomes = desk.parent / "outcomes.csv"
    head, file, scored = desk.parent / "head.json", desk.parent / "form.json", (desk.parent / "scored").read_text()
    file.write_text(form)
    words = {
        "score": ("score", STORED, "--json"),
        "score in words": ("score", STORED),
        "score of a form": ("score", "--application", "-", "--json"),
        "score of a file": ("score", "--application", str(file), "--history-of", STORED, "--json"),
        "score of nobody": ("score", MISSING, "--json"),
        "score without a question": ("score",),
        "score of no file": ("score", "--application", "absent.json"),
        "score with a word too many": ("score", STORED, "--shoe-size"),
        "verify against a head": ("verify", "--head", str(head), "--json"),
        "verify against no head": ("verify", "--head", "absent.json"),
        "replay of one": ("replay", scored, "--json"),
        "replay of one in words": ("replay", scored),
        "replay of none": ("replay", "999999999"),
        "replay without a question": ("replay",),
        "replay of all": ("replay", "--all", "--stored-rows", "--json"),
        "outcomes": ("outcomes", "--from", str(outcomes), "--json"),
        "outcomes in words": ("outcomes", "--from", str(outcomes)),
        "outcomes of no file": ("outcomes", "--from", "absent.csv"),
        "erase, shown before": ("erase", "--applicant", ERASABLE, "--preview", "--json"),
        "erase without anybody to confirm": ("erase", "--applicant", ERASABLE, "--reason", REASON),
        "erase what is past its time": ("erase", "--past-retention", "--preview", "--json"),
        "erase of nobody": ("erase", "--applicant", MISSING, "--preview"),
        "applicants": ("applicants", "--limit", "3", "--json"),
        "people": ("people", "list", "--json"),
        "people without a deed": ("people",),
    }
    return lambda name: typed_here(desk, *words[name], given=form)


@pytest.fixture(scope="module")
def alone(ask: Callable[[str], Ended]) -> dict[str, Ended]:
    """What the commands say when nobody else has the desk open."""
    return {name: ask(name) for name in EXIT_CODES}


@pytest.fixture(scope="module")
def load(desk: Path, form: str, alone: dict[str, Ended], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """The running app, kept busy until the tests of this file are over."""
    software_version()  # as it is now: whoever edits the sources meanwhile makes another one
    with serving(desk, tmp_path_factory.mktemp("app") / "log") as address, patch("core.commands.running.os.nice"):
        load = Load(desk, address, form)
        threads = [Thread(target=work) for work in (load.score_stored, load.score_forms, load.look)]
        for thread in threads:
            thread.start()
        try:
            yield load
        finally:
            load.over.set()
            for thread in threads:
                thread.join()


def _comparable(ended: Ended) -> tuple[int, object, str]:
    said: object = ended.out
    if ended.out.startswith("{"):
        said = {key: value for key, value in json.loads(ended.out).items() if key not in UNLIKE}
        return ended.code, said, ""
    return ended.code, said, re.sub(r"ends at \d+", "ends at its end", ended.err)


@pytest.mark.parametrize("name", EXIT_CODES)
def test_a_command_beside_the_busy_app_says_what_it_says_alone(
    name: str, ask: Callable[[str], Ended], alone: dict[str, Ended], load: Load
) -> None:
    assert alone[name].code == EXIT_CODES[name], alone[name].err
    assert _comparable(ask(name)) == _comparable(alone[name])


def test_a_command_has_a_process_of_its_own_and_the_app_the_ledger(load: Load) -> None:
    if software_version.__wrapped__() != software_version():
        pytest.skip("the sources were edited while the app was running: a new process runs another program")
    before = load.written
    ended = typed(load.desk, "score", STORED, "--json")
    assert (ended.code, json.loads(ended.out)["applicant"]) == (0, int(STORED))
    assert typed(load.desk, "replay", "--all", "--stored-rows").code == 0
    assert load.written > before  # the app answered others meanwhile


def test_an_outcome_is_recorded_and_a_person_forgotten_in_the_busy_app(load: Load) -> None:
    later = typed_here(load.desk, "outcomes", "--from", str(load.desk.parent / "later.csv"), "--json")
    assert (later.code, json.loads(later.out)["counts"]["recorded"]) == (0, 1)
    words = ("erase", "--applicant", ERASABLE, "--reason", REASON, "--yes", "--json")
    forgotten = typed_here(load.desk, *words)
    assert (forgotten.code, json.loads(forgotten.out)["applications"]) == (0, 1)
    assert typed_here(load.desk, "score", ERASABLE).code == 4
    replayed = typed_here(load.desk, "replay", "--all", "--stored-rows", "--json")
    assert (replayed.code, json.loads(replayed.out)["erased"]) == (0, 1)


def test_the_load_was_written_down_and_nothing_went_wrong_meanwhile(load: Load) -> None:
    events = json.loads(typed_here(load.desk, "verify", "--json").out)["events"]
    assert events > load.written > 20
    assert load.wrong == []
