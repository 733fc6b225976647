"""One trained model as files: read whole, checked by hash on the very bytes that are used, or refused."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet
from numpy.typing import NDArray

from core.errors import ModelMissing, ModelRefused
from core.model.bins import Bins
from core.model.booster import Booster, Margins, Rows
from core.model.calibration import Calibration
from core.model.card import CARD_FORMAT, Card
from core.model.files import (
    BINS,
    CALIBRATION,
    CARD,
    FILES,
    MODEL,
    REFERENCE,
    Sums,
    check_listing,
    checked,
    read_sums,
    text,
)
from core.model.registry import REMEDY
from core.model.split_points import Thresholds, split_points
from core.model.version import version_of

PART, TRAINING, HELD_OUT = "part", "training", "held_out"  # which rows of reference.parquet are what

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


@dataclass(frozen=True)
class Reference:
    """A sample of labelled rows, as the model sees and scores them."""

    features: NDArray[np.float32]  # (rows, features), in the model's order
    margins: Margins
    default_probabilities: NDArray[np.float64]
    target: NDArray[np.int8]


class Model:
    """An ensemble, its calibration and its card, checked against each other. Safe to share between threads."""

    def __init__(
        self, booster: Booster, calibration: Calibration, card: Card, bins: Bins, folder: Path, sums: Sums
    ) -> None:
        self._booster = booster
        self.calibration = calibration
        self.card = card
        self.bins = bins
        self.folder = folder
        self._sums = sums  # as they were at load: what is read later must be of the same model
        self.version = card.version
        self.features = booster.features  # in the order of every feature row
        self._places = np.linspace(0.0, 1.0, len(card.validation_pd_quantiles))

    def margin(self, row: Rows) -> float:
        """Raw log-odds of one feature row in the model's order."""
        return self._booster.margin(row)

    def margins(self, rows: Rows, threads: int = 2) -> Margins:
        return self._booster.margins(rows, threads)

    def contributions(self, row: Rows) -> tuple[NDArray[np.float64], float]:
        """Exact SHAP contributions in log-odds, one per feature, and the base; together they are the margin."""
        return self._booster.contributions(row)

    def default_probability(self, margin: float) -> float:
        """The calibrated PD, strictly inside (0, 1)."""
        return self.calibration.default_probability(margin)

    def default_probabilities(self, margins: Margins) -> NDArray[np.float64]:
        return self.calibration.default_probabilities(margins)

    def calibrated_log_odds(self, margin: float) -> float:
        """Log-odds of the calibrated PD, after the clip."""
        return self.calibration.log_odds(margin)

    def share_below(self, default_probability: float) -> float:
        """The share of validation clients with a lower PD, 0..1, from 101 quantiles on the card."""
        return float(np.interp(default_probability, self.card.validation_pd_quantiles, self._places))

    @property
    def reference(self) -> Reference:
        """A sample of the training rows; read when first asked for: scoring does without it."""
        return self._samples[TRAINING]

    @property
    def held_out(self) -> Reference:
        """A sample of the validation and test rows: the trees were not grown on them."""
        return self._samples[HELD_OUT]

    @cached_property
    def split_points(self) -> tuple[Thresholds, ...]:
        """The values of each numeric feature at which the model's answer can change, in the order of the features."""
        return split_points(text(checked(self.folder, MODEL, self._sums)), len(self.features))

    @cached_property
    def _samples(self) -> Mapping[str, Reference]:
        content = checked(self.folder, REFERENCE, self._sums)
        table = pyarrow.parquet.read_table(io.BytesIO(content))
        return {part: self._sample(table.filter(pc.field(PART) == part)) for part in (TRAINING, HELD_OUT)}

    def _sample(self, table: pyarrow.Table) -> Reference:
        features = np.empty((table.num_rows, len(self.features)), dtype=np.float32)
        for at, name in enumerate(self.features):
            features[:, at] = table.column(name).to_numpy()
        return Reference(
            features=features,
            margins=table.column("margin").to_numpy(),
            default_probabilities=table.column("default_probability").to_numpy(),
            target=table.column("target").to_numpy(),
        )


def load(folder: Path) -> Model:
    """The model in this folder. Raises ModelMissing without the folder, ModelRefused for anything not as written."""
    if not folder.is_dir():
        raise ModelMissing(f"Model: no folder {folder}; {REMEDY}.")
    sums = read_sums(folder)
    check_listing(folder, sums)
    content = {name: checked(folder, name, sums) for name in FILES}
    card = _card(content[CARD])
    booster = Booster(text(content[MODEL]))
    _check_version(card, folder)
    _check_features(card, booster)
    bins = _decoded(content[BINS], BINS, Bins)
    _check_bins(bins, card)
    calibration = _calibration(content[CALIBRATION])
    _check_content(card, sums)
    return Model(
        booster=booster,
        calibration=calibration,
        card=card,
        bins=bins,
        folder=folder,
        sums=sums,
    )


class _Format(msgspec.Struct):
    format: int


def _card(content: bytes) -> Card:
    written = _decoded(content, CARD, _Format).format
    if written != CARD_FORMAT:
        raise ModelRefused(
            f"{CARD}: this Solvent reads format {CARD_FORMAT}, got {written}; "
            f"use the Solvent that trained the model, or {REMEDY}."
        )
    return _decoded(content, CARD, Card)


def _calibration(content: bytes) -> Calibration:
    calibration = _decoded(content, CALIBRATION, Calibration)
    if not (0 < calibration.slope < float("inf") and abs(calibration.intercept) < float("inf")):
        raise ModelRefused(f"{CALIBRATION}: slope must be above 0, got {calibration.slope}; {REMEDY}.")
    if not 0 < calibration.floor < 0.5:
        raise ModelRefused(f"{CALIBRATION}: floor must lie between 0 and 0.5, got {calibration.floor}; {REMEDY}.")
    return calibration


def _decoded(content: bytes, name: str, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise ModelRefused(f"{name}: must be as this Solvent writes it, got: {error}; {REMEDY}.") from error


def _check_version(card: Card, folder: Path) -> None:
    if card.version != folder.name:
        raise ModelRefused(
            f"Model {folder.name}: the folder must bear the version on the card, got {card.version}; rename it back."
        )


def _check_features(card: Card, booster: Booster) -> None:
    named = tuple(feature.name for feature in card.features)
    if named == booster.features:
        return
    if sorted(named) == sorted(booster.features):
        got = "the same in another order"
    else:
        got = f"others: {', '.join(sorted(set(named) ^ set(booster.features))[:5])}"
    raise ModelRefused(
        f"Model {card.version}: card and {MODEL} must name the same features in the same order, got {got}; {REMEDY}."
    )


def _check_bins(bins: Bins, card: Card) -> None:
    if tuple(binned.feature for binned in bins.features) != tuple(feature.name for feature in card.features):
        raise ModelRefused(
            f"Model {card.version}: {BINS} must have the card's features in the card's order, got others; {REMEDY}."
        )


def _check_content(card: Card, sums: Sums) -> None:
    """A version names one content: files and sums that were changed together are another model."""
    made = version_of(card, sums)
    if made != card.version:
        raise ModelRefused(
            f"Model {card.version}: its version must be that of its content, got {made}; "
            f"files were changed after training: restore them, or {REMEDY}."
        )
