"""What a model is made from: labelled rows in its columns, and which row serves for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.model.booster import Rows, Sample
from core.model.selection import Selection, select
from core.model.split import Split, check_enough, split
from core.portfolio.contract import Contract
from core.portfolio.features import TrainingSet


@dataclass(frozen=True)
class Material:
    sample: Sample
    selection: Selection
    parts: Split


def gather(labelled: TrainingSet, contract: Contract, seed: int) -> Material:
    """The rows in the model's columns, split; refused where they are too few."""
    check_enough(labelled.target)
    parts = split(labelled.target, seed)
    selection = select(contract, labelled.names, labelled.features[parts.training])
    return Material(Sample(_columns(labelled.features, selection), labelled.target), selection, parts)


def _columns(features: Rows, selection: Selection) -> Rows:
    return np.ascontiguousarray(features[:, list(selection.positions)])
