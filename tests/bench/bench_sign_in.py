"""How long a wrong sign-in takes for names that exist and names that do not: distributions, not means."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from core import settings
from core.accounts import changes, sessions
from core.accounts.people import CONSOLE
from core.accounts.sign_in import Wrong, sign_in
from core.accounts.store import AccountStore, open_accounts
from tests.bench.measure import side_by_side

TRIES = 60


def run() -> None:
    print("\nSign-in: wrong password for a known, an unknown and a disabled name (bcrypt at the default cost)")
    with tempfile.TemporaryDirectory() as folder:
        store = open_accounts(settings.read({}, data_dir=Path(folder)))
        now = datetime.now(UTC)
        for name in ("known", "disabled"):
            changes.add(store, CONSOLE, name, name, "officer", now)
        changes.disable(store, CONSOLE, "disabled", now)
        known, unknown, disabled = side_by_side(
            {name: _attempts(store, name, now) for name in ("known", "unknown", "disabled")}, TRIES, warm_up=2
        )
        for timing in (known, unknown, disabled):
            print(timing.line())
        print(f"  known against unknown: {known.p50_ms / unknown.p50_ms:.3f} at p50 (1 tells nothing)")
        _session(store, now)


def _attempts(store: AccountStore, name: str, start: datetime) -> Callable[[], None]:
    """Each attempt an hour after the last, so that no throttle speaks instead."""
    moments = (start + timedelta(hours=hour) for hour in range(10_000))

    def attempt() -> None:
        answer = sign_in(store, name, "not the password", "192.0.2.1", next(moments))
        assert isinstance(answer, Wrong), answer

    return attempt


def _session(store: AccountStore, now: datetime) -> None:
    """What every rerun pays for reading the role anew."""
    ticket = store.token()
    with store.writing() as connection:
        sessions.issue_ticket(connection, ticket, "known", "", now)
    token = sessions.redeem(store, ticket, None, now)
    spent = []
    for _ in range(500):
        started = time.perf_counter()
        sessions.current(store, token, now)
        spent.append((time.perf_counter() - started) * 1e3)
    p50, p95 = np.percentile(spent, [50, 95])
    print(f"  session and role read from the file at a rerun: {p50:.2f} ms p50, {p95:.2f} ms p95")
