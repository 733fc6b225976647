"""The files of a model as bytes: each is read once, and its hash is that of the very bytes that are used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from core.errors import ModelRefused
from core.model.registry import REMEDY

MODEL, CALIBRATION, CARD, REFERENCE, BINS = (
    "model.txt",
    "calibration.json",
    "card.json",
    "reference.parquet",
    "bins.json",
)
FILES = (MODEL, CALIBRATION, CARD, REFERENCE, BINS)
SUMS = "SHA256SUMS"

Sums = Mapping[str, str]  # file name -> SHA-256


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_sums(folder: Path) -> Sums:
    """File name -> SHA-256, as `sha256sum` writes and checks them."""
    lines = text(_read(folder, SUMS)).splitlines()
    pairs = [line.split("  ", 1) for line in lines]
    if any(len(pair) != 2 for pair in pairs):
        raise ModelRefused(f"{folder / SUMS}: every line must be a SHA-256, two spaces and a file name; {REMEDY}.")
    return {name: digest for digest, name in pairs}


def check_listing(folder: Path, sums: Sums) -> None:
    if set(sums) != set(FILES) or len(sums) != len(FILES):
        raise ModelRefused(
            f"{folder / SUMS}: must list {', '.join(FILES)} and nothing else, "
            f"got {', '.join(sorted(sums)) or 'nothing'}; {REMEDY}."
        )
    strange = sorted({file.name for file in folder.iterdir()} - {*FILES, SUMS})
    if strange:
        raise ModelRefused(
            f"Model {folder.name}: its folder must hold the model and nothing else, got {', '.join(strange[:5])}; "
            "move that away."
        )


def checked(folder: Path, name: str, sums: Sums) -> bytes:
    content = _read(folder, name)
    if digest(content) != sums.get(name):
        raise ModelRefused(
            f"Model {folder.name}: {name} must have the SHA-256 that {SUMS} gives, got {digest(content)[:12]}…; "
            f"the file was changed after training: restore it, or {REMEDY}."
        )
    return content


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ModelRefused(
            f"Model {folder.name}: {name} must be there and readable, got {type(error).__name__}; "
            f"restore it, or {REMEDY}."
        ) from error


def text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelRefused(
            f"Model: its text files must be UTF-8, got byte {error.start} that is not; {REMEDY}."
        ) from None
