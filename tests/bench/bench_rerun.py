"""What a visitor waits for on the Score page, in a real browser over the websocket, with and without `gc.freeze()`.

Without: the same server, started by an interpreter whose `gc.freeze` does nothing. So the product needs no switch.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import numpy as np
from playwright.sync_api import Browser, Page

from core import settings
from core.accounts.roles import Role
from core.desk import Desk, open_desk
from tests.bench.bench_start import ROOT, wait_until_healthy
from tests.browser.browser import chromium_path, opened
from tests.browser.server import free_port
from tests.browser.visits import sign_in
from tests.desks import session_token

RERUNS = 30
PLAIN = "from streamlit.web.cli import main; main()"
UNFROZEN = f"import gc; gc.freeze = lambda: None; {PLAIN}"


def run() -> None:
    print("\nScore page in a browser: from Enter to the next verdict on the screen (target p95 ≤ 100 ms + drawing)")
    with closing(open_desk(settings.read())) as desk:
        keys = desk.tables.keys(RERUNS + 5)
        _what_if(desk, keys)
    executable = chromium_path()
    if executable is None:
        print("  no browser on this machine")
        return
    with opened(executable) as browser:
        for name, program in (("with gc.freeze()", PLAIN), ("without", UNFROZEN)):
            with _server(program) as address:
                print(f"  {name:<18}{_line(browser, address, keys)}")


def _what_if(desk: Desk, keys: list[str]) -> None:
    column = next(
        field.column
        for field in desk.changeable_fields()
        if field.lever and field.column == desk.policy.exposure_column
    )
    first, next_ = [], []
    for key in keys[:20]:
        amount = float(desk.application(key).fields[column] or 0)
        for spent, share in ((first, 0.9), (next_, 0.8)):
            started = time.perf_counter()
            desk.what_if_of(key, {column: round(amount * share)})
            spent.append((time.perf_counter() - started) * 1e3)
    print(f"  what-if in process: first for a client {_spread(first)}, the next {_spread(next_)} (target ≤ 300 ms)")


def _line(browser: Browser, address: str, keys: list[str]) -> str:
    context = browser.new_context()
    sign_in(context, address, session_token(settings.read().data_dir, Role.OFFICER))
    page = context.new_page()
    started = time.perf_counter()
    page.goto(f"{address}/score?client={keys[0]}")
    page.get_by_text("This client").first.wait_for(timeout=60_000)
    first = time.perf_counter() - started
    page.wait_for_timeout(3_000)
    spent = [_next(page, key) for key in itertools.islice(keys, 1, RERUNS + 1)]
    context.close()
    return f"first page {first:.2f} s (target ≤ 2 s), next client {_spread(spent)}"


def _next(page: Page, key: str) -> float:
    field = page.get_by_label("Client number")
    field.fill(key)
    started = time.perf_counter()
    field.press("Enter")
    page.get_by_role("heading", name=f"Client {key}").wait_for(timeout=30_000)
    spent = (time.perf_counter() - started) * 1e3
    page.wait_for_timeout(1_500)  # let the parts that follow finish
    return spent


def _spread(milliseconds: list[float]) -> str:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return f"{p50:.0f} ms p50, {p95:.0f} ms p95"


@contextmanager
def _server(program: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-c", program, "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        wait_until_healthy(port)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(30)
