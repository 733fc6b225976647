"""What a person reads about each feature of a model; looked up in the contract once, not per score."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelRefused
from core.portfolio.contract import Contract, Kind, text
from core.portfolio.wording import shown
from core.scoring.score import Contribution


@dataclass(frozen=True)
class FeatureWords:
    name: str
    label: str
    family: str
    kind: Kind
    unit: str
    protected: bool
    choices: tuple[str, ...]  # labels of a category's levels, by code

    def shown(self, value: float | None) -> str:
        if value is not None and self.choices:
            return self.choices[int(value)]
        return shown(value, self.kind, self.unit)


def feature_words(contract: Contract, names: Sequence[str], language: str) -> tuple[FeatureWords, ...]:
    """The words for a model's features, in its order; ModelRefused for a feature the contract does not know."""
    levels = {
        name.lower(): tuple(text(choice.label, language) or choice.value for choice in column.choices)
        for name, column in contract.main_columns.items()
    }
    return tuple(_words(contract, name, levels.get(name, ()), language) for name in names)


def _words(contract: Contract, name: str, choices: tuple[str, ...], language: str) -> FeatureWords:
    try:
        meaning = contract.feature(name, language)
    except KeyError:
        raise ModelRefused(
            f"Feature '{name}': the model uses it, the contract does not describe it; train again with this contract."
        ) from None
    return FeatureWords(
        name=name,
        label=meaning.label,
        family=meaning.family,
        kind=meaning.kind,
        unit=meaning.unit,
        protected=bool(meaning.protected),
        choices=choices,
    )


class Contributions(Sequence[Contribution]):
    """The contributions of one score, written out only when looked at: most of 400 never are."""

    def __init__(self, words: tuple[FeatureWords, ...], row: NDArray[np.float32], shares: NDArray[np.float64]) -> None:
        self._words = words
        self._values: list[float] = row.tolist()
        self._shares: list[float] = shares.tolist()

    @overload
    def __getitem__(self, at: int) -> Contribution: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Contribution, ...]: ...
    def __getitem__(self, at: int | slice) -> Contribution | tuple[Contribution, ...]:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        words, value = self._words[at], self._values[at]
        known = None if math.isnan(value) else value
        return Contribution(words.name, words.label, words.family, known, words.shown(known), self._shares[at])

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[Contribution]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Contributions({len(self)} features)"
