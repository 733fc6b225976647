"""The cheapest cut is found exactly, lies near its theoretical place, and comes with its uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from core.model.cut import ErrorCosts, Judged, cheapest_cut, choose_and_judge, cost_per_client
from core.portfolio.contract import FirstPolicy

COSTS = ErrorCosts(default_approved=10.0, good_refused=1.0)
POLICY = FirstPolicy(
    approve_below=1 / 11,
    decline_from=0.15,
    cost_default_approved=10.0,
    cost_good_refused=1.0,
    loss_given_default=0.45,
    exposure_column="AMOUNT",
    sign_above_amount=1.0,
)


def drawn(rows: int, seed: int) -> Judged:
    rng = np.random.default_rng(seed)
    pd = expit(rng.normal(-2.8, 1.0, rows))
    return Judged(pd, (rng.random(rows) < pd).astype(np.int8))


def test_cost_per_client_counts_ten_for_an_approved_default_and_one_for_a_refused_good_client() -> None:
    clients = Judged(np.array([0.05, 0.05, 0.5, 0.5]), np.array([0, 1, 0, 1], dtype=np.int8))
    assert cost_per_client(clients, 0.1, COSTS) == (10 + 1) / 4


def test_a_client_exactly_at_the_cut_is_refused() -> None:
    clients = Judged(np.array([0.1]), np.array([0], dtype=np.int8))
    assert cost_per_client(clients, 0.1, COSTS) == 1.0
    assert cost_per_client(clients, np.nextafter(0.1, 1), COSTS) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_no_other_cut_is_cheaper(seed: int) -> None:
    clients = drawn(200, seed)
    tied = Judged(np.round(clients.pd, 2), clients.target)
    for some in (clients, tied):
        best = cost_per_client(some, cheapest_cut(some, COSTS), COSTS)
        everywhere = [cost_per_client(some, float(cut), COSTS) for cut in (*np.unique(some.pd), 0.0, 1.0)]
        assert best == min(everywhere)


@pytest.mark.parametrize(("outcome", "cost"), [(0, 0.0), (1, 0.0)])
def test_clients_of_one_kind_are_all_approved_or_all_refused(outcome: int, cost: float) -> None:
    clients = Judged(np.linspace(0.1, 0.9, 9), np.full(9, outcome, dtype=np.int8))
    assert cost_per_client(clients, cheapest_cut(clients, COSTS), COSTS) == cost


def test_neighbouring_probabilities_are_still_told_apart() -> None:
    low = 0.3
    clients = Judged(np.array([low, np.nextafter(low, 1)]), np.array([0, 1], dtype=np.int8))
    assert cost_per_client(clients, cheapest_cut(clients, COSTS), COSTS) == 0.0


def test_true_probabilities_are_cut_near_one_eleventh() -> None:
    assert COSTS.optimal_cut == 1 / 11
    assert cheapest_cut(drawn(200_000, 1), COSTS) == pytest.approx(1 / 11, abs=0.015)


def test_the_chosen_cut_and_its_cost_come_with_intervals() -> None:
    costs = choose_and_judge(drawn(3_000, 1), drawn(3_000, 2), POLICY, seed=1, threads=1)
    assert costs.cut.low <= costs.cut.value <= costs.cut.high
    assert costs.cut.high - costs.cut.low > 0.01  # the minimum is flat
    assert costs.at_cut.low < costs.at_cut.value < costs.at_cut.high
    assert costs.at_policy_cut == costs.at_optimal_cut  # the first policy's cut is the theoretical one
    assert costs.at_policy_cut.value < min(costs.approve_everyone, costs.refuse_everyone)
