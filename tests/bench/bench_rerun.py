"""What a visitor of the Score page waits for: the server's share, and in a real browser until it is on the screen.

The server's share lies between asking for a run over the websocket and hearing that the script is finished, read by a
visitor without a browser, which would draw on the same cores. Without `gc.freeze()`: the same server, started by an
interpreter whose `gc.freeze` does nothing. So the product needs no switch.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from core import settings
from core.accounts.roles import Role
from core.desk import Desk, open_desk
from core.portfolio.contract import text
from tests.bench.bench_start import ROOT, wait_until_healthy
from tests.bench.desk_copy import copied
from tests.bench.websocket import Run, Visitor, visitor
from tests.browser.browser import chromium_path, opened
from tests.browser.server import free_port
from tests.browser.visits import sign_in
from tests.desks import session_token

CLIENTS, WHAT_IF_CLIENTS = 30, 10
SHARES = (0.95, 0.9, 0.85)  # of the amount asked for
READS_SECONDS = 0.3  # a person pauses; without gc.freeze() the server still tidies up then
SETTLED_SECONDS = 15.0  # after the first page: the record is verified in the background, which rests in between
QUIET_MS = 1_800  # the limits of the client before are drawn by then
PLAIN = "from streamlit.web.cli import main; main()"
UNFROZEN = f"import gc; gc.freeze = lambda: None; {PLAIN}"


@dataclass
class Waits:
    """Of one visitor of one server."""

    first: Run
    next_client: list[Run] = field(default_factory=list)
    first_what_if: list[Run] = field(default_factory=list)  # for a client
    next_what_if: list[Run] = field(default_factory=list)


@dataclass
class Drawn:
    """Of one visitor with a browser."""

    first_seconds: float  # from asking for the address to the drawn verdict
    next_client: list[float] = field(default_factory=list)  # milliseconds from Enter to the heading


def run() -> None:
    own = settings.read()
    with closing(open_desk(own)) as desk:
        keys = desk.tables.keys(CLIENTS + 1)
        lever = _what_if_in_process(desk, keys)
    for name, program in (("with gc.freeze()", PLAIN), ("without gc.freeze()", UNFROZEN)):
        print(f"\nScore page, {name}")
        with copied(own) as folder, _server(program, folder) as address:
            _print_waits(_waits(address, folder, keys, lever))
        with copied(own) as folder, _server(program, folder) as address:
            _print_drawn(_drawn(address, folder, keys))


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


def _waits(address: str, folder: Path, keys: Sequence[str], lever: str) -> Waits:
    with visitor(address, session_token(folder, Role.OFFICER), "score") as somebody:
        waits = Waits(somebody.open(f"client={keys[0]}"))
        time.sleep(SETTLED_SECONDS)
        for key in keys[1:]:
            time.sleep(READS_SECONDS)
            waits.next_client.append(somebody.type_into("Client number", key))
        for key in keys[:WHAT_IF_CLIENTS]:
            somebody.type_into("Client number", key)
            amount = float(somebody.field(lever).value)
            runs = [_what_if(somebody, lever, float(round(amount * share))) for share in SHARES]
            waits.first_what_if.append(runs[0])
            waits.next_what_if.extend(runs[1:])
    return waits


def _what_if(somebody: Visitor, lever: str, amount: float) -> Run:
    time.sleep(READS_SECONDS)
    return somebody.type_into(lever, amount)


def _print_waits(waits: Waits) -> None:
    print(
        "  over the websocket, the server's share: first page after the start "
        f"{waits.first.milliseconds / 1e3:.2f} s (target ≤ 2 s), {waits.first.kilobytes:.0f} kB"
    )
    size = float(np.median([run.kilobytes for run in waits.next_client]))
    shares = _spread([run.milliseconds for run in waits.next_client])
    print(f"  next client by ID: {shares} (target p95 ≤ 100 ms), {size:.0f} kB, {len(waits.next_client)} runs")
    first, next_ = (_spread([run.milliseconds for run in runs]) for runs in (waits.first_what_if, waits.next_what_if))
    print(f"  what-if, the first for a client: {first}; another amount: {next_} (target ≤ 300 ms)", flush=True)


def _drawn(address: str, folder: Path, keys: Sequence[str]) -> Drawn | None:
    executable = chromium_path()
    if executable is None:
        return None
    with opened(executable) as browser, closing(browser.new_context()) as context:
        sign_in(context, address, session_token(folder, Role.OFFICER))
        page = context.new_page()
        started = time.perf_counter()
        page.goto(f"{address}/score?client={keys[0]}")
        page.get_by_text("This client").first.wait_for(timeout=60_000)
        drawn = Drawn(time.perf_counter() - started)
        time.sleep(SETTLED_SECONDS)
        for key in keys[1:]:
            page.wait_for_timeout(QUIET_MS)
            drawn.next_client.append(_next_drawn(page, key))
        return drawn


def _next_drawn(page: Page, key: str) -> float:
    number = page.get_by_label("Client number")
    number.fill(key)
    started = time.perf_counter()
    number.press("Enter")
    page.get_by_role("heading", name=f"Client {key}").wait_for(timeout=30_000)
    return (time.perf_counter() - started) * 1e3


def _print_drawn(drawn: Drawn | None) -> None:
    if drawn is None:
        print("  no browser on this machine")
        return
    print(
        f"  in a browser on the same cores: first page drawn after {drawn.first_seconds:.2f} s; "
        f"next client, Enter to heading {_spread(drawn.next_client)}",
        flush=True,
    )


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
