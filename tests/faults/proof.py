"""All kinds of fault, a given number of times each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.damage import damage_both, damage_often, flipped, leave_behind, truncated, zeroed_tail
from tests.faults.full_disk import fill_often
from tests.faults.kills import kill_often
from tests.faults.outcome import Outcome


@dataclass(frozen=True)
class Counts:
    kills: int
    truncations: int
    zeroed: int
    flips: int
    both: int  # journal and database damaged at once
    full_disks: int


FULL = Counts(kills=500, truncations=200, zeroed=100, flips=200, both=60, full_disks=60)
QUICK = Counts(kills=12, truncations=10, zeroed=5, flips=20, both=6, full_disks=5)


def prove(folder: Path, counts: Counts, seed: int, say: Callable[[str], None]) -> dict[str, Outcome]:
    """What became of the record, by kind of fault."""
    say("kills")
    killed = kill_often(folder / "kills", counts.kills, seed)
    outcomes = {f"killed {point.replace('_', ' ') or 'at random'}": outcome for point, outcome in killed.items()}
    left = leave_behind(folder / "damage")
    for damage, times in ((truncated, counts.truncations), (zeroed_tail, counts.zeroed), (flipped, counts.flips)):
        name = damage.__name__.replace("_", " ")
        say(name)
        outcomes[name] = damage_often(left, folder / "damage", damage, times, seed)
        outcomes[f"{name}, both files"] = damage_both(left, folder / "damage", damage, counts.both // 3, seed)
    say("full disk")
    outcomes["disk full in the middle of a write"] = fill_often(folder / "full", counts.full_disks, seed)
    return {name: outcome for name, outcome in outcomes.items() if outcome.faults}
