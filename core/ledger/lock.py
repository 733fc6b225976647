"""One process at a time has the ledger open; the lock ends with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from core.errors import LedgerLocked

LOCK_FILE = ".lock"


class LedgerLock:
    """The folder is ours until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> LedgerLock:
        """The lock of this folder; LedgerLocked, naming the process that has it."""
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise LedgerLocked(
                f"Ledger in {folder.name}: process {holder} has it open, and one process at a time may; "
                "use the desk that is running, or end it first."
            ) from None
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError:  # a full disk: the lock must not stay with nobody
            os.close(descriptor)
            raise
        return cls(descriptor)

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:  # a number that was closed may be another file's by now
            os.close(descriptor)
