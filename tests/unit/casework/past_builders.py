"""A small past: 240 invented clients of a linear model, played on a real ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np

from core.casework.cases import Cases
from core.casework.demo.clients import Clients
from core.casework.demo.making import (
    SECOND_MODEL_DAYS_AGO,
    SECOND_POLICY_DAYS_AGO,
    START_DAYS_AGO,
    Scene,
    make_past,
    morning,
)
from core.casework.demo.past import Era
from core.casework.readings import READINGS
from core.casework.versions import Versions
from core.ledger.ledger import Ledger
from core.policy.policy import Policy
from core.portfolio.tables import Tables
from core.scoring.score import Score
from core.scoring.scorer import Scorer
from tests.unit.casework.builders import PROVENANCE, WEIGHTS, a_lender
from tests.unit.scoring.builders import POLICY, LinearModel, a_contract

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # a Friday
FIRST_KEY, CLIENTS, SEEN_BY_FIRST = 100_001, 240, 120
EARLIER_POLICY = replace(POLICY, approve_below=0.08, decline_from=0.20)


class SmallDesk:
    """Scores a client by its number alone: some are good, some are bad, some in between."""

    def __init__(self, version: str, policy: Policy) -> None:
        model = LinearModel(WEIGHTS)
        model.version = version
        self.policy = policy
        self.in_force = Versions(version, policy.version)
        self.cases = Cases("LOAN", "sql-1", "tables-1", replace(PROVENANCE, model_sha256=version), lambda score: ())
        self._scorer = Scorer(model, policy, a_contract(), lambda: NOW)

    def score(self, key: str) -> Score:
        row = np.array([_income(key), 0.2, -400.0, 2.0, 1000.0], dtype=np.float32)
        return self._scorer.score(row, tuple(WEIGHTS), key, 1000.0)


def _income(key: str) -> float:
    return (int(key) * 37 % 100) / 20 - 2.2


def _applications(keys: Sequence[str]) -> list[dict[str, float]]:
    return [{"KEY": int(key), "LOAN": 1000.0, "INCOME": _income(key)} for key in keys]


def some_clients() -> Clients:
    keys = FIRST_KEY + np.arange(CLIENTS)
    return Clients(
        keys=keys,
        target=(keys % 9 == 0).astype(np.int8),
        unseen_by_first=np.arange(SEEN_BY_FIRST, CLIENTS),
        unseen=np.arange(CLIENTS),
        tilt=np.linspace(-1.7, 1.7, CLIENTS)[np.random.default_rng(3).permutation(CLIENTS)],
    )


def eras() -> tuple[Era, ...]:
    return (
        Era(morning(NOW, START_DAYS_AGO), SmallDesk("model-1", EARLIER_POLICY)),
        Era(morning(NOW, SECOND_MODEL_DAYS_AGO), SmallDesk("model-2", EARLIER_POLICY)),
        Era(morning(NOW, SECOND_POLICY_DAYS_AGO), SmallDesk("model-2", POLICY)),
    )


def a_past(folder: Path, seed: int = 1) -> Ledger:
    """The open ledger of a past."""
    ledger = Ledger.open(folder / "ledger", folder / "master.key", READINGS, lambda: NOW)
    tables = cast("Tables", SimpleNamespace(applications=_applications))
    scene = Scene(ledger, a_lender(), tables, some_clients(), eras())
    make_past(scene, NOW, np.random.default_rng(seed), lambda done: None)
    return ledger
