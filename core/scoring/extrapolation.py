"""Where an application leaves what the model has seen: values, categories, and how much is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.portfolio.feature_meaning import FeatureMeaning
from core.portfolio.wording import inside_sentence, shown_as_feature
from core.scoring.feature_gate import FeatureMatrix, FeatureRow

USUAL_SHARE = 0.95  # of clients; more missing values than they have is unusual
MOST_TOLD = 4  # values outside, in sentences; the rest are counted


@dataclass(frozen=True)
class Seen:
    """What the rows that the trees were grown on hold of one feature."""

    lowest: float | None  # of a number; None for categories and where nothing is known
    highest: float | None
    unseen_levels: tuple[int, ...] = ()  # codes of categories that no row had


@dataclass(frozen=True)
class Outside:
    """One value that the model has not seen the like of."""

    feature: str
    label: str
    value: float
    shown: str
    limit: float | None  # the nearest value seen; None for a category
    text: str


@dataclass(frozen=True)
class Missing:
    count: int
    features: int
    usual_most: int  # 95 % of clients have at most so many
    unusual: bool
    text: str  # "61 of 431 features are missing; 95 % of clients have at most 80."


@dataclass(frozen=True)
class Extrapolation:
    """Everything unusual about a row; `warnings` is empty when all is usual."""

    outside: tuple[Outside, ...]  # the feature that weighs most first
    missing: Missing
    warnings: tuple[str, ...]

    @property
    def is_usual(self) -> bool:
        return not self.warnings


class KnownWorld:
    """What a model has seen, looked up once; then asked row by row."""

    def __init__(
        self,
        meanings: Sequence[FeatureMeaning],
        seen: Sequence[Seen],
        gain_shares: Sequence[float],
        sample: FeatureMatrix,
    ) -> None:
        self._meanings = meanings
        self._seen = seen
        self._by_weight = np.argsort(-np.asarray(gain_shares, dtype=np.float64), kind="stable")
        self._lowest = _limits([s.lowest for s in seen], -math.inf)
        self._highest = _limits([s.highest for s in seen], math.inf)
        self._coded = tuple(at for at, s in enumerate(seen) if s.unseen_levels)
        self._usual_most = _usual_most(sample)

    def leaves(self, row: FeatureRow) -> Extrapolation:
        """What of this row lies outside; a missing value lies nowhere, it is counted."""
        out = (row < self._lowest) | (row > self._highest)
        for at in self._coded:
            out[at] = not math.isnan(row[at]) and int(row[at]) in self._seen[at].unseen_levels
        outside = tuple(self._outside(int(at), float(row[at])) for at in self._by_weight if out[at])
        missing = self._missing(int(np.count_nonzero(np.isnan(row))))
        told = [each.text for each in outside[:MOST_TOLD]]
        if len(outside) > MOST_TOLD:
            told.append(f"{len(outside) - MOST_TOLD} more values lie outside what the model has seen.")
        return Extrapolation(outside, missing, (*told, *([missing.text] if missing.unusual else [])))

    def _outside(self, at: int, value: float) -> Outside:
        meaning, seen = self._meanings[at], self._seen[at]
        shown = shown_as_feature(value, meaning)
        limit = None if seen.unseen_levels else seen.lowest if value < self._lowest[at] else seen.highest
        return Outside(meaning.name, meaning.label, value, shown, limit, _told(meaning, shown, value, limit))

    def _missing(self, count: int) -> Missing:
        features = len(self._meanings)
        return Missing(
            count=count,
            features=features,
            usual_most=self._usual_most,
            unusual=count > self._usual_most,
            text=f"{count:,} of {features:,} features {'is' if count == 1 else 'are'} missing; "
            f"{USUAL_SHARE:.0%} of clients have at most {self._usual_most:,}.".replace("%", " %"),
        )


def _told(meaning: FeatureMeaning, shown: str, value: float, limit: float | None) -> str:
    if limit is None:
        return f"The model has seen no client with “{shown}” as {inside_sentence(meaning.label)}."
    nearest = shown_as_feature(limit, meaning)
    if nearest == shown:  # they differ in figures that are not usually shown
        shown, nearest = f"{value:.7g}", f"{limit:.7g}"
    return f"{meaning.label}: {shown} lies outside what the model has seen; the nearest is {nearest}."


def _limits(values: Sequence[float | None], otherwise: float) -> NDArray[np.float32]:
    return np.array([otherwise if value is None else value for value in values], dtype=np.float32)


def _usual_most(sample: FeatureMatrix) -> int:
    """How many features at most are missing for 95 % of these clients."""
    if not len(sample):
        return int(sample.shape[1])
    missing: list[int] = np.sort(np.isnan(sample).sum(axis=1)).tolist()
    return missing[math.ceil(USUAL_SHARE * len(missing)) - 1]
