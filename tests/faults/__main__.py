"""Proves with many faults that nothing acknowledged is lost: `python -m tests.faults`; exit code 0 when sound."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.outcome import Outcome
from tests.faults.proof import FULL, Counts, prove

COLUMNS = ("fault", "times", "acknowledged", "lost", "doubled", "broken links", "unsaid", "verdict")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kills", "truncations", "zeroed", "flips", "both", "full_disks"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(FULL, name))
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    counts = Counts(chosen.kills, chosen.truncations, chosen.zeroed, chosen.flips, chosen.both, chosen.full_disks)
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
    numbers = (outcome.faults, outcome.acknowledged, outcome.lost, outcome.doubled, outcome.broken, outcome.unsaid)
    return name, *(f"{number:,}" for number in numbers), "sound" if outcome.sound else "NOT SOUND"


if __name__ == "__main__":
    sys.exit(main())
