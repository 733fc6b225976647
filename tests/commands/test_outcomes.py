"""`outcomes` on the command line: every line of the file is recorded or explained."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import settings
from core.casework.kinds import OUTCOME
from core.casework.opening import open_ledger
from tests.commands.approved import approve
from tests.commands.typed import typed_here

APPROVED = ("100001", "100002", "100003")
TODAY = datetime.now(UTC).date()
NAMES = "application,outcome,observed_on,reason\n"


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(small_desk, tmp_path_factory.mktemp("outcomes") / "desk"))


@pytest.fixture(scope="module")
def applications(desk: Path) -> tuple[str, ...]:
    return approve(desk, *APPROVED)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outcomes.csv"


def test_where_every_line_is_recorded_the_command_ends_with_zero(
    desk: Path, applications: tuple[str, ...], file: Path
) -> None:
    file.write_text(f"{NAMES}{applications[0]},repaid,{TODAY},\n")
    ended = typed_here(desk, "outcomes", "--from", str(file), "--json")
    assert ended.code == 0, ended.err
    said = json.loads(ended.out)
    assert said["counts"] == {"recorded": 1, "corrected": 0, "already there": 0, "refused": 0}
    ledger = open_ledger(settings.read({}, data_dir=desk))
    (event,) = ledger.events(kinds=(OUTCOME,))
    ledger.close()
    assert (event.sequence, event.application) == (said["lines"][0]["event"], applications[0])
    assert (event.actor.name, event.public["outcome"]) == ("console", "repaid")


def test_the_same_file_again_records_nothing_twice(desk: Path, applications: tuple[str, ...], file: Path) -> None:
    file.write_text(f"{NAMES}{applications[1]},defaulted,{TODAY},\n")
    assert typed_here(desk, "outcomes", "--from", str(file)).code == 0
    again = typed_here(desk, "outcomes", "--from", str(file))
    assert again.code == 0
    assert again.out.splitlines()[-1] == "1 line: 0 recorded, 0 corrected, 1 already there, 0 refused."


def test_bad_lines_are_explained_one_by_one_and_good_ones_recorded(
    desk: Path, applications: tuple[str, ...], file: Path
) -> None:
    tomorrow = TODAY + timedelta(days=2)
    file.write_text(
        f"{NAMES}nobody,repaid,{TODAY},\n{applications[2]},repaid,{TODAY},\n{applications[0]},x,{tomorrow},\n"
    )
    ended = typed_here(desk, "outcomes", "--from", str(file))
    assert ended.code == 1
    first, second, third, summary = ended.out.splitlines()
    assert first.startswith("line 2: refused: application: ")
    assert second.startswith("line 3: recorded (event ")
    assert third.startswith("line 4: refused: outcome: ")
    assert summary == "3 lines: 1 recorded, 0 corrected, 0 already there, 2 refused."


def test_standard_input_is_a_file_too(desk: Path, applications: tuple[str, ...]) -> None:
    given = f"{NAMES}{applications[1]},repaid,{TODAY},The payment was found later\n"
    ended = typed_here(desk, "outcomes", "--from", "-", given=given)
    assert ended.code == 0, ended.out
    assert "1 corrected" in ended.out


@pytest.mark.parametrize(("content", "says"), [(None, "cannot be read"), ("a,b\n1,2\n", "must name application")])
def test_a_file_that_is_none_is_refused_as_a_whole(desk: Path, file: Path, content: str | None, says: str) -> None:
    if content is not None:
        file.write_text(content)
    ended = typed_here(desk, "outcomes", "--from", str(file))
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
