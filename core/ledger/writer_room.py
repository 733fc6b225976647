"""Whether the disk can take a write, asked before it is tried: a database on a full disk is in worse shape than one
that was not written to."""

from __future__ import annotations

import os
from pathlib import Path

ROOM_BYTES = 8 * 1024 * 1024  # the WAL and what its checkpoint writes
_COPIES = 3  # journal, WAL, database


def hindrance(folder: Path, size: int = 0) -> str:
    """Why `size` bytes cannot be recorded in this folder, in a sentence; empty when they can."""
    try:
        disk = os.statvfs(folder)
    except OSError as error:
        return f"Ledger in {folder.name}: its folder cannot be reached ({error}); bring it back."
    if disk.f_flag & os.ST_RDONLY:
        return f"Ledger in {folder.name}: the disk is read-only; make it writable, and recording goes on by itself."
    free, needed = disk.f_bavail * disk.f_frsize, ROOM_BYTES + _COPIES * size
    if free < needed:
        return (
            f"Ledger in {folder.name}: the disk has {free / 1e6:.1f} MB left and {needed / 1e6:.1f} MB are needed; "
            "make room, and recording goes on by itself."
        )
    return ""
