"""The axis a feature is drawn on: its unit for people, and round edges between which clients are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.portfolio.contract import WHOLE_KINDS, Kind
from core.portfolio.feature_meaning import FeatureMeaning
from core.portfolio.wording import DAYS_PER_YEAR
from core.scoring.written_sum import MINUS

_TAILS = (0.01, 0.99)  # quantiles between which bars are drawn; what lies beyond joins the end bars
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # round widths, times a power of ten


@dataclass(frozen=True)
class Axis:
    title: str
    factor: float  # value × factor = what is drawn
    suffix: str  # behind a number: " %"
    whole: bool  # drawn values are whole numbers

    def read(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values * self.factor

    def number(self, drawn: float, width: float) -> str:
        """A limit between bars of this width, with as many decimals as the width has."""
        return _plain(drawn, width) + self.suffix

    def label(self, edges: NDArray[np.float64], at: int, open_ends: tuple[bool, bool]) -> str:
        """ "10 to 15 %", "below 10 %", "from 40 % on", or the one whole number a bar stands for."""
        start, end = float(edges[at]), float(edges[at + 1])
        width = end - start
        if at == 0 and open_ends[0]:
            return f"below {self.number(end, width)}"
        if at == len(edges) - 2 and open_ends[1]:
            return f"from {self.number(start, width)} on"
        if self.whole and width == 1:
            return self.number(start, width)
        return f"{_plain(start, width)} to {self.number(end, width)}"


def axis_of(meaning: FeatureMeaning) -> Axis:
    """Times are drawn as lengths before the application, shares in percent, all else as it stands."""
    if meaning.choices:
        return Axis(meaning.label, 1.0, "", True)
    if meaning.kind is Kind.DAYS:
        return Axis("Years before the application", -1 / DAYS_PER_YEAR, "", False)
    if meaning.kind is Kind.MONTHS:
        return Axis("Months before the application", -1.0, "", True)
    if meaning.kind is Kind.RATIO and meaning.unit == "%":
        return Axis(f"{meaning.label}, %", 100.0, " %", False)
    unit = f", {meaning.unit}" if meaning.unit else ""
    return Axis(f"{meaning.label}{unit}", 1.0, "", meaning.kind in WHOLE_KINDS)


def edges_of(drawn: NDArray[np.float64], most_bins: int, whole: bool) -> NDArray[np.float64]:
    """Round edges of at most `most_bins` equal bars that hold all but the outermost values."""
    low, high = _range(drawn)
    if whole and high - low < most_bins:
        return np.arange(math.floor(low), math.floor(high) + 2, dtype=np.float64)
    width = _width((high - low) / (most_bins - 2) if high > low else max(abs(low), 1.0) / 10, whole)
    first = math.floor(low / width)
    last = max(math.floor(high / width) + 1, first + 1)
    return np.round(np.arange(first, last + 1, dtype=np.float64) * width, 12)


def _range(drawn: NDArray[np.float64]) -> tuple[float, float]:
    """From the 1 % to the 99 % quantile; the outermost values themselves where they lie hardly further out."""
    low, high = (float(q) for q in np.quantile(drawn, _TAILS))
    least, most = float(drawn.min()), float(drawn.max())
    room = 0.1 * (high - low)
    return (least if low - least <= room else low), (most if most - high <= room else high)


def _plain(limit: float, width: float) -> str:
    digits = next((d for d in range(12) if math.isclose(width * 10**d, round(width * 10**d), rel_tol=1e-6)), 12)
    return f"{limit + 0.0:,.{digits}f}".replace("-", MINUS)


def _width(wanted: float, whole: bool) -> float:
    """The smallest round width that is not below the wanted one."""
    power = 10.0 ** math.floor(math.log10(wanted))
    steps = (step * power for step in _STEPS)
    width = next(step for step in steps if step >= wanted * (1 - 1e-12))
    return float(math.ceil(width)) if whole else width
