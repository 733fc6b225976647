"""The sealed part: compressed, encrypted under the application's key, and named by a digest nobody can guess."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import LedgerUnavailable
from core.ledger.event import Json, Public, Seal

NONCE_BYTES = 12
SALT_BYTES = 32
SALT = "salt"  # inside, so that its digest does not give away a small set of possible contents


def seal(sealed: Public, key: bytes, application: str, rng: Callable[[int], bytes]) -> Seal:
    """What is kept of these values: readable with this key alone, and for this application alone."""
    if SALT in sealed:
        raise ValueError(f"a sealed part has a {SALT!r} of its own")
    plaintext = json.dumps(
        {**sealed, SALT: rng(SALT_BYTES).hex()}, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("ascii")
    nonce = rng(NONCE_BYTES)
    # level 1: what is sealed is mostly float32, which a higher level hardly makes smaller
    ciphertext = AESGCM(key).encrypt(nonce, zlib.compress(plaintext, 1), application.encode())
    return Seal(nonce, ciphertext, hashlib.sha256(plaintext).digest())


def plaintext_of(seal: Seal, key: bytes, application: str) -> bytes:
    """The very bytes that were sealed, salt included: what `plaintext_sha256` is the digest of."""
    try:
        plaintext = zlib.decompress(AESGCM(key).decrypt(seal.nonce, seal.ciphertext, application.encode()))
    except (InvalidTag, ValueError, zlib.error):
        raise LedgerUnavailable(
            f"Record of application {application}: its sealed part does not open, so it was changed "
            "or its key is another one's; verify the chain and restore what is damaged from the backup."
        ) from None
    if hashlib.sha256(plaintext).digest() != seal.plaintext_sha256:
        raise LedgerUnavailable(
            f"Record of application {application}: its sealed part is not what was sealed; verify the chain."
        )
    return plaintext


def unseal(seal: Seal, key: bytes, application: str) -> dict[str, Json]:
    """The values as they were sealed; LedgerUnavailable when key or ciphertext is not the one of then."""
    values: dict[str, Json] = json.loads(plaintext_of(seal, key, application))
    del values[SALT]
    return values
