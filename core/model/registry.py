"""Which models there are and which one is active: folders by version, and one small file that names one of them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from core.errors import ModelMissing, ModelRefused

ACTIVE = "active"
REMEDY = "run `python -m core train`"
_VERSION = re.compile(r"\d{8}-[0-9a-f]{8}")


def versions(models_dir: Path) -> tuple[str, ...]:
    """The versions that are there, oldest first; half-written ones do not count."""
    if not models_dir.is_dir():
        return ()
    return tuple(sorted(f.name for f in models_dir.iterdir() if f.is_dir() and _VERSION.fullmatch(f.name)))


def active(models_dir: Path) -> Path:
    """The folder of the model in use. Raises ModelMissing where none is, ModelRefused where the name is not one."""
    try:
        name = (models_dir / ACTIVE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise ModelMissing(f"Model: there is none yet in {models_dir}; {REMEDY}.") from None
    except UnicodeDecodeError:
        name = ""
    _check_name(name, models_dir)
    folder = models_dir / name
    if not folder.is_dir():
        raise ModelMissing(f"Model: the active version {name} is not in {models_dir}; {REMEDY}.")
    return folder


def activate(models_dir: Path, version: str) -> None:
    """From now on `active` names this version; a reader sees the old name or the new one, never half of one."""
    _check_name(version, models_dir)
    if not (models_dir / version).is_dir():
        raise ModelMissing(f"Model: version {version} is not in {models_dir}; {REMEDY}.")
    waiting = models_dir / f".{ACTIVE}.{os.getpid()}"
    with waiting.open("w", encoding="utf-8") as file:
        file.write(version + "\n")
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(models_dir / ACTIVE)


def retire(models_dir: Path) -> None:
    """No model is active any more; the versions stay for replay."""
    (models_dir / ACTIVE).unlink(missing_ok=True)


def _check_name(name: str, models_dir: Path) -> None:
    if not _VERSION.fullmatch(name):
        raise ModelRefused(
            f"{models_dir / ACTIVE}: must name a version such as 20261121-1a2b3c4d, got {name[:40]!r}; {REMEDY}."
        )
