"""A small disk that can be filled, for tests of what happens then; mounting one needs root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SmallDisk:
    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Nothing but `leave` bytes can be written any more."""
        descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (65_536, 4_096):
                _write_until_full(descriptor, size)
            os.ftruncate(descriptor, max(os.fstat(descriptor).st_size - leave, 0))
        finally:
            os.close(descriptor)

    def write_protect(self, protected: bool = True) -> None:
        """Nothing can be written at all; no file may be open for writing then."""
        mode = "ro" if protected else "rw"
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.folder)], check=True, capture_output=True)

    def make_room(self) -> None:
        self._filler.unlink(missing_ok=True)


@contextmanager
def a_small_disk(folder: Path, megabytes: int = 14) -> Iterator[SmallDisk | None]:
    """The disk mounted at this folder; None where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _write_until_full(descriptor: int, size: int) -> None:
    try:
        while True:
            os.write(descriptor, b"x" * size)
    except OSError:
        return
