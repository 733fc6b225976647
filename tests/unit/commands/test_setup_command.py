"""`setup` on the command line, before it makes anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.__main__ import main


def test_a_folder_that_cannot_be_written_to_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".setup.lock").mkdir()
    assert main(["--data", str(tmp_path), "setup"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"SettingsError: setup: {tmp_path} must be a folder that can be written to, got: ")
