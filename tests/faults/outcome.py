"""What became of the record after a number of faults of one kind."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Outcome:
    faults: int = 0
    acknowledged: int = 0  # events that had to survive
    lost: int = 0
    doubled: int = 0  # there twice, or a call recorded in part
    broken: int = 0  # the chain does not verify after the start
    unsaid: int = 0  # lost or cut without a word

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def sound(self) -> bool:
        return self.lost == self.doubled == self.broken == self.unsaid == 0
