"""The sealed part: readable with its key alone, told apart by nobody without it."""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import LedgerUnavailable
from core.ledger.event import Json
from core.ledger.sealing import plaintext_of, seal, unseal

KEY = bytes(range(32))
CASE: dict[str, Json] = {"note": "café; asked twice", "row": "AACAPw==", "fields": {"income": 0.1, "children": None}}


def test_what_was_sealed_comes_back_to_the_last_bit() -> None:
    assert unseal(seal(CASE, KEY, "A1", secrets.token_bytes), KEY, "A1") == CASE


def test_plaintext_is_canonical_json_with_a_salt_of_32_bytes() -> None:
    sealed = seal({"b": 1, "a": 0.1}, KEY, "A1", lambda count: b"\x01" * count)
    plaintext = plaintext_of(sealed, KEY, "A1")
    assert plaintext == b'{"a":0.1,"b":1,"salt":"' + b"01" * 32 + b'"}'
    assert sealed.plaintext_sha256 == hashlib.sha256(plaintext).digest()


def test_cipher_is_aes_256_gcm_over_zlib_bound_to_the_application() -> None:
    sealed = seal(CASE, KEY, "A1", secrets.token_bytes)
    opened = zlib.decompress(AESGCM(KEY).decrypt(sealed.nonce, sealed.ciphertext, b"A1"))
    assert json.loads(opened)["note"] == "café; asked twice"
    assert len(sealed.nonce) == 12


def test_the_same_values_sealed_twice_look_different_everywhere() -> None:
    one, other = (seal(CASE, KEY, "A1", secrets.token_bytes) for _ in range(2))
    assert one.nonce != other.nonce
    assert one.ciphertext != other.ciphertext
    assert one.plaintext_sha256 != other.plaintext_sha256


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(LedgerUnavailable, match=r"application A1: its sealed part does not open.*verify the chain"):
        unseal(seal(CASE, KEY, "A1", secrets.token_bytes), bytes(32), "A1")


def test_another_applications_record_does_not_open_it() -> None:
    with pytest.raises(LedgerUnavailable, match="application A2: its sealed part does not open"):
        unseal(seal(CASE, KEY, "A1", secrets.token_bytes), KEY, "A2")


@pytest.mark.parametrize("place", [0, 20, -1])
def test_one_changed_bit_of_the_ciphertext_is_seen(place: int) -> None:
    sealed = seal(CASE, KEY, "A1", secrets.token_bytes)
    changed = bytearray(sealed.ciphertext)
    changed[place] ^= 1
    with pytest.raises(LedgerUnavailable, match="does not open"):
        unseal(replace(sealed, ciphertext=bytes(changed)), KEY, "A1")


def test_a_cut_ciphertext_or_nonce_is_seen() -> None:
    sealed = seal(CASE, KEY, "A1", secrets.token_bytes)
    for cut in (replace(sealed, ciphertext=b""), replace(sealed, nonce=b""), replace(sealed, nonce=sealed.nonce[:4])):
        with pytest.raises(LedgerUnavailable, match="does not open"):
            unseal(cut, KEY, "A1")


def test_something_else_sealed_under_the_same_key_is_not_taken_for_it() -> None:
    sealed, other = (seal(values, KEY, "A1", secrets.token_bytes) for values in (CASE, {"note": "approved"}))
    with pytest.raises(LedgerUnavailable, match="is not what was sealed"):
        unseal(replace(other, plaintext_sha256=sealed.plaintext_sha256), KEY, "A1")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        seal({"x": value}, KEY, "A1", secrets.token_bytes)


def test_the_word_salt_is_taken() -> None:
    with pytest.raises(ValueError, match="'salt'"):
        seal({"salt": "mine"}, KEY, "A1", secrets.token_bytes)
