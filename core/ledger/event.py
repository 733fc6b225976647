"""What the chain holds: an event with a public part everybody may filter by, and a sealed part under its own key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Public = Mapping[str, Json]


@dataclass(frozen=True)
class Actor:
    """Who did it, as the chain says it for good: the role is the one of that moment."""

    name: str
    role: str
    address: str = ""  # where from; empty for the command line


@dataclass(frozen=True)
class Draft:
    """An event that is not on the chain yet."""

    kind: str
    actor: Actor
    subject: str  # what it is about: an application's id, a user name, a version, a file; never a person's data
    public: Public
    application: str = ""  # our id of the application whose key seals; empty: nothing sealed
    applicant: str = ""  # the applicant's random reference
    sealed: Public | None = None
    idempotency_key: str = ""  # the same key twice is one event
    at: datetime | None = None  # None: now by the ledger's clock


@dataclass(frozen=True)
class Seal:
    """The sealed part as it is kept: readable with the application's key alone."""

    nonce: bytes
    ciphertext: bytes
    plaintext_sha256: bytes  # of the plaintext, in which a random salt lies


@dataclass(frozen=True)
class Event:
    """One link: hash = SHA-256(previous hash ‖ digest of everything else)."""

    sequence: int  # from 1, without gaps
    at: datetime  # UTC, never before the event in front
    kind: str
    actor: Actor
    subject: str
    application: str
    applicant: str
    public: Public
    idempotency_key: str
    seal: Seal | None
    previous_hash: bytes
    hash: bytes
