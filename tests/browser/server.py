"""`streamlit run app.py` as people start it, on a free port with a desk of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90
_DATA_DIRS: dict[str, Path] = {}  # by host and port: which desk a server of these tests serves


def data_dir_of(address: str) -> Path:
    """The desk behind an address of these tests."""
    return _DATA_DIRS[urlsplit(address).netloc]


@contextmanager
def serving(
    data_dir: Path, log: Path, program: Sequence[str] = ("-m", "streamlit"), **environment: str
) -> Iterator[str]:
    """The address of a server whose health check says that it can score; it ends with the block.

    `program`: what Python runs as Streamlit, for a test that serves the same application with something wrong in it.
    """
    port = free_port()
    _DATA_DIRS[f"localhost:{port}"] = data_dir
    command = [sys.executable, *program, "run", "app.py", "--server.port", str(port)]
    with log.open("w") as out:
        own = {"SOLVENT_DATA": str(data_dir), "SOLVENT_PASSWORD_COST": "10", **environment}
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **own})
        try:
            address = f"http://localhost:{port}"
            _wait_until_healthy(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def health(address: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if health(address)[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
            pass  # not listening yet
        time.sleep(0.1)
    raise TimeoutError(f"the server was not healthy within {PATIENCE_SECONDS} s:\n{log.read_text()}")


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])
