"""The spread of default probabilities as a chart draws it: one place per bin, equally wide in log-odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from core.casework.volumes import PdBin
from core.portfolio.wording import percent

_TICKS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9)


@dataclass(frozen=True)
class PdTick:
    place: float  # in bins from the first one's lower end
    text: str


@dataclass(frozen=True)
class PdSpread:
    bins: Sequence[PdBin]

    def place(self, default_probability: float) -> float | None:
        """In bins from the first one's lower end; None where it lies outside, or all PDs are the same."""
        low, high = _log_odds(self.bins[0].low), _log_odds(self.bins[-1].high)
        place = len(self.bins) * (_log_odds(default_probability) - low) / (high - low)
        return place if 0 <= place <= len(self.bins) else None

    @property
    def ticks(self) -> tuple[PdTick, ...]:
        placed = ((self.place(at), at) for at in _TICKS)
        return tuple(PdTick(place, f"{100 * at:g} %") for place, at in placed if place is not None)

    def counts(self, decisions: Sequence[str]) -> tuple[int, ...]:
        """How many of each bin were decided in one of these ways."""
        return tuple(sum(count for decision, count in one.counts if decision in decisions) for one in self.bins)

    def words(self, place: int) -> str:
        """ "PD 4.8 % to 5.9 %"."""
        return f"PD {percent(self.bins[place].low)} to {percent(self.bins[place].high)}"


def _log_odds(probability: float) -> float:
    return log(probability / (1 - probability))
