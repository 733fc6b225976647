"""Frozen bins: drift is measured against the training rows (the PD: the held-out rows), not against the window."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

WANTED = 10

Values = NDArray[np.float32] | NDArray[np.float64]  # (rows,), missing = NaN


class FeatureBins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bins of one feature: its values, then one bin for missing.

    Numbers: (−∞, edge 0], (edge 0, edge 1], … (last edge, ∞). Categories: one bin per level, then one for
    codes that no level has.
    """

    feature: str
    kind: str  # "number" or "category"
    edges: tuple[float, ...] = ()  # inner edges; the outer ones are infinite
    levels: int = 0
    wanted: int = WANTED
    counts: tuple[int, ...]  # of the reference, missing last

    @property
    def value_bins(self) -> int:
        """How many bins hold values: fewer than wanted where the feature is tied."""
        return len(self.counts) - 1

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(count / sum(self.counts) for count in self.counts)

    def count(self, values: Values) -> tuple[int, ...]:
        """How many of these values fall into each bin, missing last."""
        known = values[~np.isnan(values)]
        places = _places(known, self.edges) if self.kind == "number" else _codes(known, self.levels)
        held = np.bincount(places, minlength=self.value_bins)
        return (*(int(n) for n in held), int(values.size - known.size))


class Bins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int = 1
    rows: int  # of the reference, whose features are binned
    features: tuple[FeatureBins, ...]  # in the model's order
    default_probability: FeatureBins  # of the held-out rows: the trees were not grown on them


@dataclass(frozen=True)
class Binned:
    """A column of the reference and how it is to be binned."""

    feature: str
    values: Values
    levels: int = 0  # of a category; 0 for numbers


def freeze(column: Binned) -> FeatureBins:
    """Deciles of a number, or the levels of a category, with the reference's counts."""
    kind = "category" if column.levels else "number"
    edges = () if column.levels else decile_edges(column.values)
    empty = (0,) * ((column.levels + 1 if column.levels else len(edges) + 1) + 1)
    bins = FeatureBins(feature=column.feature, kind=kind, edges=edges, levels=column.levels, counts=empty)
    return msgspec.structs.replace(bins, counts=bins.count(column.values))


def decile_edges(values: Values) -> tuple[float, ...]:
    """The inner edges of ten bins, ties melted into one; none above the largest value would ever be filled."""
    known = values[~np.isnan(values)].astype(np.float64)
    if known.size == 0:
        return ()
    inner = np.unique(np.quantile(known, np.arange(1, WANTED) / WANTED, method="inverted_cdf"))
    return tuple(float(edge) for edge in inner if edge < known.max())


def _places(values: Values, edges: tuple[float, ...]) -> NDArray[np.intp]:
    return np.searchsorted(np.asarray(edges, dtype=np.float64), values.astype(np.float64), side="left")


def _codes(values: Values, levels: int) -> NDArray[np.intp]:
    """The level of each value; what is no level goes into the bin after the last one."""
    known = (values >= 0) & (values < levels) & (values == np.floor(values))
    return np.where(known, values, levels).astype(np.intp)
