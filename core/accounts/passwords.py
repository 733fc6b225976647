"""Passwords: what may be one, its bcrypt hash, and random ones that can be read out over the phone."""

from __future__ import annotations

import unicodedata
from random import Random

import bcrypt

from core.errors import AccountRefused

SHORTEST_BYTES = 12
LONGEST_BYTES = 72  # bcrypt reads no further
# no i, l, o, 0, 1: they are misread
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 5


def password_bytes(password: object) -> bytes | None:
    """What bcrypt is given, or None when this can never be anybody's password.

    Composed, because one keyboard sends é as one character and another as two; the length is looked at first,
    so that a megabyte costs nothing.
    """
    if not isinstance(password, str) or len(password) > LONGEST_BYTES * 4 or "\0" in password:
        return None
    try:
        encoded = unicodedata.normalize("NFC", password).encode("utf-8")
    except UnicodeEncodeError:
        return None
    return encoded if len(encoded) <= LONGEST_BYTES else None


def check_new(password: object, user_name: str) -> bytes:
    """The bytes of a password that may be chosen, or AccountRefused with the rule; never with the password."""
    encoded = password_bytes(password)
    if encoded is None:
        raise AccountRefused(
            f"Password: at most {LONGEST_BYTES} bytes of text without null characters; choose a shorter one."
        )
    if len(encoded) < SHORTEST_BYTES:
        raise AccountRefused(
            f"Password: at least {SHORTEST_BYTES} bytes (12 plain letters), got {len(encoded)}; "
            "a few words in a row are easy to remember."
        )
    if encoded.decode("utf-8").strip().casefold() == user_name:
        raise AccountRefused("Password: it must differ from the user name; choose another one.")
    return encoded


def readable_password(rng: Random) -> str:
    """A random password of 99 bits in groups, such as k7m2p-x9aqd-…"""
    return "-".join("".join(rng.choice(READABLE) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


class PasswordHasher:
    """bcrypt at one cost; every check of a possible password does the same work, whoever it is for.

    After the setting has changed, hashes of the earlier cost take another time until their owners sign in again.
    """

    def __init__(self, cost: int) -> None:
        self.cost = cost
        # a hash in form only, which no password is known to have: costs nothing to make and as much to check
        self._nobodys = f"$2b${cost:02d}$" + "." * 53

    def hash(self, encoded: bytes) -> str:
        return bcrypt.hashpw(encoded, bcrypt.gensalt(self.cost)).decode("ascii")

    def matches(self, encoded: bytes, stored: str | None) -> bool:
        """Whether this is the stored password; without a stored one the same work is done for nothing."""
        alike = self._check(encoded, self._nobodys if stored is None else stored)
        return alike and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost: it is then made anew at the next sign-in."""
        return not stored.startswith(f"$2b${self.cost:02d}$")

    def _check(self, encoded: bytes, stored: str) -> bool:
        return bcrypt.checkpw(encoded, stored.encode("ascii"))
