"""Who serves for what: one fixed, stratified split, so that no row is both teacher and judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingRefused

Positions = NDArray[np.intp]  # of rows, rising

# Trees grow on the first part and stop by the second; the calibrator and the cut are chosen on the third, which
# must be neither (a model is surer on what it has seen); the fourth judges the whole and decides nothing.
SHARES = (0.68, 0.08, 0.12, 0.12)

FEWEST_ROWS = 200
FEWEST_OF_A_CLASS = 20


@dataclass(frozen=True)
class Split:
    training: Positions
    stopping: Positions
    validation: Positions
    test: Positions


def check_enough(target: NDArray[np.int8]) -> None:
    """Refuses sets in which some part of the split would say nothing."""
    defaults = int(np.count_nonzero(target == 1))
    fewest = min(defaults, target.size - defaults)
    if target.size < FEWEST_ROWS or fewest < FEWEST_OF_A_CLASS:
        raise TrainingRefused(
            f"Training set: at least {FEWEST_ROWS} labelled applications are needed, {FEWEST_OF_A_CLASS} of them "
            f"defaulted and {FEWEST_OF_A_CLASS} not; got {target.size} with {defaults} defaults: "
            "import more labelled applications."
        )


def split(target: NDArray[np.int8], seed: int) -> Split:
    """The split of rows sorted by applicant key; the same seed and rows give the same split everywhere."""
    training, stopping, validation, test = stratified(target, SHARES, seed)
    return Split(training, stopping, validation, test)


def stratified(target: NDArray[np.int8], shares: tuple[float, ...], seed: int) -> tuple[Positions, ...]:
    """Parts of these shares, each with the default rate of the whole (to one row)."""
    rng = np.random.default_rng(seed)
    ends = np.cumsum(shares)[:-1] / np.sum(shares)
    parts: list[list[Positions]] = [[] for _ in shares]
    for outcome in (0, 1):
        members = rng.permutation(np.flatnonzero(target == outcome))
        for part, piece in zip(parts, np.split(members, np.round(ends * members.size).astype(int)), strict=True):
            part.append(piece)
    return tuple(np.sort(np.concatenate(part)) for part in parts)
