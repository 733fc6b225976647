"""The channel between a command and the process that has the desk open."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from core.commands.channel import address, client, server
from core.commands.channel.frames import ChannelBroken, Frames
from core.commands.channel.protocol import LARGEST_REQUEST_BYTES
from core.commands.channel.server import Dispatch
from core.commands.console import Console, TerminalConsole
from core.errors import LedgerLocked, LedgerUnavailable, PermissionRefused, SettingsError, UnknownRecord
from core.software import software_version
from tests.commands.heard import Heard


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sock"


@contextmanager
def serving(path: Path, dispatch: Dispatch, **more: str) -> Iterator[server.ChannelServer]:
    opened = server.ChannelServer(path, dispatch, **more)
    opened.start()
    try:
        yield opened
    finally:
        opened.stop(patience_seconds=1)


def _echo(words: Sequence[str], console: Console) -> int:
    console.out(" ".join(words))
    return 0


def _eventually(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def test_a_command_says_at_the_other_end_what_it_says_and_ends_with_its_code(path: Path) -> None:
    def command(words: Sequence[str], console: Console) -> int:
        console.progress("counting", 0.25)
        console.progress("closing")
        console.err("careful: é")
        console.json({"words": list(words)})
        console.lines(["one", "two"])
        return 7

    heard = Heard()
    with serving(path, command):
        assert client.ask(path, ["verify", "ünï\udcff", "a b"], heard) == 7
    assert heard.said == [
        ("progress", "counting", 0.25),
        ("progress", "closing", None),
        ("err", "careful: é"),
        ("out", '{"words": ["verify", "ünï\udcff", "a b"]}'),
        ("out", "one\ntwo"),
    ]


def test_where_nobody_answers_there_is_no_answer(path: Path) -> None:
    assert client.ask(path, ["verify"], Heard()) is None
    _leave_stale(path)
    assert client.ask(path, ["verify"], Heard()) is None
    path.unlink()
    path.write_text("a file")
    assert client.ask(path, ["verify"], Heard()) is None


def test_a_refusal_comes_back_as_itself(path: Path) -> None:
    def command(words: Sequence[str], console: Console) -> int:
        raise UnknownRecord("Record 7: there is none; look it up: python -m core verify.")

    with serving(path, command), pytest.raises(UnknownRecord, match="Record 7") as refused:
        client.ask(path, ["verify"], Heard())
    assert refused.value.exit_code == 4


def test_a_failure_is_no_lost_connection_and_stands_in_the_log_of_the_app(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def command(words: Sequence[str], console: Console) -> int:
        raise ZeroDivisionError("of ours")

    heard = Heard()
    with serving(path, command):
        assert client.ask(path, ["verify"], heard) == 1
    ((kind, said),) = heard.said
    assert kind == "err"
    error_id = str(said).rsplit(" ", 1)[1].rstrip(".")
    assert any(error_id in record.getMessage() and record.exc_info for record in caplog.records)
    assert "of ours" not in str(said)


def test_files_that_the_words_name_are_read_and_written_at_the_callers_end(path: Path) -> None:
    def command(words: Sequence[str], console: Console) -> int:
        console.check_writable("head.json")
        console.write("head.json", console.read("rows.csv", 5) + console.read("-", 100))
        return 0

    heard = Heard({"rows.csv": b"123456789", "-": b"\x00\xff"})
    with serving(path, command):
        assert client.ask(path, ["outcomes", "--from=rows.csv", "-", "head.json"], heard) == 0
    assert heard.files["head.json"] == b"12345\x00\xff"


@pytest.mark.parametrize("name", ["nope/x", "."])
def test_whether_a_file_can_be_written_is_asked_of_the_callers_end_and_changes_nothing(
    path: Path, tmp_path: Path, name: str
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes(b"an older head")

    def command(words: Sequence[str], console: Console) -> int:
        for word in words:
            console.check_writable(word)
        return 0

    with serving(path, command):
        new = tmp_path / "new.json"
        assert client.ask(path, [str(kept), str(new)], TerminalConsole()) == 0
        assert (kept.read_bytes(), new.exists()) == (b"an older head", False)
        assert client.ask(path, [str(tmp_path / name)], TerminalConsole()) == 1


def test_a_file_that_cannot_be_read_fails_with_its_own_reason(path: Path) -> None:
    def command(words: Sequence[str], console: Console) -> int:
        try:
            console.read(words[0], 10)
        except OSError as error:
            console.out(str(error.strerror))
        return 0

    heard = Heard()
    with serving(path, command):
        client.ask(path, ["absent.csv"], heard)
    assert heard.said == [("out", "No such file or directory")]


def test_a_file_that_the_words_do_not_name_is_never_handed_over(path: Path) -> None:
    taken: list[bytes] = []

    def command(words: Sequence[str], console: Console) -> int:
        for work in (lambda: taken.append(console.read("secret", 10)), lambda: console.write("secret", b"x")):
            try:
                work()
            except OSError as error:
                console.out(str(error.strerror))
        return 0

    heard = Heard({"secret": b"mine"})
    with serving(path, command):
        client.ask(path, ["outcomes", "--from", "secret.csv"], heard)
    assert (taken, heard.files["secret"]) == ([], b"mine")
    assert heard.said == [("out", "the command does not name this file")] * 2


def test_a_question_is_answered_by_the_person_at_the_other_end_or_by_nobody(path: Path) -> None:
    def command(words: Sequence[str], console: Console) -> int:
        console.out(repr([console.ask("Erase?"), console.ask("Sure?")]))
        return 0

    heard = Heard(answers=["yes"])
    with serving(path, command):
        client.ask(path, ["erase"], heard)
    assert heard.said[-1] == ("out", "['yes', None]")


def test_several_commands_run_at_once(path: Path) -> None:
    together = Barrier(4, timeout=5)

    def command(words: Sequence[str], console: Console) -> int:
        together.wait()
        console.out(words[0])
        return 0

    heard = [Heard() for _ in range(4)]
    with serving(path, command):
        threads = [Thread(target=client.ask, args=(path, [str(n)], heard[n])) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [one.said for one in heard] == [[("out", str(n))] for n in range(4)]


def test_one_command_more_than_may_run_at_once_is_refused_and_later_let_in(path: Path) -> None:
    go_on = Event()

    def command(words: Sequence[str], console: Console) -> int:
        go_on.wait(5)
        return 0

    with serving(path, command) as opened:
        threads = [Thread(target=client.ask, args=(path, ["x"], Heard())) for _ in range(server.MOST_AT_ONCE)]
        for thread in threads:
            thread.start()
        assert _eventually(lambda: len(opened._commands()) == server.MOST_AT_ONCE)
        with pytest.raises(LedgerLocked, match="at most 8 commands"):
            client.ask(path, ["x"], Heard())
        go_on.set()
        for thread in threads:
            thread.join()
        assert _eventually(lambda: not opened._commands())
        assert client.ask(path, ["x"], Heard()) == 0


def test_another_version_of_the_program_is_told_to_restart_the_app(path: Path) -> None:
    ran: list[str] = []
    with (
        serving(path, lambda words, console: ran.append("ran") or 0, program_version="older"),
        pytest.raises(LedgerLocked, match=rf"another version .*\(older, this command: {software_version()}\); restart"),
    ):
        client.ask(path, ["verify"], Heard())
    assert ran == []


@pytest.mark.parametrize(
    ("uid", "own", "allowed"),
    [(1000, 1000, True), (0, 1000, True), (None, 1000, True), (1001, 1000, False), (1000, 0, False)],
)
def test_only_the_owner_and_root_may_talk(uid: int | None, own: int, allowed: bool) -> None:
    assert address.may_talk(uid, own) is allowed


def test_another_account_is_refused_before_its_words_are_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    foreign = os.geteuid() + 1
    with serving(path, lambda words, console: ran.append("ran") or 0):
        monkeypatch.setattr(server.address, "peer_uid", lambda line: foreign)
        monkeypatch.setattr(client, "_check_peer", lambda line, path: None)
        with pytest.raises(PermissionRefused, match="only the account that runs the app"):
            client.ask(path, ["verify"], Heard())
    assert ran == []


def test_a_command_hands_nothing_to_a_socket_of_another_account(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(path, _echo):
        monkeypatch.setattr(client.address, "peer_uid", lambda line: 4242)
        monkeypatch.setattr(client.os, "geteuid", lambda: 1000)
        with pytest.raises(SettingsError, match="must be this account's own"):
            client.ask(path, ["verify"], Heard())


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="this system does not say who is at the other end")
def test_the_kernel_says_who_is_at_the_other_end() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert address.peer_uid(here) == os.geteuid()


def test_only_the_owner_can_open_the_socket_and_nothing_is_left_when_it_ends(path: Path) -> None:
    with serving(path, _echo):
        assert stat.S_ISSOCK(path.stat().st_mode)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [file.name for file in path.parent.iterdir()] == ["desk.sock"]
    assert list(path.parent.iterdir()) == []


def _leave_stale(path: Path) -> None:
    """A socket as a killed process leaves it."""
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
        killed.listen()


def test_a_socket_that_a_killed_app_left_is_replaced(path: Path) -> None:
    _leave_stale(path)
    with serving(path, _echo):
        assert client.ask(path, ["here"], heard := Heard()) == 0
        assert heard.said == [("out", "here")]


def test_a_socket_that_somebody_answers_is_never_replaced(path: Path) -> None:
    with serving(path, _echo):
        with pytest.raises(LedgerLocked, match="another one does already"):
            server.ChannelServer(path, _echo).start()
        assert client.ask(path, ["first"], heard := Heard()) == 0
        assert heard.said == [("out", "first")]


def test_of_many_that_start_at_once_exactly_one_serves(path: Path) -> None:
    _leave_stale(path)
    started: list[server.ChannelServer] = []
    refused: list[LedgerLocked] = []

    def start() -> None:
        one = server.ChannelServer(path, _echo)
        try:
            one.start()
            started.append(one)
        except LedgerLocked as locked:
            refused.append(locked)

    threads = [Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(started), len(refused)) == (1, 5)
    assert client.ask(path, ["x"], Heard()) == 0
    started[0].stop()


def test_another_file_in_its_place_is_never_deleted(path: Path) -> None:
    path.write_text("somebody's notes")
    with pytest.raises(SettingsError, match=r"must be a socket, got another file; move it away"):
        server.ChannelServer(path, _echo).start()
    assert path.read_text() == "somebody's notes"


def test_an_ending_app_does_not_take_away_the_socket_of_the_next_one(path: Path) -> None:
    first = server.ChannelServer(path, _echo)
    first.start()
    path.unlink()
    with serving(path, _echo):
        first.stop()
        assert client.ask(path, ["x"], Heard()) == 0


@pytest.mark.parametrize("extra", [0, 1, 150])
def test_a_folder_may_have_a_longer_name_than_a_socket_address(tmp_path: Path, extra: int) -> None:
    name_bytes = address.LONGEST_ADDRESS_BYTES - len(os.fsencode(tmp_path)) - len("/" + "/desk.sock") + extra
    assert name_bytes > 0
    path = tmp_path / ("d" * name_bytes) / "desk.sock"
    with serving(path, _echo):
        assert client.ask(path, ["far"], heard := Heard()) == 0
    assert heard.said == [("out", "far")]


def test_without_proc_a_long_name_goes_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda path: str(path) != "/proc/self/fd" and real(path))
    path = tmp_path / ("d" * 120) / "desk.sock"
    with serving(path, _echo):
        assert client.ask(path, ["x"], Heard()) == 0


def test_a_folder_that_cannot_be_made_is_refused_calmly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="must be a place for a socket"):
        server.ChannelServer(tmp_path / "file" / "desk.sock", _echo).start()


def test_a_command_whose_caller_has_gone_ends(path: Path) -> None:
    ended, begun = Event(), Event()

    def command(words: Sequence[str], console: Console) -> int:
        try:
            for _ in range(10_000):
                console.progress("counting", 0.5)
                begun.set()
                time.sleep(0.01)
        finally:
            ended.set()
        return 0

    with serving(path, command):
        line = address.connect(path)
        assert line is not None
        Frames(line).send({"program": software_version(), "words": ["verify"]})
        assert begun.wait(5)
        line.close()
        assert ended.wait(5)


def test_an_app_that_ends_says_so_to_the_commands_under_way(path: Path) -> None:
    begun = Event()

    def command(words: Sequence[str], console: Console) -> int:
        while True:
            console.progress("counting")
            begun.set()
            time.sleep(0.01)

    refused: list[LedgerUnavailable] = []

    def ask() -> None:
        try:
            client.ask(path, ["verify"], Heard())
        except LedgerUnavailable as refusal:
            refused.append(refusal)

    with serving(path, command):
        thread = Thread(target=ask)
        thread.start()
        assert begun.wait(5)
    thread.join(5)
    assert [str(one) for one in refused] == ["The app that has the desk open is stopping; run the command again."]
    assert not path.exists()


def test_a_command_that_waits_for_its_caller_does_not_keep_the_app_from_ending(path: Path) -> None:
    begun = Event()

    def command(words: Sequence[str], console: Console) -> int:
        begun.set()
        console.ask("?")
        return 0

    opened = server.ChannelServer(path, command)
    opened.start()
    line = address.connect(path)
    assert line is not None
    with line:
        Frames(line).send({"program": software_version(), "words": ["erase"]})
        assert begun.wait(5)
        started = time.monotonic()
        opened.stop(patience_seconds=0.2)
        assert time.monotonic() - started < 3
        assert opened._commands() == []


def test_an_app_that_is_killed_is_a_sentence_and_no_answer(path: Path, project_root: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from core.commands.channel.server import ChannelServer\n"
        "def die(words, console): console.out('half'); os.kill(os.getpid(), 9)\n"
        "ChannelServer(Path(sys.argv[1]), die).start(); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=project_root, stdout=subprocess.PIPE) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == b"ready\n"
        with pytest.raises(LedgerUnavailable, match=r"broke off \(.*see whether the app runs"):
            client.ask(path, ["verify"], Heard())
    assert path.exists()
    assert client.ask(path, ["verify"], Heard()) is None
    with serving(path, _echo):
        assert client.ask(path, ["x"], Heard()) == 0


@pytest.mark.parametrize(
    "sent",
    [b"no json\n", b"[1]\n", b"{}\n", b"[" * 100_000 + b"\n", b'{"words": 3}\n', b"x" * (LARGEST_REQUEST_BYTES + 2)],
)
def test_what_is_no_request_runs_nothing_and_the_next_one_is_answered(
    path: Path, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(path, _echo):
        line = address.connect(path)
        assert line is not None
        with line:
            line.settimeout(5)
            try:
                line.sendall(sent)
                answer = Frames(line).receive(1000)
                assert answer.get("exit") != 0
            except (ChannelBroken, BrokenPipeError):
                pass
        assert client.answered(path)
        assert client.ask(path, ["x"], heard := Heard()) == 0
        assert heard.said == [("out", "x")]
    assert caplog.records == []
    assert not client.answered(path)


@pytest.mark.parametrize(("length", "taken"), [(100, True), (101, False)])
def test_a_frame_is_taken_up_to_its_limit(length: int, taken: bool) -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(b'{"a":"' + b"x" * (length - 8) + b'"}\n')
        frames = Frames(there)
        if taken:
            assert frames.receive(100) == {"a": "x" * 92}
        else:
            with pytest.raises(ChannelBroken, match="more than 100 bytes"):
                frames.receive(100)
