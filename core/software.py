"""Which Solvent this is."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_CORE = Path(__file__).resolve().parent
_SHORT = 8  # hexadecimal digits


@cache
def software_version() -> str:
    """A name made from the core's sources as they lay when first asked for: the same sources, the same name."""
    digest = hashlib.sha256()
    for file in sorted(_CORE.rglob("*.py")):
        digest.update(file.relative_to(_CORE).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"solvent-{digest.hexdigest()[:_SHORT]}"
