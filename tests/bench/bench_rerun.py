"""What a visitor of the Score page waits for, in a real browser: the server's share, and until it is on the screen.

The server's share lies between two frames of the websocket, by the browser's clock: the one that asks for a run, and
the one that says the script is finished. Without `gc.freeze()`: the same server, started by an interpreter whose
`gc.freeze` does nothing. So the product needs no switch.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from core import settings
from core.accounts.roles import Role
from core.desk import Desk, open_desk
from core.portfolio.contract import text
from tests.bench.bench_start import ROOT, wait_until_healthy
from tests.bench.desk_copy import copied
from tests.bench.websocket import Run, Wire
from tests.browser.browser import chromium_path, opened
from tests.browser.server import free_port
from tests.browser.visits import sign_in
from tests.desks import session_token

CLIENTS, WHAT_IFS = 30, 20
PLAIN = "from streamlit.web.cli import main; main()"
UNFROZEN = f"import gc; gc.freeze = lambda: None; {PLAIN}"


@dataclass
class Waits:
    """Of one visitor of one server."""

    first: Run
    first_shown: float  # seconds from asking for the address to the drawn verdict
    next_client: list[Run] = field(default_factory=list)
    next_shown: list[float] = field(default_factory=list)  # milliseconds from Enter to the heading
    what_if: list[Run] = field(default_factory=list)


def run() -> None:
    own = settings.read()
    with closing(open_desk(own)) as desk:
        keys = desk.tables.keys(CLIENTS + 5)
        lever = _what_if_in_process(desk, keys)
    executable = chromium_path()
    if executable is None:
        print("  no browser on this machine")
        return
    with opened(executable) as browser:
        for name, program in (("with gc.freeze()", PLAIN), ("without gc.freeze()", UNFROZEN)):
            with copied(own) as folder, _server(program, folder) as address:
                _print(name, _visit(browser, address, folder, keys, lever))


def _what_if_in_process(desk: Desk, keys: Sequence[str]) -> str:
    """Prints what it costs without any page; the label of the field that was changed."""
    column = next(
        field.column for field in desk.changeable_fields if field.lever and field.column == desk.policy.exposure_column
    )
    first: list[float] = []
    next_: list[float] = []
    for key in keys[:20]:
        amount = float(desk.application(key).fields[column] or 0)
        for spent, share in ((first, 0.9), (next_, 0.8)):
            started = time.perf_counter()
            desk.what_if_of(key, {column: round(amount * share)})
            spent.append((time.perf_counter() - started) * 1e3)
    print(f"\nWhat-if in process: first for a client {_spread(first)}, the next {_spread(next_)}")
    return text(desk.contract.main_columns[column].label)


def _print(name: str, waits: Waits) -> None:
    print(f"\nScore page over the websocket, {name}: the server's share, and until it is on the screen")
    size = waits.first.kilobytes
    print(
        f"  first page after the start: {waits.first.milliseconds / 1e3:.2f} s (target ≤ 2 s), "
        f"{size:.0f} kB; drawn after {waits.first_shown:.2f} s"
    )
    shares = [run.milliseconds for run in waits.next_client]
    size = float(np.median([run.kilobytes for run in waits.next_client]))
    print(
        f"  next client by ID: {_spread(shares)} (target p95 ≤ 100 ms), {size:.0f} kB, {len(shares)} runs; "
        f"Enter to heading {_spread(waits.next_shown)}"
    )
    shares = [run.milliseconds for run in waits.what_if]
    print(f"  what-if: {_spread(shares)} (target ≤ 300 ms), {len(shares)} runs", flush=True)


def _visit(browser: Browser, address: str, folder: Path, keys: Sequence[str], lever: str) -> Waits:
    context = browser.new_context()
    sign_in(context, address, session_token(folder, Role.OFFICER))
    page = context.new_page()
    wire = Wire(page)
    started = time.perf_counter()
    page.goto(f"{address}/score?client={keys[0]}")
    page.get_by_text("This client").first.wait_for(timeout=60_000)
    shown = time.perf_counter() - started
    waits = Waits(wire.first_run(since=0), shown)
    wire.settle()
    for key in itertools.islice(keys, 1, CLIENTS + 1):
        _next_client(page, wire, key, waits)
    for _ in range(WHAT_IFS):
        waits.what_if.append(_what_if(page, wire, lever))
    context.close()
    return waits


def _next_client(page: Page, wire: Wire, key: str, waits: Waits) -> None:
    number = page.get_by_label("Client number")
    number.fill(key)
    before, started = wire.mark(), time.perf_counter()
    number.press("Enter")
    page.get_by_role("heading", name=f"Client {key}").wait_for(timeout=30_000)
    waits.next_shown.append((time.perf_counter() - started) * 1e3)
    waits.next_client.append(wire.first_run(before))
    wire.settle()


def _what_if(page: Page, wire: Wire, lever: str) -> Run:
    """Another amount in the form; the result comes as a part of the page."""
    amount = page.get_by_label(
        re.compile(f"^{re.escape(lever)}")
    ).first  # the label goes on with the amount as it is read
    value = float(amount.input_value().replace(",", ""))
    amount.fill(str(round(value * 0.99)))
    before = wire.mark()
    amount.press("Enter")
    run = wire.first_run(before, part=True)
    wire.settle()
    return run


def _spread(milliseconds: Sequence[float]) -> str:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return f"{p50:.0f} ms p50, {p95:.0f} ms p95"


@contextmanager
def _server(program: str, folder: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-c", program, "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "SOLVENT_DATA": str(folder)}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_until_healthy(port)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    run()
