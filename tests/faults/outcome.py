"""What became of the record after a number of faults of one kind."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Outcome:
    faults: int = 0  # none: it could not be tried here
    acknowledged: int = 0  # events that had to survive
    said: int = 0  # faults that were refused, found or made good in a sentence
    lost: int = 0
    doubled: int = 0  # there twice, or a call recorded in part
    broken: int = 0  # the chain does not verify afterwards, or nothing more can be recorded
    unsaid: int = 0  # lost, cut, falsified or not written without a word

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def sound(self) -> bool:
        return self.lost == self.doubled == self.broken == self.unsaid == 0

    @property
    def verdict(self) -> str:
        """In a word or two; mounting the small disk is the one thing here that a right is needed for."""
        if not self.sound:
            return "NOT SOUND"
        return "sound" if self.faults else "needs root"
