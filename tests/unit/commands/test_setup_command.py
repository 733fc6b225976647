"""`setup` on the command line, before it makes anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.__main__ import main


def test_a_folder_that_cannot_be_written_to_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert main(["--data", str(tmp_path / "file" / "desk"), "setup"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"SettingsError: setup: {tmp_path}/file/desk must be a folder that can be written to, got: ")
