"""The split is fixed, stratified, and no row serves twice."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import TrainingRefused
from core.model.split import SHARES, check_enough, split, stratified

TARGET = (np.random.default_rng(0).random(10_000) < 0.08).astype(np.int8)


def test_every_row_serves_exactly_once() -> None:
    parts = split(TARGET, seed=1)
    rows = np.concatenate([parts.training, parts.stopping, parts.validation, parts.test])
    assert np.array_equal(np.sort(rows), np.arange(TARGET.size))


def test_each_part_has_its_share_and_the_default_rate_of_the_whole() -> None:
    for part, share in zip(stratified(TARGET, SHARES, seed=1), SHARES, strict=True):
        assert abs(part.size - share * TARGET.size) <= 1
        assert abs(int(TARGET[part].sum()) - share * int(TARGET.sum())) <= 1


def test_the_seed_decides_the_split() -> None:
    assert np.array_equal(split(TARGET, seed=1).test, split(TARGET, seed=1).test)
    assert not np.array_equal(split(TARGET, seed=1).test, split(TARGET, seed=2).test)


def a_set(rows: int, defaults: int) -> np.ndarray:
    return np.repeat([1, 0], [defaults, rows - defaults]).astype(np.int8)


@pytest.mark.parametrize(("rows", "defaults"), [(200, 20), (200, 180), (5_000, 386)])
def test_enough_rows_of_both_outcomes_may_train(rows: int, defaults: int) -> None:
    check_enough(a_set(rows, defaults))


@pytest.mark.parametrize(("rows", "defaults"), [(199, 40), (200, 19), (200, 181), (5_000, 0), (0, 0)])
def test_too_few_rows_of_either_outcome_are_refused_with_their_number(rows: int, defaults: int) -> None:
    with pytest.raises(TrainingRefused, match=f"got {rows} with {defaults} defaults"):
        check_enough(a_set(rows, defaults))


def test_even_the_smallest_set_leaves_both_outcomes_in_every_part() -> None:
    target = a_set(200, 20)
    assert all(0 < target[part].sum() < part.size for part in stratified(target, SHARES, seed=1))
