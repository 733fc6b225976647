"""Proves with many faults that nothing acknowledged is lost: `python -m tests.faults`; exit code 0 when sound."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import asdict, astuple
from pathlib import Path

from tests.faults.outcome import Outcome
from tests.faults.proof import FULL, Counts, prove

COLUMNS = ("fault", "times", "acknowledged", "said", "lost", "doubled", "broken", "unsaid", "verdict")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in asdict(FULL).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=number)
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    counts = Counts(**{name: getattr(chosen, name) for name in asdict(FULL)})
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        outcomes = prove(Path(folder), counts, chosen.seed, lambda words: print(words, file=sys.stderr))  # noqa: T201
    total = sum(outcomes.values(), Outcome())
    rows = [COLUMNS, *(_row(name, outcome) for name, outcome in {**outcomes, "all": total}.items())]
    widths = [max(len(row[n]) for row in rows) for n in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())  # noqa: T201
    print(f"{time.monotonic() - begun:.0f} s")  # noqa: T201
    return 0 if total.sound else 1


def _row(name: str, outcome: Outcome) -> tuple[str, ...]:
    return name, *(f"{number:,}" for number in astuple(outcome)), outcome.verdict


if __name__ == "__main__":
    sys.exit(main())
