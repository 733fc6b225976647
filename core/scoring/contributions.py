"""The contributions of a score with what a person reads about each feature; looked up in the contract once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelRefused
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import FeatureMeaning, feature_meaning
from core.portfolio.wording import shown_as_feature
from core.scoring.score import Contribution


def meanings_of(contract: Contract, features: Sequence[str], language: str) -> tuple[FeatureMeaning, ...]:
    """What the contract says about a model's features, in its order; ModelRefused for one it does not know."""
    return tuple(_meaning(contract, feature, language) for feature in features)


def _meaning(contract: Contract, feature: str, language: str) -> FeatureMeaning:
    try:
        return feature_meaning(contract, feature, language)
    except KeyError:
        raise ModelRefused(
            f"Feature '{feature}': the model uses it, the contract does not describe it; train again."
        ) from None


class Contributions(Sequence[Contribution]):
    """The contributions of one score, written out only when looked at: most of 400 never are."""

    def __init__(
        self, meanings: tuple[FeatureMeaning, ...], row: NDArray[np.float32], shares: NDArray[np.float64]
    ) -> None:
        self._meanings = meanings
        self._row = row
        self._values: list[float] = row.tolist()
        self._shares: list[float] = shares.tolist()

    @overload
    def __getitem__(self, at: int) -> Contribution: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Contribution, ...]: ...
    def __getitem__(self, at: int | slice) -> Contribution | tuple[Contribution, ...]:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        meaning, value = self._meanings[at], self._values[at]
        known = None if math.isnan(value) else value
        in_words = shown_as_feature(known, meaning)
        return Contribution(meaning.name, meaning.label, meaning.family, known, in_words, self._shares[at])

    @property
    def row(self) -> NDArray[np.float32]:
        """The feature row that was scored."""
        return self._row

    @property
    def log_odds(self) -> NDArray[np.float64]:
        """The contributions alone, in the model's order."""
        return np.array(self._shares)

    def __len__(self) -> int:
        return len(self._meanings)

    def __iter__(self) -> Iterator[Contribution]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Contributions({len(self)} features)"


def row_of(contributions: Sequence[Contribution]) -> NDArray[np.float32]:
    """The feature row behind the contributions of a score, in the model's order; missing = NaN."""
    if isinstance(contributions, Contributions):
        return contributions.row
    return np.array([math.nan if c.value is None else c.value for c in contributions], dtype=np.float32)


def log_odds_of(contributions: Sequence[Contribution]) -> NDArray[np.float64]:
    """The contributions of a score alone, in the model's order, without a word about any of them."""
    if isinstance(contributions, Contributions):
        return contributions.log_odds
    return np.array([c.contribution for c in contributions], dtype=np.float64)
