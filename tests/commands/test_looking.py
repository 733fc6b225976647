"""A command that only looks begins no record: one begun beside the first set-up would cost a demo its past."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from core import settings
from core.casework.opening import open_ledger
from core.commands import setup_lock
from core.commands.place import Opened, alone
from core.commands.running import dispatch
from core.errors import PortfolioMissing
from tests.commands.heard import Heard
from tests.commands.typed import typed_here

LOOKS = (
    ("verify",),
    ("verify", "--json"),
    ("replay", "--all"),
    ("replay", "1"),
    ("outcomes", "--from", "-"),
    ("erase", "--applicant", "100001", "--preview"),
    ("erase", "--past-retention", "--preview"),
    ("erase", "--past-retention", "--yes"),
)


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up, and nothing was ever recorded."""
    return Path(shutil.copytree(small_desk, tmp_path_factory.mktemp("looking") / "desk"))


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_where_there_is_no_record_none_is_begun(words: tuple[str, ...], desk: Path) -> None:
    ended = typed_here(desk, *words, given="application,outcome,observed_on\n")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"PortfolioMissing: Ledger {desk}/ledger: not set up yet, nothing was ever recorded")
    assert f"-m core --data {desk} setup." in ended.err
    assert not (desk / "ledger").exists()
    assert not (desk / "master.key").exists()


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_on_a_record_without_any_event_nothing_is_written_either(
    words: tuple[str, ...], desk: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    own = settings.read({}, data_dir=copy)
    open_ledger(own).close()
    assert typed_here(copy, *words, given="application,outcome,observed_on\n").code == 3
    with closing(open_ledger(own)) as ledger:
        assert ledger.head.count == 0


def test_beside_the_app_it_is_the_same(desk: Path, tmp_path: Path) -> None:
    own = settings.read({}, data_dir=Path(shutil.copytree(desk, tmp_path / "desk")))
    with alone(own) as inside:
        inside.ledger_to_write()
        place = Opened(own, inside.desk, inside.ledger_to_write, inside.erasures)
        with pytest.raises(PortfolioMissing, match="not set up yet"):
            dispatch(place)(["verify"], Heard())
        assert inside.ledger_to_write().head.count == 0


def test_a_score_beside_a_set_up_is_given_and_begins_no_record(desk: Path) -> None:
    with setup_lock.alone(settings.read({}, data_dir=desk)):
        ended = typed_here(desk, "score", "100001", "--json")
    said = json.loads(ended.out)
    assert (ended.code, said["applicant"], said["recorded"]) == (1, 100001, False)
    assert "Not recorded: Ledger " in ended.err
    assert "a set-up is at work here that may make one; wait until it has finished." in ended.err
    assert not (desk / "ledger").exists()


def test_an_erasure_that_is_meant_begins_the_record_that_says_so(desk: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    ended = typed_here(copy, "erase", "--applicant", "100001", "--reason", "Asked for by the client", "--yes")
    assert ended.code == 0, ended.err
    assert typed_here(copy, "verify", "--json").code == 0
