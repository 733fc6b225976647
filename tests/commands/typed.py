"""Commands as they are typed, with everything they print: in a process of their own, or quicker in this one."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from core.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def typed(desk: Path, *words: str, given: str = "") -> Ended:
    """`given` is the standard input."""
    command = [sys.executable, "-m", "core", "--data", str(desk), *words]
    ended = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=300)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def typed_here(desk: Path, *words: str, given: str = "") -> Ended:
    """The same without a new process; not to be used by two threads at once."""
    out, err, stdin = io.StringIO(), io.StringIO(), io.TextIOWrapper(io.BytesIO(given.encode()))
    with redirect_stdout(out), redirect_stderr(err), patch("sys.stdin", stdin):
        try:
            code = main(["--data", str(desk), *words])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Ended(code, out.getvalue(), err.getvalue())
