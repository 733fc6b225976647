"""The master key: 32 random bytes in a file only the owner can read; made once, never replaced."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.durability import settle
from core.errors import MasterKeyRefused

KEY_BYTES = 32
WRITTEN = re.compile(rb"([0-9a-f]{64})\s*")
REMEDY = "restore it from its backup; a new one would open none of the records"


def make_master_key(file: Path, rng: Callable[[int], bytes]) -> bytes:
    """A new master key, on the disk when this returns; whatever already lies there stays as it is."""
    key = rng(KEY_BYTES)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # written whole under another name first: half a master key would be refused for ever
        descriptor, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)  # mode 0600
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(key.hex().encode() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
            os.link(part, file)
        finally:
            part.unlink(missing_ok=True)
        settle(file.parent)
    except FileExistsError:
        return read_master_key(file)
    except OSError as error:
        raise MasterKeyRefused(
            f"Master key {file.name}: cannot be made ({error}); make its folder writable, or name another place."
        ) from error
    return key


def read_master_key(file: Path) -> bytes:
    """The key in this file, which is closed to others first; MasterKeyRefused when it is missing or no key."""
    try:
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)  # a restored copy often comes back readable by everybody
        written = file.read_bytes()
    except FileNotFoundError:
        raise MasterKeyRefused(
            f"Master key {file.name}: it is missing, and records are sealed under it; {REMEDY}."
        ) from None
    except OSError as error:
        raise MasterKeyRefused(f"Master key {file.name}: cannot be read ({error}); let its owner read it.") from error
    found = WRITTEN.fullmatch(written)
    if found is None:
        raise MasterKeyRefused(
            f"Master key {file.name}: expected 64 hexadecimal digits, got {len(written)} bytes of something else; "
            f"{REMEDY}."
        )
    return bytes.fromhex(found[1].decode())


def remove_unfinished(file: Path) -> None:
    """Removes what a kill left beside the file while it was made: a copy of a key must not lie about."""
    for part in file.parent.glob(f"{file.name}.*.part"):
        part.unlink(missing_ok=True)


def derived(master_key: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose; it says nothing about the master key or about other purposes."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"solvent ledger: {purpose}".encode()).derive(master_key)
