"""What commands share: one JSON value or plain lines on standard output, everything else on standard error."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.errors import SolventError


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def print_lines(lines: Sequence[str]) -> None:
    print("\n".join(lines))


def print_refusal(error: SolventError, data_dir: Path | None = None) -> None:
    """The refusal with remedies that can be typed as they stand: this interpreter, this desk."""
    here = f"{_interpreter()} -m core" + (f" --data {shlex.quote(str(data_dir))}" if data_dir else "")
    print(f"{type(error).__name__}: {str(error).replace('python -m core', here)}", file=sys.stderr)


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
        if self._terminal and self._step:
            print(file=sys.stderr)
