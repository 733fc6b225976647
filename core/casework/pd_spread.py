"""The spread of default probabilities as a chart draws it: log-odds on an axis that few decisions cannot narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import ceil, log

from core.casework.volumes import PdBin
from core.portfolio.wording import percent

LOWEST, HIGHEST = 0.005, 0.5  # the axis reaches at least from here to there, so that cut-offs have a place on it
_MOST_BARS = 20  # side by side on the whole axis
_TICKS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9)


@dataclass(frozen=True)
class PdTick:
    place: float  # log-odds
    text: str


@dataclass(frozen=True)
class PdBar:
    """Decisions with a PD in this range."""

    start: float  # log-odds
    end: float
    counts: Mapping[str, int]  # by decision
    words: str  # "PD 4.8 % to 5.9 %"

    @property
    def decisions(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class PdSpread:
    bins: Sequence[PdBin]

    @property
    def start(self) -> float:
        """Log-odds where the axis begins."""
        return min(_log_odds(LOWEST), *(bar.start for bar in self.bars))

    @property
    def end(self) -> float:
        return max(_log_odds(HIGHEST), *(bar.end for bar in self.bars))

    def place(self, default_probability: float) -> float | None:
        """Its log-odds; None outside of the axis."""
        if not 0 < default_probability < 1:
            return None
        place = _log_odds(default_probability)
        return place if self.start <= place <= self.end else None

    @property
    def ticks(self) -> tuple[PdTick, ...]:
        placed = ((self.place(at), at) for at in _TICKS)
        return tuple(PdTick(place, f"{100 * at:g} %") for place, at in placed if place is not None)

    @cached_property
    def bars(self) -> tuple[PdBar, ...]:
        """One for each bin; narrow bins are put together until a bar can be seen."""
        if self._is_one_probability:
            return (_around(self.bins[0]),)
        bins = len(self.bins)
        low, high = _log_odds(self.bins[0].low), _log_odds(self.bins[-1].high)
        axis = max(_log_odds(HIGHEST), high) - min(_log_odds(LOWEST), low)
        together = min(ceil(axis / _MOST_BARS / ((high - low) / bins) - 1e-9), bins)
        placed = groupby(enumerate(self.bins), lambda one: one[0] // together)
        return tuple(_bar([one for _, one in group]) for _, group in placed)

    @property
    def _is_one_probability(self) -> bool:
        """Of several, the greatest lies in the last bin."""
        return not any(one.counts for one in self.bins[1:])

    def counts(self, decisions: Sequence[str]) -> tuple[int, ...]:
        """How many of each bar were decided in one of these ways."""
        return tuple(sum(bar.counts.get(decision, 0) for decision in decisions) for bar in self.bars)


def _bar(bins: Sequence[PdBin]) -> PdBar:
    low, high = bins[0].low, bins[-1].high
    counts: dict[str, int] = {}
    for decision, count in (counted for one in bins for counted in one.counts):
        counts[decision] = counts.get(decision, 0) + count
    return PdBar(_log_odds(low), _log_odds(high), counts, f"PD {percent(low)} to {percent(high)}")


def _around(only: PdBin) -> PdBar:
    """All PDs are the same: they stand at the lower end of the first bin, whose width says nothing."""
    half = (_log_odds(HIGHEST) - _log_odds(LOWEST)) / _MOST_BARS / 2
    middle = _log_odds(only.low)
    return PdBar(middle - half, middle + half, dict(only.counts), f"PD {percent(only.low)}")


def _log_odds(probability: float) -> float:
    return log(probability / (1 - probability))
