from __future__ import annotations

import math

import numpy as np
import pytest

from core.errors import ContractError
from core.policy.cost import cost_optimal_cut, cost_per_client


def test_the_cost_optimal_cut_is_one_eleventh() -> None:
    assert cost_optimal_cut(c_fp=1, c_fn=10) == 1 / 11


@pytest.mark.parametrize(("c_fp", "c_fn"), [(0, 10), (1, 0), (-1, 10), (math.nan, 1), (1, math.inf)])
def test_costs_that_are_none_are_refused(c_fp: float, c_fn: float) -> None:
    with pytest.raises(ContractError, match="Costs of errors"):
        cost_optimal_cut(c_fp, c_fn)


def test_a_referral_counts_as_a_refusal_and_the_normalisation_is_said() -> None:
    pd = np.array([0.01, 0.02, 0.10, 0.12, 0.30])  # two approved, two referred, one declined
    bad = np.array([0, 1, 0, 1, 0], dtype=np.int8)
    cost = cost_per_client(pd, bad, approve_below=1 / 11, c_fp=1, c_fn=10)
    assert (cost.defaults_approved, cost.good_refused, cost.clients) == (1, 2, 5)
    assert cost.per_client == 12 / 5
    assert cost.shown == (
        "2.400 per client = (10 × 1 defaults approved + 1 × 2 good clients refused or referred) / 5 clients"
    )


def test_the_naive_benchmarks_of_the_full_table_are_the_published_ones() -> None:
    bad = np.zeros(307_511, dtype=np.int8)
    bad[:24_825] = 1
    pd = np.full(bad.size, 0.5)
    assert round(cost_per_client(pd, bad, 0.9, 1, 10).per_client, 3) == 0.807  # approve everyone
    assert round(cost_per_client(pd, bad, 0.1, 1, 10).per_client, 3) == 0.919  # refuse everyone


def test_a_probability_on_the_cut_is_not_approved() -> None:
    good = np.zeros(1, dtype=np.int8)
    assert cost_per_client(np.array([1 / 11]), good, 1 / 11, 1, 10).good_refused == 1
    assert cost_per_client(np.array([math.nextafter(1 / 11, 0)]), good, 1 / 11, 1, 10).good_refused == 0


def test_unequal_lengths_and_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="as many outcomes"):
        cost_per_client(np.zeros(2), np.zeros(1, dtype=np.int8), 0.1, 1, 10)
    with pytest.raises(ValueError, match="at least one"):
        cost_per_client(np.zeros(0), np.zeros(0, dtype=np.int8), 0.1, 1, 10)
