from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.model.intervals import wilson
from core.portfolio.feature_meaning import FeatureMeaning, feature_meaning
from core.scoring.pd_scale import position
from core.scoring.similar import HeldOutClients, Neighbourhood, SimilarClients, TooFewSimilar
from tests.unit.scoring.builders import a_contract

MEANINGS = tuple(feature_meaning(a_contract(), name) for name in ("income", "outside", "trade"))
GAINS = (0.2, 0.3, 0.1)


def some_clients(rows: int, seed: int = 1) -> HeldOutClients:
    rng = np.random.default_rng(seed)
    features = np.column_stack([rng.normal(size=rows), rng.random(rows), rng.integers(0, 3, rows)]).astype(np.float32)
    features[rng.random(rows) < 0.2, 0] = np.nan
    pds = rng.random(rows) * 0.4 + 0.01
    return HeldOutClients(features, pds, (rng.random(rows) < pds).astype(np.int8))


def neighbourhood(clients: HeldOutClients, meanings: tuple[FeatureMeaning, ...] = MEANINGS) -> Neighbourhood:
    return Neighbourhood(clients, clients.features, meanings, GAINS)


def gower(clients: HeldOutClients, row: NDArray[np.float32]) -> list[float]:
    """The same distance client by client, as it is written in the docstring."""

    def place(at: int, value: float) -> float:
        known = [v for v in clients.features[:, at].tolist() if not np.isnan(v)]
        return sum((v < value) + 0.5 * (v == value) for v in known) / len(known)

    def apart(at: int, here: float, there: float) -> float:
        if np.isnan(here) or np.isnan(there):
            return float(np.isnan(here) != np.isnan(there))
        return float(here != there) if MEANINGS[at].choices else abs(place(at, here) - place(at, there))

    return [
        sum(gain * apart(at, float(row[at]), float(other[at])) for at, gain in enumerate(GAINS)) / sum(GAINS)
        for other in clients.features
    ]


@pytest.mark.parametrize("missing", [False, True])
def test_the_nearest_clients_are_those_of_gowers_distance(missing: bool) -> None:
    clients = some_clients(700)
    row = np.array([np.nan if missing else 0.3, 0.4, 2], dtype=np.float32)
    found = neighbourhood(clients).like(row, 0.2)
    assert isinstance(found, SimilarClients)
    nearest = np.argsort(np.array(gower(clients, row)).round(6), kind="stable")[:35]
    assert found.clients == 35
    assert found.defaults == clients.target[nearest].sum()
    assert found.mean_pd == pytest.approx(clients.default_probabilities[nearest].mean())
    assert found.median_pd == pytest.approx(np.median(clients.default_probabilities[nearest]))
    assert found.share_below == pytest.approx(np.mean(clients.default_probabilities[nearest] < 0.2))


@pytest.mark.parametrize(("rows", "clients"), [(599, None), (600, 30), (8_000, 400), (10_000, 500), (12_000, 500)])
def test_how_many_are_compared_hangs_on_how_many_were_held_out(rows: int, clients: int | None) -> None:
    found = neighbourhood(some_clients(rows)).like(np.array([0, 0.5, 1], dtype=np.float32), 0.1)
    if clients is None:
        assert isinstance(found, TooFewSimilar)
        assert found.outcome == (
            "Too few clients to compare with: 599 with a known outcome were kept from training, "
            "at least 600 are needed."
        )
    else:
        assert isinstance(found, SimilarClients)
        assert (found.clients, found.held_out) == (clients, rows)


def test_a_client_is_not_among_the_clients_it_is_compared_with() -> None:
    clients = some_clients(600)
    alone = np.zeros(600)
    alone[7] = 1
    odd = HeldOutClients(clients.features, clients.default_probabilities, alone.astype(np.int8))
    found = neighbourhood(odd).like(clients.features[7], 0.1)
    assert isinstance(found, SimilarClients)
    assert (found.clients, found.defaults) == (30, 0)


def test_somebody_alike_in_the_facts_that_weigh_but_not_in_all_facts_is_somebody_else() -> None:
    clients = some_clients(600)
    clients.features[8] = clients.features[7]
    clients.features[8, 2] += 1  # weighs nothing
    target = np.zeros(600, dtype=np.int8)
    target[[7, 8]] = 1
    known = HeldOutClients(clients.features, clients.default_probabilities, target)
    found = Neighbourhood(known, clients.features, MEANINGS, (0.2, 0.3, 0.0)).like(clients.features[7], 0.1)
    assert isinstance(found, SimilarClients)
    assert (found.clients, found.defaults) == (30, 1)


def test_the_figures_are_said_with_n_interval_and_spread() -> None:
    found = neighbourhood(some_clients(2_000)).like(np.array([0, 0.5, 1], dtype=np.float32), 0.2)
    assert isinstance(found, SimilarClients)
    rate = wilson(found.defaults, 100)
    assert found.default_rate == rate
    assert found.outcome == (
        f"Of the 100 most similar held-out clients, {100 * rate.value:.1f} % defaulted (95 % interval "
        f"{100 * rate.low:.1f} to {100 * rate.high:.1f} %); their mean PD is {100 * found.mean_pd:.1f} %."
    )
    assert found.range == (
        f"PD of the 100 most similar clients: middle 80 % from {100 * found.low_pd:.1f} to "
        f"{100 * found.high_pd:.1f} %, median {100 * found.median_pd:.1f} %"
    )
    assert found.low_pd < found.median_pd < found.high_pd
    assert found.median_position == position(found.median_pd)
    assert "3 facts that weigh most in the model (60 % of its weight)" in found.method
