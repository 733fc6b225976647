"""The demo desk once more, so that what a bench does in it stands in no record that anybody keeps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.settings import Settings
from tests.bench.ledger_desk import folder_on_disk

_PARTS = ("tables.duckdb", "features.duckdb", "accounts.sqlite", "first_accounts.txt", "ledger", "policies")


@contextmanager
def copied(own: Settings) -> Iterator[Path]:
    """A data folder with everything but the raw tables; it is removed."""
    with folder_on_disk() as folder:
        for name in _PARTS:
            _copy(own.data_dir / name, folder / name)
        _copy(own.master_key_file, folder / "master.key")
        _copy(own.models_dir, folder / "models")
        yield folder


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)
