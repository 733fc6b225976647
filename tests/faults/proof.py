"""All kinds of fault, a given number of times each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.damage import damage_both, damage_heads, damage_often, flipped, leave_behind, truncated, zeroed_tail
from tests.faults.full_disk import fill_often
from tests.faults.kills import kill_often
from tests.faults.outcome import Outcome
from tests.faults.tampering import tamper


@dataclass(frozen=True)
class Counts:
    kills: int
    truncations: int  # of WAL, journal and database
    zeroed: int
    flips: int
    heads: int  # head or mark of what was verified damaged, beside those
    both: int  # journal and database damaged at once
    full_disks: int


FULL = Counts(kills=500, truncations=200, zeroed=100, flips=200, heads=60, both=60, full_disks=60)
QUICK = Counts(kills=12, truncations=6, zeroed=3, flips=12, heads=6, both=6, full_disks=6)


def prove(folder: Path, counts: Counts, seed: int, say: Callable[[str], None]) -> dict[str, Outcome]:
    """What became of the record, by kind of fault."""
    say("kills")
    killed = kill_often(folder / "kills", counts.kills, seed)
    outcomes = {f"killed {point.replace('_', ' ') or 'at random'}": outcome for point, outcome in killed.items()}
    outcomes |= _damaged(folder / "damage", counts, seed, say)
    say("full disk")
    filled = fill_often(folder / "full", counts.full_disks, seed)
    outcomes |= {f"disk full {stage.replace('_', ' ')}": outcome for stage, outcome in filled.items()}
    say("tampering")
    return outcomes | tamper(folder / "tampering")


def _damaged(folder: Path, counts: Counts, seed: int, say: Callable[[str], None]) -> dict[str, Outcome]:
    left = leave_behind(folder)
    outcomes: dict[str, Outcome] = {}
    for damage, times in ((truncated, counts.truncations), (zeroed_tail, counts.zeroed), (flipped, counts.flips)):
        name = damage.__name__.replace("_", " ")
        if times:
            say(name)
            outcomes[f"{name}: WAL, journal or database"] = damage_often(left, folder, damage, times, seed)
        if counts.heads:
            outcomes[f"{name}: head or mark"] = damage_heads(left, folder, damage, counts.heads // 3, seed)
        if counts.both:
            outcomes[f"{name}: journal and database"] = damage_both(left, folder, damage, counts.both // 3, seed)
    return outcomes
