"""The one way to write an event as bytes, and what is hashed: everything but the ciphertext, of which a digest counts.

    digest = SHA-256(canonical JSON of the body), hash = SHA-256(previous hash ‖ digest)

A line of the journal holds the body, the ciphertext and the hash; so evidence can be checked without any cipher.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from core.ledger.event import Actor, Event, Json, Public, Seal

FORMAT = 1
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


def canonical(values: Public) -> str:
    """The values as JSON that is the same for the same values: ASCII, sorted, no spaces; ValueError for NaN."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def body(event: Event) -> dict[str, Json]:
    """Every field of the event but ciphertext and own hash, as it is hashed and journaled."""
    return {
        "format": FORMAT,
        "sequence": event.sequence,
        "at": written(event.at),
        "kind": event.kind,
        "actor": event.actor.name,
        "role": event.actor.role,
        "address": event.actor.address,
        "subject": event.subject,
        "application": event.application,
        "applicant": event.applicant,
        "idempotency_key": event.idempotency_key,
        "public": dict(event.public),
        "sealed": _sealed(event.seal),
        "previous_hash": event.previous_hash.hex(),
    }


def digest(event: Event) -> bytes:
    return hashlib.sha256(canonical(body(event)).encode("ascii")).digest()


def chained(previous_hash: bytes, event_digest: bytes) -> bytes:
    """The hash of an event with this digest behind the event with that hash."""
    return hashlib.sha256(previous_hash + event_digest).digest()


def hash_of(event: Event) -> bytes:
    """The hash this event must carry."""
    return chained(event.previous_hash, digest(event))


def written(moment: datetime) -> str:
    """The moment in UTC to the microsecond: 2026-03-01T12:00:00.000000Z."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def line(event: Event, to_follow: int = 0) -> bytes:
    """The event as a line of the journal; `to_follow` more lines belong to the same transaction."""
    values: dict[str, Json] = {
        "public": body(event),
        "ciphertext": base64.b64encode(event.seal.ciphertext).decode() if event.seal else None,
        "hash": event.hash.hex(),
    }
    if to_follow:
        values["to_follow"] = to_follow
    return canonical(values).encode("ascii") + b"\n"


def event_of(text: bytes) -> tuple[Event, int]:
    """The event in a line of the journal and how many lines follow in its transaction; ValueError unless it is whole
    and its hash is its own."""
    try:
        values = json.loads(text)
        fields = values["public"]
        if fields["format"] != FORMAT:
            raise ValueError(f"a line of format {fields['format']!r}; this program reads format {FORMAT}")
        event = Event(
            sequence=fields["sequence"],
            at=datetime.fromisoformat(fields["at"]).astimezone(UTC),
            kind=fields["kind"],
            actor=Actor(fields["actor"], fields["role"], fields["address"]),
            subject=fields["subject"],
            application=fields["application"],
            applicant=fields["applicant"],
            public=fields["public"],
            idempotency_key=fields["idempotency_key"],
            seal=_seal(fields["sealed"], values["ciphertext"]),
            previous_hash=bytes.fromhex(fields["previous_hash"]),
            hash=bytes.fromhex(values["hash"]),
        )
        to_follow = int(values.get("to_follow", 0))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no line of a journal: {error}") from error
    if hash_of(event) != event.hash:
        raise ValueError(f"event {event.sequence} is not what its hash says")
    if line(event, to_follow) != text + b"\n":  # a capital among hexadecimal digits reads the same and is damage too
        raise ValueError(f"event {event.sequence} is not written as it was")
    return event, to_follow


def _sealed(seal: Seal | None) -> dict[str, Json] | None:
    if seal is None:
        return None
    return {
        "nonce": seal.nonce.hex(),
        "ciphertext_sha256": hashlib.sha256(seal.ciphertext).hexdigest(),
        "plaintext_sha256": seal.plaintext_sha256.hex(),
    }


def _seal(sealed: Mapping[str, str] | None, ciphertext: str | None) -> Seal | None:
    if sealed is None:
        if ciphertext is not None:
            raise ValueError("a ciphertext that no digest speaks of")
        return None
    if ciphertext is None:
        raise ValueError("a sealed part without its ciphertext")
    return Seal(
        bytes.fromhex(sealed["nonce"]),
        base64.b64decode(ciphertext, validate=True),
        bytes.fromhex(sealed["plaintext_sha256"]),
    )
