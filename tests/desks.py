"""A small desk of invented clients for tests that need a whole one: made once per test run, also under xdist."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import settings
from core.accounts import sessions
from core.accounts.first_accounts import make_first_accounts
from core.accounts.roles import Role
from core.accounts.store import open_accounts
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate
from core.progress import silent

APPLICANTS, WAITING, SEED = 1_500, 40, 7
_DONE_THERE = ("accounts*", "first_accounts*", "ledger", "master.key", "policies", "desk.sock")


@pytest.fixture(scope="session")
def made_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk that all others are copies of. Nobody opens it: whoever opens a desk may write to it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    folder, done = shared / "made_desk", shared / "made_desk.done"
    with (shared / "made_desk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make_desk(folder, APPLICANTS, WAITING)
            session_token(folder, Role.OFFICER)
            done.touch()
    return folder


@pytest.fixture(scope="module")
def small_desk(made_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder (`SOLVENT_DATA`) with portfolio, features and model, of one file of tests alone."""
    return Path(shutil.copytree(made_desk, tmp_path_factory.mktemp("small_desk") / "desk"))


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


def fresh_copy(desk: Path, folder: Path, *without: str) -> Path:
    """The same desk without anything that was done on it: a ledger is open in one process at a time, and no test may
    find the record of another."""
    return Path(shutil.copytree(desk, folder, ignore=shutil.ignore_patterns(*_DONE_THERE, *without)))


def session_token(data_dir: Path, role: Role) -> str:
    """A session of the desk's person in this role, begun as every session is: by a ticket that is redeemed."""
    store = open_accounts(settings.read(data_dir=data_dir))
    now = datetime.now(UTC)
    make_first_accounts(store, data_dir / "first_accounts.txt", now)
    user_name = role.value.replace("_", ".")
    ticket = store.token()
    with store.writing() as connection:
        sessions.issue_ticket(connection, ticket, user_name, "a browser", now)
    token = sessions.redeem(store, ticket, None, now, "a browser")
    assert token is not None
    return token


def password_of(data_dir: Path, role: Role) -> tuple[str, str]:
    """User name and first password of the desk's person in this role, as the owner of the machine reads them."""
    lines = (data_dir / "first_accounts.txt").read_text().splitlines()
    words = next(line.split()[-2:] for line in lines if line.startswith(f"{role.words} "))
    return words[0], words[1]
