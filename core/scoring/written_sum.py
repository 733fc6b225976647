"""Numbers of a sum, rounded so that what is printed adds up as printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MINUS = "−"


@dataclass(frozen=True)
class WrittenSum:
    """start + steps = total, all in whole units of the last decimal shown."""

    start: int
    steps: tuple[int, ...]
    total: int
    decimals: int

    def number(self, units: int) -> str:
        """An absolute number: "569.2", "−2.84"."""
        return f"{units / 10**self.decimals:,.{self.decimals}f}".replace("-", MINUS)

    def signed(self, units: int) -> str:
        """A step: "+6.3", "−55.7", "0.0"."""
        return f"+{self.number(units)}" if units > 0 else self.number(units)

    def term(self, units: int) -> str:
        """A step inside a sum: "+ 6.3", "− 55.7"."""
        return f"{MINUS if units < 0 else '+'} {self.number(abs(units))}"


def written_sum(positions: Sequence[float], decimals: int) -> WrittenSum:
    """The way from the first position to the last, rounded; each step keeps its sign or is shown as zero.

    First and last are rounded as they stand. Steps are rounded to the nearest; where that misses the total,
    the steps that rounding moved most take the missing units (largest remainder).
    """
    unit = 10**decimals
    exact = [(after - before) * unit for before, after in pairwise(positions)]
    steps = [round(step) for step in exact]
    start, total = round(positions[0] * unit), round(positions[-1] * unit)
    missing = total - start - sum(steps)
    toward = 1 if missing > 0 else -1
    for _ in range(abs(missing)):
        chosen = max(_movable(exact, steps, toward), key=lambda i: (exact[i] - steps[i]) * toward)
        steps[chosen] += toward
    return WrittenSum(start=start, steps=tuple(steps), total=total, decimals=decimals)


def _movable(exact: Sequence[float], steps: Sequence[int], toward: int) -> list[int]:
    """The steps that may take one more unit without showing the opposite of their sign.

    Never empty: rounding the positions themselves would give steps of the right total and signs.
    """
    return [i for i, step in enumerate(exact) if step * toward > 0 or steps[i] * toward < 0]
