import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import COMMANDS, main
from core.commands.catalogue import PROGRAM
from core.commands.console import ConsoleProgress, TerminalConsole, typed_from_here


def test_json_is_one_value_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalConsole().json({"title": "café", "share": 0.1})
    assert json.loads(capsys.readouterr().out) == {"title": "café", "share": 0.1}


def test_json_never_carries_a_number_that_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        TerminalConsole().json({"pd": float("nan")})


def test_a_refusal_names_its_class_on_standard_error_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "verify"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("PortfolioMissing: Ledger ")


def test_a_remedy_can_be_typed_as_it_stands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    TerminalConsole(tmp_path / "my desk").err("no model; train one: python -m core train")
    said = capsys.readouterr().err
    assert f"-m core --data '{tmp_path / 'my desk'}' train" in said
    assert Path(sys.executable).name in said


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.parametrize("words", [["--shoe-size"], ["--help"]])
def test_every_command_shows_its_usage_as_it_must_be_typed_from_here(
    command: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path), command, *words])
    captured = capsys.readouterr()
    said = " ".join((captured.out + captured.err).split())
    assert said.startswith(f"usage: {typed_from_here(PROGRAM, tmp_path)} {command} ")


def test_without_a_command_the_known_ones_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert f"usage: {typed_from_here(PROGRAM, None)} [-h] [--data DIR] COMMAND ..." in said
    assert "error: name a command: setup, import, " in said
    assert "rest" not in said


@pytest.mark.parametrize("below", ["", "desk"])
@pytest.mark.parametrize("command", [("verify",), ("people", "list"), ("setup",)])
def test_a_file_in_the_place_of_a_desk_is_said_to_be_no_folder(
    below: str, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    assert main(["--data", str(file / below), *command]) == 2
    assert capsys.readouterr().err == (
        f"SettingsError: --data {file / below}: must be a folder, got a file at {file}; name another one.\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "abc"),
        ("replay", "1.5"),
        ("applicants", "--limit", "abc"),
        ("setup", "--applicants", "abc"),
        ("train", "--seed", "abc"),
    ],
)
def test_what_is_no_number_is_said_the_same_way_by_every_command(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--data", str(tmp_path), *words])
    assert end.value.code == 2
    assert capsys.readouterr().err.endswith(f": expected a whole number, got {words[-1]!r}\n")
    assert list(tmp_path.iterdir()) == []


def test_progress_goes_to_standard_error_once_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ConsoleProgress()
    for done in (0.0, 0.5, 1.0):
        progress("bureau", done)
    progress("card")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split("] ")[1] for line in captured.err.splitlines()] == ["bureau", "card"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert COMMANDS[command] in " ".join(capsys.readouterr().out.split())


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["divine"])
    assert end.value.code == 2
    assert "setup" in capsys.readouterr().err


def test_a_desk_without_a_portfolio_says_what_to_do(tmp_path: Path, project_root: Path) -> None:
    end = subprocess.run(
        [sys.executable, "-m", "core", "--data", str(tmp_path), "score", "100001", "--json"],
        cwd=project_root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert end.returncode == 3
    assert end.stdout == ""
    assert end.stderr.startswith("PortfolioMissing: ")
    assert "Traceback" not in end.stderr
