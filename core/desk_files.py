"""The files of a desk: whether they belong together, and whether they were replaced."""

from __future__ import annotations

from pathlib import Path

from core.errors import ModelRefused, PortfolioMissing
from core.model import registry as models
from core.model.artefact import Model
from core.model.card import FeatureCard
from core.model.selection import Selection
from core.policy import registry as policies
from core.portfolio import features as feature_files
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.features import FeatureStore
from core.settings import Settings

_REMEDY = "train again: python -m core train"
Identity = tuple[tuple[int, int, int], ...]  # one per file


def check_fit(model: Model, features: FeatureStore, contract: Contract) -> None:
    """Returns when the model was trained on these very feature rows and as the contract says now, else ModelRefused."""
    absent = [name for name in model.features if name not in set(features.names)]
    if absent:
        raise ModelRefused(f"Feature '{absent[0]}': model {model.version} needs it, the portfolio lacks it; {_REMEDY}.")
    if model.card.source.data_fingerprint != features.fingerprint:
        raise ModelRefused(
            f"Model {model.version}: must have been trained on the stored features, "
            f"got features made of other tables or by other SQL; {_REMEDY}."
        )

    for card in model.card.features:
        broken = _broken_rule(card, contract)
        if broken:
            raise ModelRefused(f"Feature '{card.name}' of model {model.version}: {broken}; {_REMEDY}.")


def _broken_rule(card: FeatureCard, contract: Contract) -> str:
    """What the contract says of the feature and the model does otherwise; empty where they agree."""
    try:
        meaning = feature_meaning(contract, card.name)
    except KeyError:
        return "the contract must give it a meaning, got none"
    if meaning.protected:
        return f"a protected feature ({meaning.protected}) must not be used"
    wanted = Selection((meaning,), (0,), (), ())
    if card.levels != wanted.levels[0]:
        return "its levels must be the contract's, in that order, got others"
    if card.direction != wanted.columns.directions[0]:
        return f"its direction must be {wanted.columns.directions[0]}, got {card.direction}"
    return ""


def check_current(settings: Settings, contract: Contract) -> None:
    """Returns when the stored features are those of the tables and the SQL, else raises PortfolioMissing."""
    if not feature_files.is_current(settings, contract):
        raise PortfolioMissing(
            "Features: must be made from the tables by the SQL as they are now, got older ones; "
            "build them: python -m core train."
        )


def files_identity(settings: Settings) -> Identity:
    """What tells one state of the files from another; they are replaced whole, so inode and time suffice."""
    files = (
        settings.contract_file,
        settings.tables_file,
        settings.features_file,
        settings.models_dir / models.ACTIVE,
        settings.policies_dir / policies.ACTIVE,
    )
    return tuple(map(_file_identity, files))


def _file_identity(file: Path) -> tuple[int, int, int]:
    try:
        status = file.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_ino, status.st_mtime_ns, status.st_size)
