"""A made-up lender whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from core import settings as settings_room
from core.model.artefact import Model
from core.model.card import Card
from core.portfolio.contract import Choice, Column, Contract, Kind, Portfolio, Table
from core.portfolio.features import TrainingSet
from core.settings import Settings

NAMES = ("income", "debt", "region", "age", "silent", "noise")
TRAINED_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Clients:
    """Labelled clients with the probability each outcome was drawn from."""

    set: TrainingSet
    true_pd: NDArray[np.float64]


@dataclass(frozen=True)
class KnownStore:
    """Stands in for the stored feature rows."""

    labelled: TrainingSet
    fingerprint: str = "f" * 64
    missing_tables: tuple[str, ...] = ("cards",)

    def training_set(self) -> TrainingSet:
        return self.labelled


def some_clients(rows: int, seed: int) -> Clients:
    """More income lowers, more debt raises the risk; one region in five is bad; age counts but is protected."""
    rng = np.random.default_rng(seed)
    income, debt, noise = rng.normal(size=(3, rows))
    region = rng.integers(0, 5, rows).astype(float)
    age = rng.normal(size=rows)
    log_odds = -2.6 - 0.9 * income + 0.8 * debt + 1.2 * (region == 3) + 0.5 * age
    true_pd = expit(log_odds)
    target = (rng.random(rows) < true_pd).astype(np.int8)
    debt = np.where(rng.random(rows) < 0.1, np.nan, debt)
    features = np.column_stack([income, debt, region, age, np.full(rows, np.nan), noise]).astype(np.float32)
    return Clients(TrainingSet(np.arange(rows, dtype=np.int64), features, target, NAMES), true_pd)


def a_lender(contract: Contract) -> Contract:
    """Another lender with the same policy: six columns in one table."""

    def column(kind: Kind, **more: object) -> Column:
        return Column(label={"en": "A column"}, kind=kind, **more)  # type: ignore[arg-type]

    regions = tuple(Choice(value=name, label={"en": name}) for name in ("north", "east", "south", "west", "centre"))
    columns = {
        "INCOME": column(Kind.MONEY, direction=-1),
        "DEBT": column(Kind.MONEY, direction=1),
        "REGION": column(Kind.CATEGORY, choices=regions, direction=1),
        "AGE": column(Kind.YEARS, protected="age"),
        "SILENT": column(Kind.RATIO),
        "NOISE": column(Kind.RATIO),
    }
    return Contract(
        portfolio=Portfolio(
            name="lender",
            title={"en": "A lender"},
            currency={"en": ""},
            key="ID",
            target="DEFAULT",
            target_meaning={"en": "late by 90 days"},
        ),
        tables=(Table(name="clients", files=("clients",), label={"en": "Clients"}, required=True),),
        columns={"clients": columns},
        families={},
        patterns=(),
        features={},
        form=(),
        facts=(),
        decisions=(),
        overrides=(),
        policy=contract.policy,
    )


def settings_in(folder: Path, threads: int = 1) -> Settings:
    return replace(settings_room.read(environment={}, data_dir=folder), threads=threads)


@dataclass(frozen=True)
class Trained:
    settings: Settings
    card: Card
    model: Model
