"""The cheapest cut: chosen on validation rows, judged on others, and never without its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model.card import Costs, Estimate
from core.model.intervals import Outcomes, Scores, bootstrap
from core.portfolio.contract import FirstPolicy

RESAMPLES = 500


@dataclass(frozen=True)
class ErrorCosts:
    """What a wrong recommendation costs, in units of the cheaper error."""

    default_approved: float  # c_fn
    good_refused: float  # c_fp

    @property
    def optimal_cut(self) -> float:
        """The cheapest cut for calibrated PDs (Elkan 2001)."""
        return self.good_refused / (self.good_refused + self.default_approved)


@dataclass(frozen=True)
class Judged:
    """Clients with their PD and what became of them."""

    pd: Scores
    target: Outcomes


def error_costs(policy: FirstPolicy) -> ErrorCosts:
    return ErrorCosts(default_approved=policy.cost_default_approved, good_refused=policy.cost_good_refused)


def costs_of(clients: Judged, cut: float, costs: ErrorCosts) -> NDArray[np.float64]:
    """Each client's cost when everybody with a PD below the cut is approved and nobody else."""
    approved = clients.pd < cut
    wrong_approval = np.where(approved & (clients.target == 1), costs.default_approved, 0.0)
    return wrong_approval + np.where(~approved & (clients.target == 0), costs.good_refused, 0.0)


def cost_per_client(clients: Judged, cut: float, costs: ErrorCosts) -> float:
    """(c_fn · defaults approved + c_fp · good refused) / clients."""
    return float(costs_of(clients, cut, costs).mean())


def cheapest_cut(clients: Judged, costs: ErrorCosts) -> float:
    """The cut with the lowest cost on these clients: midway between the last approved and the first refused PD."""
    order = np.argsort(clients.pd, kind="stable")
    pd, target = clients.pd[order], clients.target[order]
    refused_good = costs.good_refused * np.count_nonzero(target == 0)
    moves = np.where(target == 1, costs.default_approved, -costs.good_refused)
    totals = np.concatenate([[refused_good], refused_good + np.cumsum(moves)])  # approving the 0, 1, 2 … safest
    possible = np.concatenate([[True], np.diff(pd) > 0, [True]])  # equal PDs are treated equally
    approved = int(np.argmin(np.where(possible, totals, np.inf)))
    edges = np.concatenate([[0.0], pd, [1.0]])
    last_approved, first_refused = float(edges[approved]), float(edges[approved + 1])
    middle = (last_approved + first_refused) / 2
    return middle if middle > last_approved else first_refused  # neighbouring floats have no middle


def choose_and_judge(validation: Judged, test: Judged, policy: FirstPolicy, seed: int, threads: int) -> Costs:
    """The cut chosen on validation, and what it and the policy's cost on test, with bootstrap intervals."""
    costs = error_costs(policy)
    cut = _with_interval(validation, costs, seed, threads)
    judged = [costs_of(test, at, costs) for at in (cut.value, costs.optimal_cut, policy.approve_below)]

    def means(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.array([cost[rows].mean() for cost in judged])

    at_cut, at_optimal, at_policy = bootstrap(means, test.pd.size, RESAMPLES, seed, threads)
    return Costs(
        cost_default_approved=costs.default_approved,
        cost_good_refused=costs.good_refused,
        cut=cut,
        at_cut=at_cut,
        optimal_cut=costs.optimal_cut,
        at_optimal_cut=at_optimal,
        policy_cut=policy.approve_below,
        at_policy_cut=at_policy,
        approve_everyone=costs.default_approved * float(test.target.mean()),
        refuse_everyone=costs.good_refused * float(1 - test.target.mean()),
    )


def _with_interval(validation: Judged, costs: ErrorCosts, seed: int, threads: int) -> Estimate:
    def cheapest(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.array([cheapest_cut(Judged(validation.pd[rows], validation.target[rows]), costs)])

    return bootstrap(cheapest, validation.pd.size, RESAMPLES, seed, threads)[0]
