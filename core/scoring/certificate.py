"""How far a recommendation holds: for one feature, every value that leaves it as it is, all others held fixed.

A model of trees answers with steps: between two neighbouring split points of a feature nothing changes. So one
value out of each cell says what the whole cell gets, and walking the cells finds the exact limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.model.split_points import Thresholds
from core.policy.policy import Policy
from core.policy.recommendation import Recommendation
from core.portfolio.contract import WHOLE_KINDS, Contract, Kind
from core.portfolio.feature_meaning import FeatureMeaning
from core.scoring.certificate_words import Holding, Interval, Subject, in_words
from core.scoring.contributions import meanings_of
from core.scoring.feature_gate import FeatureRow
from core.scoring.scorer import ScoringModel

MAIN_FEATURES = 10

NOTE = (
    "One figure is changed at a time; all others, also those made from the same facts, stay as they are. "
    "Limits are exact for this model and policy, and rounded towards safety."
)


class Scope(StrEnum):
    FIELD = "field"  # a column of the application, as it is
    MADE = "made"  # a figure made from several columns or rows


@dataclass(frozen=True)
class Certificate:
    """What one feature alone can do to the recommendation."""

    feature: str
    label: str
    family: str
    value: float | None  # as the model saw it; None = missing
    scope: Scope
    intervals: tuple[Interval, ...]  # of a number: all values with the same recommendation, rising
    around: Interval | None  # the one that holds the value; None for categories and missing values
    levels: tuple[str, ...]  # of a category: labels of all levels with the same recommendation
    holds_when_missing: bool
    can_change: bool  # whether any value alone changes the recommendation (not giving it: see above)
    text: str


@dataclass(frozen=True)
class Certificates:
    """Largest contribution first."""

    recommendation: Recommendation
    items: tuple[Certificate, ...]
    note: str


@dataclass(frozen=True)
class Cells:
    """The values of one feature that can make a difference: one probe out of each cell between split points."""

    probes: NDArray[np.float32]
    edges: NDArray[np.float64]  # (probes + 1,): cell i holds edge i < x ≤ edge i + 1


class Certifier:
    """Walks the cells of a model's features; what does not hang on the client is prepared once."""

    def __init__(
        self,
        model: ScoringModel,
        splits: Sequence[Thresholds],
        policy: Policy,
        contract: Contract,
        language: str = "en",
    ) -> None:
        self._model = model
        self._splits = splits
        self._policy = policy
        self._contract = contract
        self._meanings = meanings_of(contract, model.features, language)

    def certify(self, row: FeatureRow, positions: Sequence[int]) -> tuple[Certificate, ...]:
        """The certificates of the features at these positions of the model, for one feature row."""
        probes = [self._cells[at].probes for at in positions]
        variants = np.repeat(row[None, :], 1 + sum(1 + own.size for own in probes), axis=0)
        first = 1  # the row as it stands comes first, then for each feature: missing, and its probes
        for at, own in zip(positions, probes, strict=True):
            variants[first : first + 1 + own.size, at] = (np.nan, *own)
            first += 1 + own.size
        said = self._recommendations(variants)
        sizes = np.cumsum([1, *(1 + own.size for own in probes)])
        return tuple(
            self._certificate(at, row, said[0], said[start:end])
            for at, start, end in zip(positions, sizes, sizes[1:], strict=False)
        )

    def _recommendations(self, variants: NDArray[np.float32]) -> list[Recommendation]:
        pds = self._model.default_probabilities(self._model.margins(variants))
        return [self._policy.recommend(pd) for pd in pds.tolist()]

    def _certificate(
        self, at: int, row: FeatureRow, now: Recommendation, said: Sequence[Recommendation]
    ) -> Certificate:
        meaning, cells = self._meanings[at], self._cells[at]
        value = None if math.isnan(row[at]) else float(row[at])
        kept = [other is now for other in said[1:]]
        numeric = not _levels(meaning)
        intervals = _joined(cells, kept) if numeric else ()
        around = next((i for i in intervals if value is not None and value in i), None)
        holding = Holding(
            intervals=tuple(map(_as_typed, intervals)),
            levels=()
            if numeric
            else tuple(label for label, keeps in zip(_levels(meaning), kept, strict=True) if keeps),
            all_levels=_levels(meaning),
            when_missing=said[0] is now,
            always=all(kept),
        )
        return Certificate(
            feature=meaning.name,
            label=meaning.label,
            family=meaning.family,
            value=value,
            scope=Scope.FIELD if meaning.name in self._fields else Scope.MADE,
            intervals=intervals,
            around=around,
            levels=holding.levels,
            holds_when_missing=holding.when_missing,
            can_change=not holding.always,
            text=in_words(
                now,
                Subject(meaning.label, meaning.kind, meaning.unit, None if value is None else _shortest(row[at])),
                holding,
            ),
        )

    @cached_property
    def _cells(self) -> tuple[Cells, ...]:
        return tuple(self._cells_of(m, own) for m, own in zip(self._meanings, self._splits, strict=True))

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self._contract.main_columns)

    def _cells_of(self, meaning: FeatureMeaning, splits: Thresholds) -> Cells:
        levels = len(_levels(meaning))
        if levels:
            return Cells(np.arange(levels, dtype=np.float32), np.arange(-1, levels, dtype=np.float64))
        lowest, highest = self._limits(meaning)
        whole = meaning.kind in WHOLE_KINDS and meaning.name in self._fields
        return cells_between(splits, lowest, highest, whole)

    def _limits(self, meaning: FeatureMeaning) -> tuple[float, float]:
        """What the contract allows; nothing is said about values that nobody may enter."""
        column = next((c for n, c in self._contract.main_columns.items() if n.lower() == meaning.name), None)
        lowest, highest = column.limits if column else (0 if meaning.kind is Kind.COUNT else None, None)
        return (-math.inf if lowest is None else lowest, math.inf if highest is None else highest)


def cells_between(splits: Thresholds, lowest: float, highest: float, whole: bool = False) -> Cells:
    """The cells that hold a float32 (a whole number, where `whole`) from `lowest` to `highest`.

    Neighbours without any such value are left out; the outer edges are infinite.
    """
    edges = [-math.inf, *splits.tolist(), math.inf]
    probes, starts = [], []
    for above, up_to in pairwise(edges):
        probe = _largest_in(above, min(up_to, highest), whole)
        if probe is not None and probe >= lowest:
            probes.append(probe)
            starts.append(above)
    if not probes:
        return Cells(np.empty(0, dtype=np.float32), np.empty(0))
    return Cells(np.array(probes, dtype=np.float32), np.array([-math.inf, *starts[1:], math.inf]))


def _largest_in(above: float, up_to: float, whole: bool) -> float | None:
    """The largest float32 (whole, if asked) x with above < x ≤ up_to; None where there is none."""
    largest = float(np.finfo(np.float32).max)
    end = min(math.floor(up_to) if whole and math.isfinite(up_to) else up_to, largest)
    with np.errstate(over="ignore"):
        nearest = np.float32(end)
    if float(nearest) > end:
        nearest = np.nextafter(nearest, np.float32(-np.inf))
    return float(nearest) if float(nearest) > above and np.isfinite(nearest) else None


def _as_typed(interval: Interval) -> Interval:
    """From the smallest to the largest float32 inside, as they are typed: the model sees nothing in between."""
    low = np.float32(interval.above)
    if float(low) <= interval.above:
        low = np.nextafter(low, np.float32(np.inf))
    above = interval.above if math.isinf(interval.above) else math.nextafter(_shortest(low), -math.inf)
    high = _largest_in(-math.inf, interval.up_to, whole=False)
    return Interval(
        above, interval.up_to if high is None or math.isinf(interval.up_to) else _shortest(np.float32(high))
    )


def _shortest(known: np.float32) -> float:
    """The number with the fewest digits that is this float32."""
    return float(str(known))


def _levels(meaning: FeatureMeaning) -> tuple[str, ...]:
    """The labels of a feature with few named values, by their code; empty for numbers."""
    if meaning.choices:
        return meaning.choice_labels or meaning.choices
    return ("no", "yes") if meaning.kind is Kind.FLAG else ()


def _joined(cells: Cells, kept: Sequence[bool]) -> tuple[Interval, ...]:
    """Neighbouring cells that keep the recommendation, as intervals."""
    intervals: list[Interval] = []
    for at, keeps in enumerate(kept):
        above, up_to = float(cells.edges[at]), float(cells.edges[at + 1])
        if keeps and at and kept[at - 1]:
            intervals[-1] = Interval(intervals[-1].above, up_to)
        elif keeps:
            intervals.append(Interval(above, up_to))
    return tuple(intervals)
