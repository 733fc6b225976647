"""What scored then, by version: models and policies as they are kept, loaded once, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.casework.versions import calibrator_version
from core.errors import ModelMissing, SolventError
from core.model import artefact, registry
from core.model.files import MODEL, read_sums
from core.policy import registry as policies
from core.policy.policy import Policy
from core.portfolio.feature_batch import RowRequest
from core.scoring.scorer import ScoringModel

_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class PinnedModel:
    """A model of then; its files were checked against their hashes when it was loaded."""

    model: ScoringModel
    sha256: str  # of model.txt
    calibrator_version: str


class Rows(Protocol):
    """Makes feature rows from raw applications, as `RowBatch` does."""

    @property
    def names(self) -> tuple[str, ...]: ...
    def rows(self, requests: Sequence[RowRequest]) -> Sequence[NDArray[np.float32] | None]: ...


@dataclass(frozen=True)
class RowSource:
    """The SQL of now over the portfolio of now."""

    rows: Rows
    sql_fingerprint: str
    tables_fingerprint: str


class Shelf(Generic[_Kept]):
    """Things by version, each fetched once; a refusal is kept as well."""

    def __init__(self, fetch: Callable[[str], _Kept]) -> None:
        self._fetch = fetch
        self._kept: dict[str, _Kept | SolventError] = {}

    def __call__(self, version: str) -> _Kept:
        """The thing of this version; SolventError where it is not there, or not as it was written."""
        kept = self._kept.get(version)
        if kept is None:
            kept = self._kept[version] = self._fetched(version)
        if isinstance(kept, SolventError):
            raise kept
        return kept

    def _fetched(self, version: str) -> _Kept | SolventError:
        try:
            return self._fetch(version)
        except SolventError as refused:
            return refused


def model_shelf(models_dir: Path) -> Shelf[PinnedModel]:
    return Shelf(partial(_pinned_model, models_dir))


def policy_shelf(policies_dir: Path) -> Shelf[Policy]:
    return Shelf(partial(policies.load, policies_dir))


def _pinned_model(models_dir: Path, version: str) -> PinnedModel:
    if version not in registry.versions(models_dir):
        raise ModelMissing(f"Model {version[:40]}: its folder is not among the models; restore it from a backup.")
    model = artefact.load(models_dir / version)
    sums = read_sums(model.folder)
    return PinnedModel(model, sums[MODEL], calibrator_version(sums))
