"""A desk of fakes: three stored applicants, a linear model, no file on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.desk import Desk, Parts
from core.desk_files import Identity
from core.errors import UnknownApplicant
from core.model.artefact import Model
from core.portfolio.contract import Contract
from core.portfolio.features import FeatureStore
from core.portfolio.tables import Tables
from core.settings import Settings
from tests.unit.scoring.builders import NOW, POLICY, LinearModel, a_contract

STORED = ("born", "outside", "income", "loan", "children", "working")  # the mart's order, protected ones too
USED = {"income": -0.5, "outside": -1.0, "working": 0.0, "children": 0.1}  # the model's order
APPLICATIONS: dict[str, dict[str, str | float | int | None]] = {
    "1": {"KEY": 1, "BAD": 0, "LOAN": 1000.0, "INCOME": 1.0, "OUTSIDE": 2.0, "WORKING": -400, "CHILDREN": 0},
    "2": {"KEY": 2, "BAD": 1, "LOAN": 2000.0, "INCOME": -1.0, "OUTSIDE": -2.0, "WORKING": None, "CHILDREN": 3},
    "3": {"KEY": 3, "BAD": None, "LOAN": None, "INCOME": 0.0, "OUTSIDE": 0.0, "WORKING": 365243, "CHILDREN": 1},
}


class FakeTables:
    closed = False

    def application(self, key: str) -> dict[str, str | float | int | None]:
        if key.strip() not in APPLICATIONS:
            raise UnknownApplicant(f"Number '{key}' is not in this portfolio.")
        return {name: APPLICATIONS[key.strip()].get(name) for name in a_contract().main_columns}

    def close(self) -> None:
        self.closed = True


class FakeFeatures:
    names = STORED
    fingerprint = "f1"
    closed = False

    def row(self, key: str) -> NDArray[np.float32]:
        if key not in APPLICATIONS:
            raise UnknownApplicant(f"Client '{key}' is not in this portfolio.")
        fields = APPLICATIONS[key]
        known = {name.lower(): value for name, value in fields.items()}
        sentinels = (None, 365243)
        values = [known.get(name) for name in STORED]
        return np.array([np.nan if v in sentinels else v for v in values], dtype=np.float32)

    def matrix(self, keys: list[str]) -> NDArray[np.float32]:
        return np.array([self.row(key) for key in keys])

    def close(self) -> None:
        self.closed = True


class FakeModel(LinearModel):
    """A linear model with a card and a reference sample of 200 clients."""

    def __init__(self) -> None:
        super().__init__(USED)
        sample = np.tile(np.arange(200, dtype=np.float32)[:, None], (1, len(USED)))
        self.reference = SimpleNamespace(features=sample)
        self.card = SimpleNamespace(
            validation_pd_quantiles=tuple(np.linspace(0, 1, 101)),
            rows=SimpleNamespace(validation=4000),
            source=SimpleNamespace(data_fingerprint="f1"),
            features=(),
        )

    def share_below(self, default_probability: float) -> float:
        return default_probability


def some_settings(data: Path) -> Settings:
    return settings.read({}, data_dir=data)


def a_desk(data: Path, opened_files: Identity = (), contract: Contract | None = None, language: str = "en") -> Desk:
    return Desk(
        Parts(
            settings=replace(some_settings(data), language=language),
            contract=contract or a_contract(),
            tables=cast("Tables", FakeTables()),
            features=cast("FeatureStore", FakeFeatures()),
            model=cast("Model", FakeModel()),
            policy=POLICY,
            clock=lambda: NOW,
            opened_files=opened_files,
        )
    )
