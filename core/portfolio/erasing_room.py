"""Whether the disk can take the new files of an erasure, asked before one is begun."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import ErasureRefused
from core.settings import Settings

# DuckDB writes what it copies into its log first: peaks of 4.6 × a file of 4 MB, 2.0 × one of 40 MB (measured)
_COPIES = 2
_LOG_BYTES = 16 * 1024 * 1024  # beyond that the log is emptied between two tables
_RECORD_BYTES = 9 * 1024 * 1024  # without which the ledger does not take the last event


def check_room(settings: Settings) -> None:
    """Returns where every file of the portfolio can be written anew, else ErasureRefused."""
    needed, free = needed_bytes(settings), _free_bytes(settings.data_dir)
    if free < needed:
        raise ErasureRefused(
            f"Erasure: writes the portfolio's files anew, which needs {needed / 1e6:,.1f} MB of room in "
            f"{settings.data_dir}, got {free / 1e6:,.1f} MB; nothing was begun: make room, then order it again."
        )


def needed_bytes(settings: Settings) -> int:
    """At most so much is written before something is freed: an open desk keeps the old feature rows meanwhile."""
    features, tables = _size(settings.features_file), _size(settings.tables_file)
    raw = max(map(_size, settings.raw_dir.glob("*")), default=0)
    databases = features + _COPIES * max(features, tables) + _LOG_BYTES if features or tables else 0
    return max(raw, databases) + _RECORD_BYTES


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _free_bytes(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
