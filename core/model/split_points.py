"""Where an ensemble's answer can change: the split points of every numeric feature, read from the model's own text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelRefused
from core.model.registry import REMEDY

_Number = TypeVar("_Number", int, float)
Thresholds = NDArray[np.float64]  # (splits,), rising, each once; a value goes left when it is ≤ the threshold

_CATEGORY = 0b1  # bits of LightGBM's decision_type
_MISSING_IS_ZERO = 0b0100  # of the two bits that say what counts as missing: 00 nothing, 01 zero, 10 NaN
_MISSING_MASK = 0b1100


def split_points(text: str, features: int) -> tuple[Thresholds, ...]:
    """For each feature the values at which some tree parts its rows; between two neighbours nothing changes.

    Splits of categories are left out: their levels can be walked. Raises ModelRefused for a model that
    takes zeros for missing values, whose answer may change at zero as well.
    """
    found: list[set[float]] = [set() for _ in range(features)]
    for tree in _trees(text):
        kinds = _numbers(tree, "decision_type", int)
        splits = zip(_numbers(tree, "split_feature", int), _numbers(tree, "threshold", float), kinds, strict=True)
        for feature, threshold, kind in splits:
            if kind & _CATEGORY:
                continue
            if kind & _MISSING_MASK == _MISSING_IS_ZERO:
                raise ModelRefused(
                    f"model.txt: zeros must not count as missing values, got a split that does; {REMEDY}."
                )
            found[feature].add(threshold)
    return tuple(np.array(sorted(points), dtype=np.float64) for points in found)


def _trees(text: str) -> Iterator[Mapping[str, str]]:
    """The lines `key=value` of each tree."""
    for block in text.split("\nTree=")[1:]:
        own = block.split("\n\n", 1)[0]
        yield dict(line.split("=", 1) for line in own.splitlines()[1:] if "=" in line)


def _numbers(tree: Mapping[str, str], key: str, kind: type[_Number]) -> list[_Number]:
    """Empty for a tree without any split."""
    return [kind(word) for word in tree.get(key, "").split()]
