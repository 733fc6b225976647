"""Whether a model can be put where it belongs, asked before it is trained: that takes minutes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from core.errors import SettingsError


def check_writable(models_dir: Path) -> None:
    """Returns where the folder is there, or was made, and takes a file; else SettingsError."""
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=models_dir):
            pass
    except OSError as error:
        raise SettingsError(
            f"Models: {models_dir} must be a folder that can be written to, got: {error.strerror}; "
            "make it writable for this account and see that the disk has room, then train again."
        ) from None
