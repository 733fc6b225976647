"""Where a command reads and writes: one JSON value or plain lines on standard output, everything else beside it.

A command gets its console given, so that it says the same in a terminal and in the process that has the desk open.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

STANDARD_INPUT = "-"


class Console(ABC):
    """What a person, or a program, at the other end of a command reads and gives."""

    def json(self, value: object) -> None:
        """One JSON value on standard output."""
        self.out(json.dumps(value, ensure_ascii=False, allow_nan=False))

    def lines(self, lines: Sequence[str]) -> None:
        self.out("\n".join(lines))

    @abstractmethod
    def out(self, text: str) -> None:
        """A line on standard output."""

    @abstractmethod
    def err(self, text: str) -> None:
        """A line on standard error; a remedy in it can be typed as it stands."""

    @abstractmethod
    def progress(self, step: str, done: float | None = None) -> None:
        """How far long work has come; a Progress."""

    @abstractmethod
    def read(self, name: str, most_bytes: int) -> bytes:
        """The first bytes of a file that the command's words name, or of standard input; OSError."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """A file that the command's words name, only its owner can read it; OSError."""

    @abstractmethod
    def check_writable(self, name: str) -> None:
        """OSError where such a file cannot be written; nothing is changed."""

    @abstractmethod
    def ask(self, question: str) -> str | None:
        """What a person answers; None where nobody sits."""


class TerminalConsole(Console):
    """The console of this process."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._data_dir = data_dir
        self._progress = ConsoleProgress()

    def out(self, text: str) -> None:
        self._progress.close()
        print(text)

    def err(self, text: str) -> None:
        self._progress.close()
        print(typed_from_here(text, self._data_dir), file=sys.stderr, flush=True)

    def progress(self, step: str, done: float | None = None) -> None:
        self._progress(step, done)

    def read(self, name: str, most_bytes: int) -> bytes:
        if name == STANDARD_INPUT:
            return sys.stdin.buffer.read(most_bytes)
        with Path(name).open("rb") as file:
            return file.read(most_bytes)

    def write(self, name: str, content: bytes) -> None:
        path = Path(name)
        path.touch(mode=0o600)
        path.write_bytes(content)

    def check_writable(self, name: str) -> None:
        path = Path(name)
        if path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
        else:
            path.touch(mode=0o600)
            path.unlink()

    def ask(self, question: str) -> str | None:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        self._progress.close()
        print(question, end=" ", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()


def typed_from_here(text: str, data_dir: Path | None) -> str:
    """The same with every `python -m core` as it must be typed in this folder for this desk."""
    here = f"{_interpreter()} -m core" + (f" --data {shlex.quote(str(data_dir))}" if data_dir else "")
    return text.replace("python -m core", here)


def _interpreter() -> str:
    """How this interpreter is called from here; a path below the working folder stays short."""
    path = Path(sys.executable)
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


class ConsoleProgress:
    """Progress on standard error: one line per step, rewritten in place on a terminal."""

    def __init__(self) -> None:
        self._step = ""
        self._started = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __call__(self, step: str, done: float | None = None) -> None:
        seconds = time.monotonic() - self._started
        share = "" if done is None else f" {done:4.0%}"
        if self._terminal:
            print(f"\r\x1b[2K[{seconds:5.0f} s] {step}{share}", end="", file=sys.stderr, flush=True)
        elif step != self._step:
            print(f"[{seconds:5.0f} s] {step}", file=sys.stderr, flush=True)
        self._step = step

    def close(self) -> None:
        """Ends the line on a terminal; what comes next begins a new one."""
        if self._terminal and self._step:
            print(file=sys.stderr)
            self._step = ""
