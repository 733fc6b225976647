"""Commands as they are typed: each a process of its own, on the desk that is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Ended = subprocess.CompletedProcess[str]


def typed(desk: Path, *words: str, given: str = "") -> Ended:
    """How the command ended, and what it printed; `given` is its standard input."""
    command = [sys.executable, "-m", "core", "--data", str(desk), *words]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=300)
