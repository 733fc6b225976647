"""A ledger that another process has open without answering: commands wait a while, then say so."""

from __future__ import annotations

import errno
import json
import shutil
import socket
from pathlib import Path
from threading import Timer

import pytest

from core import settings
from core.commands import running
from core.commands.channel import address, server
from core.commands.place import alone
from core.commands.running import dispatch
from tests.commands.heard import Heard
from tests.commands.typed import typed_here
from tests.desks import fresh_copy
from tests.ledgers import a_draft, a_ledger


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with a ledger of one event and no portfolio."""
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
    return tmp_path


def test_a_command_waits_for_the_one_that_works_on_the_ledger(desk: Path) -> None:
    place = alone(settings.read({}, data_dir=desk))
    ledger = place.__enter__()
    assert ledger.without_ledger() is None
    ends = Timer(1.0, lambda: place.__exit__(None, None, None))
    ends.start()
    ended = typed_here(desk, "verify", "--json")
    ends.join()
    assert ended.code == 0
    assert json.loads(ended.out)["sound"] is True
    assert "waiting for the process that has the ledger open" in ended.err


def test_a_command_goes_to_an_app_that_answers_meanwhile(desk: Path) -> None:
    own = settings.read({}, data_dir=desk)
    with alone(own) as place:
        place.ledger()
        heard: list[list[str]] = []

        def answer(words: list[str], console: Heard) -> int:
            heard.append(list(words))
            return 7

        app = server.ChannelServer(own.channel_file, answer)
        starts = Timer(0.7, app.start)
        starts.start()
        assert typed_here(desk, "verify").code == 7
        starts.join()
        app.stop()
    assert heard == [["verify"]]


def test_a_command_that_waited_long_enough_says_who_has_it(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE_SECONDS", 0.5)
    with alone(settings.read({}, data_dir=desk)) as place:
        place.ledger()
        ended = typed_here(desk, "verify")
    assert ended.code == 3
    assert ended.out == ""
    assert "LedgerLocked: Ledger in ledger: process " in ended.err


@pytest.fixture
def socket_of_another(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A socket that the kernel lets nobody of this account connect to."""
    path = desk / "desk.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))

    def denied(line: socket.socket, at: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(address, "_connect_patiently", denied)
    return path


def test_in_a_copied_folder_the_socket_of_another_account_hinders_nobody(desk: Path, socket_of_another: Path) -> None:
    ended = typed_here(desk, "verify", "--json")
    assert (ended.code, json.loads(ended.out)["sound"]) == (0, True)
    assert socket_of_another.exists()


def test_where_the_ledger_is_not_free_either_the_socket_is_named_with_the_remedy(
    desk: Path, socket_of_another: Path
) -> None:
    with alone(settings.read({}, data_dir=desk)) as place:
        place.ledger()
        ended = typed_here(desk, "verify")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"LedgerLocked: Channel {socket_of_another}: is there, but cannot be used")
    assert "where no app runs and the folder is a copy, delete this socket." in ended.err


def test_a_score_is_given_without_being_recorded_while_the_ledger_is_locked(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PATIENCE_SECONDS", 0.5)
    desk = Path(shutil.copytree(small_desk, tmp_path / "desk"))
    with alone(settings.read({}, data_dir=desk)) as place:
        before = place.ledger_to_write().head.count
        ended = typed_here(desk, "score", "100001", "--json")
        assert place.ledger_to_write().head.count == before
    said = json.loads(ended.out)
    assert (ended.code, said["applicant"], said["recorded"]) == (1, 100001, False)
    assert ended.err.splitlines()[-1].startswith("Not recorded: Ledger in ledger: process ")


def test_a_score_goes_on_the_ledger_once_a_day_and_begins_one_where_there_is_none(
    small_desk: Path, tmp_path: Path
) -> None:
    desk = fresh_copy(small_desk, tmp_path / "desk")
    for _ in range(2):
        assert typed_here(desk, "score", "100001").err == ""
    assert typed_here(desk, "score", "999999999").code == 4
    with alone(settings.read({}, data_dir=desk)) as place:
        events = place.ledger().events()
    assert [event.kind for event in events].count("scored") == 1
    (refused,) = [event for event in events if event.kind == "score_refused"]
    assert (refused.actor.name, refused.subject) == ("console", "UnknownApplicant")
    assert "999999999" not in str(refused.public)


def test_only_commands_of_the_ledger_run_in_the_app(desk: Path) -> None:
    with alone(settings.read({}, data_dir=desk)) as place:
        for words in (["setup"], ["people", "list"], ["train"], [], ["../score"]):
            with pytest.raises(running.SettingsError, match="Channel: runs "):
                dispatch(place)(words, Heard())


def test_words_a_command_does_not_know_are_told_at_the_other_end(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = Heard()
    with alone(settings.read({}, data_dir=desk)) as place, pytest.raises(SystemExit) as end:
        dispatch(place)(["verify", "--shoe-size"], heard)
    assert end.value.code == 2
    ((kind, said),) = heard.said
    assert kind == "err"
    assert str(said).endswith("python -m core verify: error: unrecognized arguments: --shoe-size")
    with alone(settings.read({}, data_dir=desk)) as place, pytest.raises(SystemExit) as end:
        dispatch(place)(["verify", "--hel"], heard)
    assert end.value.code == 0
    assert "name the first event that is wrong" in " ".join(heard.printed.split())
    assert capsys.readouterr() == ("", "")
