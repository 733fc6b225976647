"""Aggregated figures of the public sample (shares, quantiles; rounded, no row) and how values are drawn from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Reals = NDArray[np.float64]  # (rows,)
Codes = NDArray[np.int64]  # (rows,), positions in a list of choices, -1 = missing
Mask = NDArray[np.bool_]  # (rows,)

FILE = Path(__file__).with_name("facts.json")


@dataclass(frozen=True)
class Category:
    """A text column: positions in `choices`, -1 for missing."""

    codes: Codes
    choices: tuple[str, ...]


Columns = dict[str, NDArray[np.generic] | Category]


def _cell(sizes: Sequence[int], given: Sequence[Codes], rows: int) -> Codes:
    cell = np.zeros(rows, dtype=np.int64)
    for size, codes in zip(sizes, given, strict=True):
        cell = cell * size + codes
    return cell


@dataclass(frozen=True)
class Shares:
    """How often each choice occurs, for every combination of the given codes."""

    sizes: tuple[int, ...]
    choices: tuple[str | int | float | None, ...]
    cumulative: NDArray[np.float64]  # (cells, choices)
    absent: float = 0.0  # share of rows without a value

    def pick(self, uniform: Reals, *given: Codes) -> Codes:
        """The choice at this uniform number (0..1) within each row's cell."""
        cell = _cell(self.sizes, given, len(uniform))
        return np.asarray((uniform[:, None] >= self.cumulative[cell, :-1]).sum(axis=1), dtype=np.int64)

    def numbers(self, uniform: Reals, *given: Codes) -> Reals:
        """The picked choices as numbers."""
        return np.array([float(choice or 0) for choice in self.choices])[self.pick(uniform, *given)]

    def texts(self, uniform: Reals, *given: Codes) -> Category:
        """The picked choices as a text column; the choice None becomes a missing value."""
        known = tuple(choice for choice in self.choices if choice is not None)
        position = np.array([-1 if choice is None else known.index(choice) for choice in self.choices])
        return Category(position[self.pick(uniform, *given)], tuple(str(choice) for choice in known))


@dataclass(frozen=True)
class Quantiles:
    """A distribution by its quantiles, for every combination of the given codes."""

    sizes: tuple[int, ...]
    probabilities: Reals
    rows: NDArray[np.float64]  # (cells, probabilities)

    def at(self, uniform: Reals, *given: Codes) -> Reals:
        """The value at this probability, linear between the known quantiles."""
        cell = _cell(self.sizes, given, len(uniform))
        u = np.clip(uniform, self.probabilities[0], self.probabilities[-1])
        right = np.clip(np.searchsorted(self.probabilities, u), 1, len(self.probabilities) - 1)
        low, high = self.probabilities[right - 1], self.probabilities[right]
        weight = (u - low) / (high - low)
        return np.asarray(self.rows[cell, right - 1] * (1 - weight) + self.rows[cell, right] * weight)

    def of_normal(self, normal: Reals, *given: Codes) -> Reals:
        """The value whose rank equals that of a standard normal number."""
        return self.at(ndtr(normal), *given)


@dataclass(frozen=True)
class Facts:
    shares: Mapping[str, Shares]
    quantiles: Mapping[str, Quantiles]
    numbers: Mapping[str, float]
    documents: Mapping[str, float]
    building: Mapping[str, tuple[float, Quantiles]]  # column -> share of missing values, distribution


def _shares(entry: dict[str, list[list[float]]]) -> Shares:
    rows = np.asarray(entry["rows"], dtype=np.float64)
    cumulative = np.cumsum(rows / rows.sum(axis=1, keepdims=True), axis=1)
    absent = entry.get("null", 0.0)
    assert isinstance(absent, float)
    return Shares(tuple(entry["given"]), tuple(entry["choices"]), cumulative, absent)  # type: ignore[arg-type]


def _one(row: list[float], probabilities: Reals) -> Quantiles:
    return Quantiles((), probabilities, np.asarray([row], dtype=np.float64))


@cache
def facts() -> Facts:
    """The figures of `facts.json`, read once."""
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    probabilities = np.asarray(raw.pop("probabilities"), dtype=np.float64)
    building, documents = raw.pop("building"), raw.pop("documents")
    single = {k: _one(v, probabilities) for k, v in raw.items() if isinstance(v, list) and len(v) == len(probabilities)}
    tables = {k: v for k, v in raw.items() if isinstance(v, dict)}
    several = {
        k: Quantiles(tuple(v["given"]), probabilities, np.asarray(v["rows"], dtype=np.float64))
        for k, v in tables.items()
        if "choices" not in v
    }
    return Facts(
        shares={k: _shares(v) for k, v in tables.items() if "choices" in v},
        quantiles=single | several,
        numbers={k: float(v) for k, v in raw.items() if isinstance(v, float | int)},
        documents=documents,
        building={k: (float(v["null"]), _one(v["quantiles"], probabilities)) for k, v in building.items()},
    )
