"""A small desk of invented clients for tests that need a whole one: made once per test run, also under xdist."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from core import settings
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate
from core.progress import silent

APPLICANTS, WAITING, SEED = 1_500, 40, 7


@pytest.fixture(scope="session")
def small_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder (`SOLVENT_DATA`) with portfolio, features and model; read only, copy it to damage it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    folder, done = shared / "small_desk", shared / "small_desk.done"
    with (shared / "small_desk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make_desk(folder, APPLICANTS, WAITING)
            done.touch()
    return folder


def make_desk(folder: Path, applicants: int, waiting: int) -> None:
    own = settings.read(data_dir=folder)
    contract = contract_file.read(own.contract_file)
    generate(own.raw_dir, applicants, waiting, SEED, silent)
    import_tables(own.raw_dir, contract, own, replace=False, progress=silent)
    features.build(own, contract, silent)
    store = FeatureStore.open(own.features_file)
    try:
        train(store, contract, own, TrainingOptions(), silent)
    finally:
        store.close()
