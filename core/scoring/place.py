"""Where one value stands among the reference clients: shares below, equal and above, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.portfolio.contract import Kind

LEAST_CLIENTS = 100  # fewer known values say nothing about "clients"
_TIME = (Kind.DAYS, Kind.MONTHS)  # relative to the application: further back is longer


@dataclass(frozen=True)
class Place:
    """Counts of reference clients whose value is known."""

    below: int
    equal: int
    above: int

    @property
    def clients(self) -> int:
        return self.below + self.equal + self.above


class ReferenceSample:
    """Sorted known values of some features in a sample of clients; built once, asked often."""

    def __init__(self, features: NDArray[np.float32], names: Sequence[str], wanted: Iterable[str]) -> None:
        column = {name: i for i, name in enumerate(names)}
        self._sorted: Mapping[str, NDArray[np.float32]] = {
            name: np.sort(features[:, column[name]][~np.isnan(features[:, column[name]])])
            for name in wanted
            if name in column
        }

    def place(self, name: str, value: float) -> Place | None:
        """None for a feature the sample does not hold, or too rarely."""
        known = self._sorted.get(name)
        if known is None or known.size < LEAST_CLIENTS:
            return None
        at = np.float32(value)  # as the sample was stored: otherwise nothing would ever be equal
        below, up_to = int(np.searchsorted(known, at, "left")), int(np.searchsorted(known, at, "right"))
        return Place(below=below, equal=up_to - below, above=known.size - up_to)


def comparison(place: Place, kind: Kind) -> str:
    """ "above 54 % of clients", "shorter than 88 % of clients", "the same as 62 % of clients".

    The larger side is named; clients with the same value stand on neither side.
    """
    larger, smaller = ("longer than", "shorter than") if kind in _TIME else ("above", "below")
    under, over = place.below, place.above
    if kind in _TIME:  # more negative = longer ago
        under, over = over, under
    if place.equal >= max(under, over):
        return f"the same as {_share(place.equal, place.clients)} of clients"
    if under >= over:
        return f"{larger} {_share(under, place.clients)} of clients"
    return f"{smaller} {_share(over, place.clients)} of clients"


def _share(part: int, whole: int) -> str:
    """Whole percent; never "100 %" while somebody is left out."""
    percent = round(100 * part / whole)
    return "more than 99 %" if percent == 100 and part < whole else f"{percent} %"
