"""One small model, trained once on the made-up lender's clients."""

from __future__ import annotations

import pytest

from core import settings as settings_room
from core.model import registry
from core.model.artefact import load
from core.model.booster import Parameters
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file
from core.portfolio.contract import Contract
from core.progress import silent
from tests.unit.model.known_lender import (
    TRAINED_AT,
    Clients,
    KnownStore,
    Trained,
    a_lender,
    settings_in,
    some_clients,
)


@pytest.fixture(scope="session")
def lender() -> Contract:
    return a_lender(contract_file.read(settings_room.read().contract_file))


@pytest.fixture(scope="session")
def clients() -> Clients:
    return some_clients(6_000, seed=1)


@pytest.fixture(scope="session")
def quick() -> TrainingOptions:
    """Few, fast trees: the tests are about the house, not about the last digit."""
    return TrainingOptions(seed=7, parameters=Parameters(rounds=120, patience=20, learning_rate=0.1, feature_share=0.6))


@pytest.fixture(scope="session")
def trained(
    tmp_path_factory: pytest.TempPathFactory, lender: Contract, clients: Clients, quick: TrainingOptions
) -> Trained:
    desk = settings_in(tmp_path_factory.mktemp("desk"))
    card = train(KnownStore(clients.set), lender, desk, quick, silent, lambda: TRAINED_AT)  # type: ignore[arg-type]
    return Trained(desk, card, load(registry.active(desk.models_dir)))
