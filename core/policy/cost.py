"""What wrong recommendations cost, per client, in units of the cost matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ContractError


@dataclass(frozen=True)
class ClientCost:
    """The cost of a set of recommendations whose outcomes are known."""

    clients: int
    defaults_approved: int
    good_refused: int  # declined or referred: a referral counts as a refusal
    cost_default_approved: float
    cost_good_refused: float

    @property
    def per_client(self) -> float:
        """(cost of approved defaults + cost of refused good clients) / all clients."""
        total = self.cost_default_approved * self.defaults_approved + self.cost_good_refused * self.good_refused
        return total / self.clients

    @property
    def shown(self) -> str:
        """The number with its normalisation, as it must be printed."""
        return (
            f"{self.per_client:.3f} per client = ({self.cost_default_approved:g} × {self.defaults_approved:,} defaults "
            f"approved + {self.cost_good_refused:g} × {self.good_refused:,} good clients refused or referred) "
            f"/ {self.clients:,} clients"
        )


def cost_per_client(
    default_probabilities: NDArray[np.float64],
    defaulted: NDArray[np.int8] | NDArray[np.bool_],
    approve_below: float,
    c_fp: float,
    c_fn: float,
) -> ClientCost:
    """The cost when everybody below `approve_below` is approved and everybody else is not.

    `c_fp`: a good client refused or referred; `c_fn`: a default approved.
    """
    if default_probabilities.shape != defaulted.shape or default_probabilities.size == 0:
        raise ValueError("cost_per_client needs as many outcomes as probabilities, and at least one")
    approved = default_probabilities < approve_below
    bad = defaulted.astype(bool)
    return ClientCost(
        clients=int(bad.size),
        defaults_approved=int(np.count_nonzero(approved & bad)),
        good_refused=int(np.count_nonzero(~approved & ~bad)),
        cost_default_approved=c_fn,
        cost_good_refused=c_fp,
    )


def cost_optimal_cut(c_fp: float, c_fn: float) -> float:
    """The PD from which refusing is cheaper than approving: c_fp / (c_fp + c_fn), for calibrated PDs only.

    Source: Elkan 2001, "The foundations of cost-sensitive learning".

    >>> cost_optimal_cut(c_fp=1, c_fn=10) == 1 / 11
    True
    """
    if not (0 < c_fp < float("inf") and 0 < c_fn < float("inf")):
        raise ContractError(
            f"Costs of errors: both must be finite and above 0, got {c_fp!r} and {c_fn!r}; "
            "correct them in the contract's policy."
        )
    return c_fp / (c_fp + c_fn)
