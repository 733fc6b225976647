"""`train` on the command line, before anything is built or grown."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.__main__ import main
from core.commands import train_command
from core.commands.models_folder import check_writable
from core.errors import SettingsError
from tests.disks import a_small_disk


def _built(*given: object) -> None:
    raise AssertionError("features were built for a model that cannot be written")


def test_a_folder_that_takes_no_model_is_refused_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_command.features, "build", _built)
    (tmp_path / "models").write_text("no folder")
    assert main(["--data", str(tmp_path), "train"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"SettingsError: Models: {tmp_path}/models must be a folder that can be written to, got: ")


def test_a_read_only_disk_takes_no_model(tmp_path: Path) -> None:
    with a_small_disk(tmp_path / "disk", 1) as disk:
        if disk is None:
            pytest.skip("mounting a small disk needs root")
        check_writable(disk.folder / "models")
        assert list((disk.folder / "models").iterdir()) == []
        disk.write_protect()
        try:
            with pytest.raises(SettingsError, match="Read-only file system"):
                check_writable(disk.folder / "models")
        finally:
            disk.write_protect(False)
