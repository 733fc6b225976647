"""`people` on the command line."""

import json
import os
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import pytest

from core import settings
from core.__main__ import main
from core.accounts import store
from core.accounts.events import events_after
from core.accounts.store import open_accounts


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A desk whose passwords are cheap to hash."""
    read = settings.read
    monkeypatch.setattr(settings, "read", lambda **where: replace(read({}, **where), password_cost=4))
    return str(tmp_path)


def _run(desk: str, *words: str) -> int:
    return main(["--data", desk, "people", *words])


def _json(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)


def test_a_person_is_added_listed_and_changed(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(desk, "add", "ana", "--name", "Ana B.", "--role", "officer", "--json") == 0
    added = _json(capsys)
    assert isinstance(added, dict)
    assert len(added.pop("password")) == 23
    assert _run(desk, "list", "--json") == 0
    assert _json(capsys) == [added]
    for words, key, value in (
        (("role", "ana", "auditor"), "role", "auditor"),
        (("disable", "ana"), "enabled", False),
        (("enable", "ana"), "enabled", True),
        (("reset", "ana"), "must_change_password", True),
    ):
        assert _run(desk, *words, "--json") == 0
        changed = _json(capsys)
        assert isinstance(changed, dict)
        assert changed[key] == value


def test_lines_for_people_show_the_password_once(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    _run(desk, "add", "ana", "--name", "Ana B.", "--role", "officer")
    assert "Password, shown this once: " in capsys.readouterr().out
    _run(desk, "disable", "ana")
    capsys.readouterr()
    _run(desk, "list")
    assert capsys.readouterr().out.split() == ["ana", "officer", "Ana", "B.", "disabled"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("disable", "nobody"), 4, "UnknownPerson: "),
        (("add", "a b", "--name", "Ana", "--role", "officer"), 2, "AccountRefused: User name"),
        (("add", "ana", "--name", "Ana", "--role", "console"), 2, "AccountRefused: Role"),
        (("role", "nobody", "officer"), 4, "UnknownPerson: "),
    ],
)
def test_a_refusal_has_a_code_and_a_sentence(
    words: tuple[str, ...], code: int, says: str, desk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(desk, *words, "--json") == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(says)


def test_the_command_line_acts_as_the_console(desk: str) -> None:
    _run(desk, "add", "ana", "--name", "Ana B.", "--role", "officer")
    events = events_after(open_accounts(settings.read(data_dir=Path(desk))), 0)
    assert {(event.actor, event.role, event.subject) for _, event in events} == {("console", "console", "ana")}


def test_without_a_kind_of_work_the_command_says_what_there_is(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        _run(desk)
    assert end.value.code == 2
    assert "list|add|disable|enable|reset|role" in capsys.readouterr().err


def test_the_list_is_read_where_nothing_can_be_written_and_a_change_names_the_remedy(
    desk: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(desk, "add", "ana", "--name", "Ana B.", "--role", "officer")
    folder = Path(desk)
    before = sorted(file.name for file in folder.iterdir())
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(store, "migrate", _read_only)
    capsys.readouterr()
    assert _run(desk, "list", "--json") == 0
    assert "Ana B." in capsys.readouterr().out
    assert sorted(file.name for file in folder.iterdir()) == before
    assert _run(desk, "disable", "ana") == 3
    assert "make the file and its folder writable for this account." in capsys.readouterr().err


def _read_only(connection: sqlite3.Connection, now: datetime) -> NoReturn:
    raise sqlite3.OperationalError("attempt to write a readonly database")


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("disable", "ana"), ("reset", "ana")])
def test_looking_for_people_where_there_are_none_makes_nothing(
    words: tuple[str, ...], desk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(desk) / "mistyped"
    assert main(["--data", str(folder), "people", *words]) == (0 if words[0] == "list" else 4)
    said = capsys.readouterr()
    assert said.out == ("[]\n" if "--json" in words else "")
    assert f"-m core --data {folder} people add." in said.err
    assert not folder.exists()


def test_all_that_is_wrong_with_a_new_person_is_said_at_once(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(desk, "add", "x", "--name", " ", "--role", "king") == 2
    said = capsys.readouterr().err
    assert said.count("AccountRefused: ") == 1
    assert said.startswith("AccountRefused: User name: ")
    assert "Display name: 1 to " in said
    assert "Role: one of officer, " in said
    assert "got 'king'" in said
    assert said.count("User name: ") == 1
