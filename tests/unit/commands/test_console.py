import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import COMMANDS, main
from core.commands.console import ConsoleProgress, print_json, print_refusal
from core.errors import ModelMissing, UnknownApplicant


def test_json_is_one_value_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": "café", "share": 0.1})
    assert json.loads(capsys.readouterr().out) == {"title": "café", "share": 0.1}


def test_json_never_carries_a_number_that_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        print_json({"pd": float("nan")})


def test_a_refusal_names_its_class_on_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    print_refusal(UnknownApplicant("no client 7"))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "UnknownApplicant: no client 7\n")


def test_a_remedy_can_be_typed_as_it_stands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    print_refusal(ModelMissing("no model; train one: python -m core train"), tmp_path / "my desk")
    said = capsys.readouterr().err
    assert f"-m core --data '{tmp_path / 'my desk'}' train" in said
    assert Path(sys.executable).name in said


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
