"""What it costs to have a decision on the record: through casework, by the ledger alone, and in SQLite as durable."""

from __future__ import annotations

import os
from pathlib import Path

from core import settings
from core.ledger.canonical import line
from core.ledger.store_rows import row_of
from core.settings import Settings
from tests.bench import ledger_length
from tests.bench.ledger_desk import Work, beside, folder_on_disk, size_of
from tests.bench.ledger_rival import SqliteChain
from tests.bench.measure import in_threads, side_by_side

CALLS, CLIENTS = 200, 100
THREADS, CALLS_OF_A_ROUND = 8, 120
SCORE_TARGET_MS = 15.0


def run(own: Settings) -> None:
    with folder_on_disk() as folder:
        here = beside(own, folder)
        work = Work(here, CLIENTS)
        try:
            _one_decision(work, folder)
            _several_at_once(work, folder)
            _scores(work)
        finally:
            work.close()
        ledger_length.run(here)


def _one_decision(work: Work, folder: Path) -> None:
    rival = SqliteChain(folder / "alone.sqlite", work.ledger.keys)
    flushed = os.open(folder / "flushed", os.O_RDWR | os.O_CREAT)
    drafts = work.decided_drafts()
    draft = next(drafts)
    event = work.ledger.append([draft])[0]
    row, text = row_of(event), line(event)

    def write_and_flush() -> None:
        os.write(flushed, text)
        os.fsync(flushed)

    print(f"\nOne durable decision ({size_of(draft)}), one thread, on the disk of {folder.parent}")
    scored, decided, appended, sqlite, finished, file = side_by_side(
        {
            "casework: a new application's score recorded": work.record_score,
            "casework: the decision on it": work.decide,
            "ledger.append of a decision": lambda: work.ledger.append([next(drafts)]),
            "SQLite WAL, synchronous=FULL, sealed and linked as well": lambda: rival.append(next(drafts)),
            "SQLite WAL, synchronous=FULL, the finished row": lambda: rival.store(row, next(drafts).idempotency_key),
            "a plain file: the journal's line and a flush": write_and_flush,
        },
        CALLS,
    )
    print(scored.line())
    for timing in (decided, appended):
        print(f"{timing.line()}   {timing.p50_ms / sqlite.p50_ms:.1f} × SQLite")
    print(sqlite.line())
    for timing in (finished, file):
        print(timing.line())
    os.close(flushed)
    rival.close()


def _several_at_once(work: Work, folder: Path) -> None:
    """Who waits while another writes is written together with the others."""
    rival = SqliteChain(folder / "together.sqlite", work.ledger.keys)
    drafts = work.decided_drafts()
    jobs = {
        "casework: score and decision": work.score_and_decide,
        "ledger.append of a decision": lambda: work.ledger.append([next(drafts)]),
        "SQLite WAL, synchronous=FULL, sealed and linked as well": lambda: rival.append(next(drafts)),
    }
    for threads in (1, THREADS):
        print(f"  acknowledged per second, {threads} {'thread' if threads == 1 else 'threads'}")
        *ours, sqlite = in_threads(jobs, CALLS_OF_A_ROUND, threads)
        for throughput in ours:
            print(f"{throughput.line()}   {throughput.per_second / sqlite.per_second:.2f} of SQLite's")
        print(sqlite.line())
    rival.close()


def _scores(work: Work) -> None:
    print("\nA stored applicant, first time of the day")
    plain, recorded = side_by_side(
        {
            "look-up + PD + explanation": work.score_only,
            f"the same + durable record (target p95 ≤ {SCORE_TARGET_MS:.0f} ms)": work.score_stored,
        },
        CALLS,
    )
    print(plain.line())
    print(recorded.line(plain))


if __name__ == "__main__":
    run(settings.read())
