"""What a desk is put together from, each opened once and checked against the others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from core.desk_files import Identity, check_current, check_fit, files_identity
from core.ledger.ledger import Ledger
from core.model import artefact
from core.model import registry as models
from core.model.artefact import Model
from core.policy import policy as first_policy
from core.policy import registry as policies
from core.policy.policy import Policy
from core.portfolio import contract_file
from core.portfolio.contract import Contract
from core.portfolio.features import FeatureStore
from core.portfolio.tables import Tables
from core.settings import Settings


@dataclass(frozen=True)
class Parts:
    settings: Settings
    contract: Contract
    tables: Tables
    features: FeatureStore
    model: Model
    policy: Policy
    clock: Callable[[], datetime]
    opened_files: Identity
    ledger: Ledger | None = None  # without one nothing is recorded, and nothing can be decided


def open_parts(settings: Settings, clock: Callable[[], datetime], ledger: Ledger | None = None) -> Parts:
    """The parts of these settings, all of them or a refusal; whoever asks closes tables and features."""
    opened_files = files_identity(settings)  # first: what is replaced from here on shows as a change
    contract = contract_file.read(settings.contract_file)
    with ExitStack() as refused:
        tables = Tables.open(settings.tables_file, contract)
        refused.callback(tables.close)
        features = FeatureStore.open(settings.features_file)
        refused.callback(features.close)
        check_current(settings, contract)
        model = artefact.load(models.active(settings.models_dir))
        check_fit(model, features, contract)
        policy = policies.active(settings.policies_dir) or first_policy.from_contract(contract)
        refused.pop_all()
    return Parts(settings, contract, tables, features, model, policy, clock, opened_files, ledger)
