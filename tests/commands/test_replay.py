"""`replay` on the command line: the same to the last bit is 0, anything else names what differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core import settings
from core.__main__ import main
from core.casework.kinds import SCORED
from core.casework.opening import open_ledger
from core.commands import records
from core.commands.channel import client, server
from core.commands.place import Alone, alone
from core.commands.records import ElsewhereRecords, HereRecords
from core.commands.running import dispatch
from core.errors import LedgerUnavailable, UnknownRecord
from core.model import registry
from tests.commands.heard import Heard

KEYS = ("100001", "100002", "100003", "100004", "100005")


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with five scores on record, one of a client who was forgotten."""
    folder = Path(shutil.copytree(small_desk, tmp_path_factory.mktemp("replay") / "desk"))
    with alone(settings.read({}, data_dir=folder)) as place:
        for key in KEYS:
            assert dispatch(place)(["score", key], Heard()) == 0
        words = ["erase", "--applicant", KEYS[-1], "--reason", "Asked for by the client", "--yes"]
        assert dispatch(place)(words, Heard()) == 0
    return folder


@pytest.fixture(scope="module")
def sequences(desk: Path) -> tuple[int, ...]:
    """The numbers of the scores, the forgotten client's last."""
    ledger = open_ledger(settings.read({}, data_dir=desk))
    try:
        return tuple(event.sequence for event in ledger.events(kinds=(SCORED,)))
    finally:
        ledger.close()


def _replay(desk: Path, *words: str) -> int:
    return main(["--data", str(desk), "replay", *words])


def test_a_record_comes_out_the_same(
    desk: Path, sequences: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _replay(desk, str(sequences[0]), "--json", "--stored-rows") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "same"


def test_all_records_come_out_the_same_and_erased_ones_are_counted_apart(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _replay(desk, "--all", "--json", "--stored-rows") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["same"], said["erased"], said["differing"]) == (True, 4, 1, 0)
    assert _replay(desk, "--all", "--stored-rows") == 0
    assert capsys.readouterr().out.startswith("Replay of 5 records: sound.\n")


def test_an_erased_record_says_erased_and_did_not_fail(
    desk: Path, sequences: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _replay(desk, str(sequences[-1])) == 0
    assert "erased; its person was forgotten" in capsys.readouterr().out


def test_where_the_model_of_then_is_gone_the_record_cannot_be_repeated(
    desk: Path, sequences: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = registry.active(settings.read({}, data_dir=desk).models_dir)
    away = folder.rename(desk / "away")
    try:
        assert _replay(desk, str(sequences[0]), "--stored-rows") == 1
        assert "cannot be repeated" in capsys.readouterr().out
        assert _replay(desk, "--all", "--json", "--stored-rows") == 1
        said = json.loads(capsys.readouterr().out)
        assert (said["sound"], said["impossible"], said["erased"]) == (False, 4, 1)
    finally:
        away.rename(folder)


@pytest.mark.parametrize(("words", "code"), [((), 2), (("1", "--all"), 2), (("999999",), 4)])
def test_what_cannot_be_replayed_is_refused(
    desk: Path, words: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _replay(desk, *words) == code
    assert capsys.readouterr().out == ""


def test_records_come_page_by_page_from_the_process_that_has_the_ledger_open(
    desk: Path, sequences: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.read({}, data_dir=desk)
    monkeypatch.setattr("core.commands.records_command.RECORDS_AT_ONCE", 2)
    asked: list[list[str]] = []
    real = client.ask
    monkeypatch.setattr(
        records.client, "ask", lambda path, words, console: asked.append(list(words)) or real(path, words, console)
    )
    with alone(own) as place:
        channel = server.ChannelServer(own.channel_file, dispatch(place))
        channel.start()
        try:
            elsewhere, here = ElsewhereRecords(own), HereRecords(place.ledger())
            assert list(elsewhere.all()) == list(here.all())
            assert elsewhere.count() == here.count() == len(KEYS)
            assert elsewhere.one(sequences[0]) == here.one(sequences[0])
            with pytest.raises(UnknownRecord):
                elsewhere.one(999_999)
        finally:
            channel.stop()
    assert len([words for words in asked if "--after" in words]) == 4  # two, two, one, none


def test_an_app_that_ends_in_between_is_a_sentence(desk: Path) -> None:
    with pytest.raises(LedgerUnavailable, match="has ended meanwhile"):
        ElsewhereRecords(settings.read({}, data_dir=desk)).count()


def test_long_work_beside_the_app_steps_back_behind_its_pages(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = settings.read({}, data_dir=desk)
    niceness: list[int] = []
    monkeypatch.setattr("core.commands.running.os.nice", niceness.append)
    with alone(own) as place:
        assert isinstance(place, Alone)
        channel = server.ChannelServer(own.channel_file, dispatch(place))
        place.ledger()
        channel.start()
        try:
            assert _replay(desk, "--all", "--json", "--stored-rows") == 0
        finally:
            channel.stop()
    assert niceness == [10]
    assert json.loads(capsys.readouterr().out)["same"] == 4
