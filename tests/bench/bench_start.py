"""From `streamlit run` to a healthy page, cold and warm, and what the server then weighs."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from core import settings
from core.accounts.roles import Role
from tests.browser.server import free_port
from tests.desks import session_token

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120


def run(warm_starts: int = 3, sessions: int = 5) -> None:
    print("\nStart to a healthy page (healthz says ok: portfolio and model answer)")
    cold = _cold_seconds()
    print(f"  cold, file cache dropped: {'needs root to drop the cache' if cold is None else f'{cold:.1f} s'}")
    warm = [_seconds_to_healthy() for _ in range(warm_starts)]
    print(f"  warm: {statistics.median(warm):.1f} s median of {warm_starts} (target ≤ 8 s)")
    with _server() as (process, port):
        wait_until_healthy(port)
        time.sleep(3)
        print(f"  server memory, no visitor: {_megabytes(process):,.0f} MB")
        opened = _visit(port, sessions)
        if opened:
            weight = f"{_megabytes(process):,.0f} MB (target ≤ 1,500 MB)"
            print(f"  server memory, {opened} visitors who scored: {weight}")


def _cold_seconds() -> float | None:
    cache = Path("/proc/sys/vm/drop_caches")
    if os.geteuid() != 0 or not os.access(cache, os.W_OK):
        return None
    os.sync()
    try:
        cache.write_text("3")
    except OSError:
        return None
    return _seconds_to_healthy()


def _seconds_to_healthy() -> float:
    started = time.perf_counter()
    with _server() as (_, port):
        wait_until_healthy(port)
        return time.perf_counter() - started


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


def wait_until_healthy(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5) as answer:
                if json.load(answer).get("status") == "ok":
                    return
        except (urllib.error.URLError, ValueError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"the server was not healthy within {PATIENCE_SECONDS} s")


def _visit(port: int, sessions: int) -> int:
    """How many browser pages scored a client; 0 without a browser."""
    from tests.browser.browser import chromium_path
    from tests.browser.visits import sign_in

    executable = chromium_path()
    if executable is None:
        print("  server memory with visitors: no browser on this machine")
        return 0
    from playwright.sync_api import sync_playwright

    key, token = _any_key(), session_token(settings.read().data_dir, Role.OFFICER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for _ in range(sessions):
            context = browser.new_context()
            sign_in(context, f"http://localhost:{port}", token)
            page = context.new_page()
            page.goto(f"http://localhost:{port}/score?client={key}")
            page.get_by_text("This client").first.wait_for(timeout=60_000)
        browser.close()
    return sessions


def _any_key() -> str:
    command = [sys.executable, "-m", "core", "applicants", "--limit", "1", "--json"]
    return str(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)[0])


def _megabytes(process: subprocess.Popen[bytes]) -> float:
    return float(psutil.Process(process.pid).memory_info().rss) / 1e6
