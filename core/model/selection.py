"""Which features a model may use, and what it is told about them: as the contract says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import TrainingRefused
from core.model.booster import Columns, Rows
from core.portfolio.contract import Contract, Kind
from core.portfolio.feature_meaning import FeatureMeaning, feature_meaning


@dataclass(frozen=True)
class Selection:
    """The model's features in its order, and what was left out."""

    meanings: tuple[FeatureMeaning, ...]
    positions: tuple[int, ...]  # in the portfolio's feature row
    left_out_protected: tuple[str, ...]
    left_out_missing: tuple[str, ...]

    @property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Level names of categories; empty for numbers, and for flags, whose two values are numbers as well."""
        return tuple(m.choices if m.kind is Kind.CATEGORY else () for m in self.meanings)

    @property
    def columns(self) -> Columns:
        """A category has no order, so its direction does not count."""
        levels = self.levels
        return Columns(
            names=tuple(meaning.name for meaning in self.meanings),
            directions=tuple(0 if own else m.direction for m, own in zip(self.meanings, levels, strict=True)),
            categories=tuple(position for position, own in enumerate(levels) if own),
        )


def select(contract: Contract, names: tuple[str, ...], training: Rows) -> Selection:
    """All features but protected ones and those without any value in the training rows (a missing table's)."""
    meanings = [_meaning(contract, name) for name in names]
    known = np.logical_not(np.isnan(training).all(axis=0)).tolist()
    allowed = [position for position, meaning in enumerate(meanings) if not meaning.protected]
    kept = [position for position in allowed if known[position]]
    if not kept:
        raise TrainingRefused("Features: none has a value and may be used; import tables that hold some.")
    return Selection(
        meanings=tuple(meanings[position] for position in kept),
        positions=tuple(kept),
        left_out_protected=tuple(meaning.name for meaning in meanings if meaning.protected),
        left_out_missing=tuple(meanings[position].name for position in allowed if not known[position]),
    )


def _meaning(contract: Contract, name: str) -> FeatureMeaning:
    try:
        return feature_meaning(contract, name)
    except KeyError:
        raise TrainingRefused(
            f"Feature {name!r}: the contract must give it a meaning, got none; add it to the contract's features."
        ) from None
