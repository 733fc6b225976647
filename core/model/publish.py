"""Writing a model: all its files into a folder aside, hashed, then put in place in one step."""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow
import pyarrow.parquet

from core.durability import settle
from core.errors import ModelMissing, ModelRefused
from core.model.artefact import HELD_OUT, PART, TRAINING, Reference, load
from core.model.bins import Binned, Bins, freeze
from core.model.calibration import Calibration
from core.model.card import Card, FeatureCard
from core.model.files import BINS, CALIBRATION, CARD, FILES, MODEL, REFERENCE, SUMS, digest
from core.model.leftovers import OLD, PART_WRITTEN, sweep
from core.model.version import as_json, version_of


@dataclass(frozen=True)
class Artefact:
    """All that is written; `card.version` is filled in from the content."""

    text: str
    calibration: Calibration
    card: Card
    reference: Reference  # training rows
    held_out: Reference


def publish(artefact: Artefact, models_dir: Path) -> Card:
    """The card with its version, once every file is in place. Equal content on one day is one version.

    A version that is already there and sound stays as it is, with its own time of day.
    """
    content = _content(artefact)
    sums = {name: digest(data) for name, data in content.items()}
    card = msgspec.structs.replace(artefact.card, version=version_of(artefact.card, sums))
    content[CARD] = as_json(card)
    content[SUMS] = "".join(f"{digest(content[name])}  {name}\n" for name in FILES).encode()
    sweep(models_dir)
    there = _sound(models_dir / card.version)
    if there is not None:
        return there
    part = models_dir / f".{card.version}.{os.getpid()}{PART_WRITTEN}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, data in content.items():
        _write(part / name, data)
    settle(part)
    _put_in_place(part, models_dir / card.version)
    return card


def _sound(folder: Path) -> Card | None:
    try:
        return load(folder).card
    except (ModelMissing, ModelRefused):
        return None


def _content(artefact: Artefact) -> dict[str, bytes]:
    card = artefact.card
    return {
        MODEL: artefact.text.encode(),
        CALIBRATION: as_json(artefact.calibration),
        CARD: as_json(card),
        REFERENCE: _parquet(artefact, card.features),
        BINS: as_json(_bins(artefact)),
    }


def _bins(artefact: Artefact) -> Bins:
    """Features as the trees learnt them; the PD as unseen clients get it: on the rows the trees were grown on it is
    more extreme, and drift would be found where there is none.
    """
    reference = artefact.reference
    columns = (
        Binned(card.name, reference.features[:, position], len(card.levels))
        for position, card in enumerate(artefact.card.features)
    )
    return Bins(
        rows=reference.target.size,
        features=tuple(freeze(column) for column in columns),
        default_probability=freeze(Binned("default_probability", artefact.held_out.default_probabilities)),
    )


def _parquet(artefact: Artefact, features: tuple[FeatureCard, ...]) -> bytes:
    parts = ((TRAINING, artefact.reference), (HELD_OUT, artefact.held_out))
    table = pyarrow.concat_tables([_table(part, sample, features) for part, sample in parts])
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _table(part: str, sample: Reference, features: tuple[FeatureCard, ...]) -> pyarrow.Table:
    columns = {
        card.name: pyarrow.array(sample.features[:, at], type=pyarrow.float32()) for at, card in enumerate(features)
    }
    return pyarrow.table(
        {
            **columns,
            "margin": pyarrow.array(sample.margins, type=pyarrow.float64()),
            "default_probability": pyarrow.array(sample.default_probabilities, type=pyarrow.float64()),
            "target": pyarrow.array(sample.target, type=pyarrow.int8()),
            PART: pyarrow.array([part] * sample.target.size, type=pyarrow.string()),
        }
    )


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _put_in_place(part: Path, folder: Path) -> None:
    """A folder that is already there cannot be loaded: it makes room."""
    aside = part.with_suffix(OLD)
    if folder.exists():
        folder.rename(aside)
    part.rename(folder)
    settle(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)
