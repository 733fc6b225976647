"""What became of each line of a file of outcomes, for a person and for a machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum

from core.casework.outcomes import Refusal
from core.portfolio.wording import counted


class Became(StrEnum):
    RECORDED = "recorded"
    CORRECTED = "corrected"
    ALREADY_THERE = "already there"
    REFUSED = "refused"


@dataclass(frozen=True)
class LineReport:
    line: int  # of the file
    became: Became
    event: int | None = None  # the sequence of what stands on the chain
    refusal: Refusal | None = None

    @property
    def words(self) -> str:
        if self.refusal is not None:
            return f"line {self.line}: refused: {self.refusal.words}"
        return f"line {self.line}: {self.became.value}{f' (event {self.event:,})' if self.event else ''}"

    def as_json(self) -> dict[str, object]:
        refusal = asdict(self.refusal) if self.refusal else None
        return {"line": self.line, "became": self.became.value, "event": self.event, "refusal": refusal}


@dataclass(frozen=True)
class OutcomeReport:
    lines: tuple[LineReport, ...]  # in the order of the file
    ignored_columns: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[LineReport, ...]:
        return tuple(line for line in self.lines if line.became is Became.REFUSED)

    @property
    def sound(self) -> bool:
        """Whether every line is on the chain now."""
        return not self.refused

    def count(self, became: Became) -> int:
        return Counter(line.became for line in self.lines)[became]

    def summary(self) -> str:
        """ "3 lines: 1 recorded, 0 corrected, 1 already there, 1 refused"."""
        counts = ", ".join(f"{self.count(became):,} {became.value}" for became in Became)
        return f"{counted(len(self.lines), 'line')}: {counts}"

    def as_json(self) -> dict[str, object]:
        return {
            "counts": {became.value: self.count(became) for became in Became},
            "ignored_columns": list(self.ignored_columns),
            "lines": [line.as_json() for line in self.lines],
        }
