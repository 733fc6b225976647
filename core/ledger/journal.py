"""The journal: one line per event in files of about 16 MiB, on the disk before anything is acknowledged.

It is plain text that can be read with any tool, and what the store is made anew from.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from core.durability import settle
from core.ledger.journal_segment import first_sequence, sequence_of

SEGMENT_BYTES = 16 * 1024 * 1024
_NAME_DIGITS = 8


class Journal:
    """The open end of the journal; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._descriptor = -1
        self._end = 0
        self._last = 0  # number of the segment that is written to

    @classmethod
    def open(cls, folder: Path) -> Journal:
        """The journal in this folder, made when there is none; its last segment is looked at before writing."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        journal = cls(folder)
        paths = journal.paths()
        if paths:
            journal._continue(paths[-1])
        return journal

    def paths(self) -> list[Path]:
        """The segments in order; what was set aside is not among them."""
        return sorted(path for path in self.folder.glob("*.jsonl") if path.stem.isdecimal())

    def paths_behind(self, sequence: int) -> list[Path]:
        """The segments that hold what stands behind the event with this number; the first may hold more."""
        paths = self.paths()
        begun = [n for n, path in enumerate(paths) if (first_sequence(path) or sequence + 1) <= sequence]
        return paths[max(begun, default=0) :]

    def lines(self, after: int = 0) -> Iterator[bytes]:
        """The lines behind event number `after` as they lie on the disk, whole or not."""
        for number, path in enumerate(self.paths_behind(after)):
            with path.open("rb") as file:
                for text in file:
                    if number or not after or not _stands_before(text, after):
                        yield text

    def append(self, lines: Sequence[bytes]) -> None:
        """Writes the lines behind the last one; they are on the disk after `settle`. OSError: nothing was written."""
        if self._descriptor < 0 or self._end >= SEGMENT_BYTES:
            self._start_segment()
        content = memoryview(b"".join(lines))
        at = self._end
        while content:
            count = os.pwrite(self._descriptor, content, at)
            if count == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            content, at = content[count:], at + count

    def settle(self) -> None:
        """What was appended is on the disk when this returns, but not yet kept: `keep` or `take_back` comes next."""
        os.fsync(self._descriptor)

    def keep(self) -> None:
        """The end is behind what was appended."""
        self._end = os.lseek(self._descriptor, 0, os.SEEK_END)

    def take_back(self) -> None:
        """Nothing stands behind the last line that was kept."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, self._end)
            os.fsync(self._descriptor)

    @property
    def in_step(self) -> bool:
        """Whether the file ends where the last kept line does; not so after a write that was broken off."""
        return self._descriptor < 0 or os.fstat(self._descriptor).st_size == self._end

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _continue(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR)
        self._end = os.fstat(self._descriptor).st_size
        self._last = int(path.stem)

    def _start_segment(self) -> None:
        path = self.folder / segment_name(self._last + 1)
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            settle(self.folder)
        except OSError:
            os.close(made)
            with suppress(OSError):
                path.unlink()
            raise
        self.close()
        self._descriptor, self._end, self._last = made, 0, self._last + 1


def _stands_before(text: bytes, after: int) -> bool:
    sequence = sequence_of(text)
    return sequence is not None and sequence <= after


def segment_name(number: int) -> str:
    return f"{number:0{_NAME_DIGITS}d}.jsonl"
