"""How the key file is closed to whoever lacks the master key: its keys are wrapped, its rows found by keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.ledger.keys_master import derived

NONCE_BYTES = 12


class KeyCipher:
    """Wraps and finds under one master key; safe to share between threads."""

    def __init__(self, master_key: bytes, rng: Callable[[int], bytes]) -> None:
        self._rng = rng
        self._wrap = AESGCM(derived(master_key, "wrap keys"))
        self._lookup_key = derived(master_key, "find applications")
        self._applicant_lookup_key = derived(master_key, "find applicants")

    def application_token(self, lookup: str) -> bytes:
        """What an application is found by in the file."""
        return _token(self._lookup_key, lookup)

    def applicant_token(self, applicant_key: str) -> bytes:
        """What an applicant is found by in the file."""
        return _token(self._applicant_lookup_key, applicant_key)

    def wrapped(self, key: bytes, *row: str | bytes | None) -> bytes:
        """The key as it may stand in this row and in no other: moved there, it does not open."""
        nonce = self._rng(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, key, _joined(row))

    def unwrapped(self, wrapped: bytes, *row: str | bytes | None) -> bytes | None:
        """The key that was wrapped for this row; None: it was changed, or is damaged."""
        try:
            return self._wrap.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _joined(row))
        except (InvalidTag, ValueError):
            return None


def _token(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), hashlib.sha256)


def _joined(parts: tuple[str | bytes | None, ...]) -> bytes:
    return b"\x00".join(part.encode() if isinstance(part, str) else part or b"" for part in parts)
