"""Frozen bins: deciles of the reference, honest about ties, missing values and unseen levels."""

from __future__ import annotations

import numpy as np
import pytest

from core.model.bins import Binned, freeze

NAN = np.nan


def test_a_number_without_ties_gets_ten_equal_bins_and_one_for_missing() -> None:
    values = np.concatenate([np.arange(1, 1001), [NAN] * 50]).astype(np.float32)
    bins = freeze(Binned("x", values))
    assert bins.edges == (100, 200, 300, 400, 500, 600, 700, 800, 900)
    assert bins.counts == (*[100] * 10, 50)
    assert bins.value_bins == 10
    assert sum(bins.shares) == pytest.approx(1.0)


def test_a_value_on_an_edge_belongs_below_it_and_outer_bins_are_open() -> None:
    bins = freeze(Binned("x", np.arange(1, 1001, dtype=np.float32)))
    fresh = np.array([100, 100.5, -1e30, 1e30, NAN], dtype=np.float32)
    assert bins.count(fresh) == (2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1)


def test_ties_melt_bins_together_and_the_number_that_exists_is_said() -> None:
    values = np.repeat([0.0, 1.0, 2.0], [850, 100, 50]).astype(np.float32)
    bins = freeze(Binned("x", values))
    assert bins.edges == (0.0, 1.0)
    assert bins.counts == (850, 100, 50, 0)
    assert (bins.value_bins, bins.wanted) == (3, 10)


@pytest.mark.parametrize(("values", "counts"), [([5.0] * 8, (8, 0)), ([NAN] * 8, (0, 8))])
def test_a_constant_or_empty_feature_has_one_bin(values: list[float], counts: tuple[int, ...]) -> None:
    bins = freeze(Binned("x", np.array(values, dtype=np.float32)))
    assert bins.edges == ()
    assert bins.counts == counts


def test_a_category_has_a_bin_per_level_and_one_for_codes_that_are_no_level() -> None:
    bins = freeze(Binned("x", np.array([0, 0, 2, NAN], dtype=np.float32), levels=3))
    assert bins.counts == (2, 0, 1, 0, 1)
    assert bins.count(np.array([1, 3, -1, 0.5, NAN], dtype=np.float32)) == (0, 1, 0, 3, 1)
