"""An event as a row of the store's table, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from core.ledger.canonical import canonical
from core.ledger.event import Actor, Event, Seal
from core.ledger.moments import stored

EVENT_COLUMNS = (
    "sequence",
    "at",
    "kind",
    "actor",
    "role",
    "address",
    "subject",
    "application",
    "applicant",
    "idempotency_key",
    "public",
    "nonce",
    "ciphertext",
    "plaintext_sha256",
    "previous_hash",
    "hash",
)
EventRow = tuple[
    int,
    datetime,
    str,
    str,
    str,
    str,
    str,
    str,
    str,
    str,
    str,
    bytes | None,
    bytes | None,
    bytes | None,
    bytes,
    bytes,
]


def row_of(event: Event) -> EventRow:
    seal = event.seal
    return (
        event.sequence,
        stored(event.at),
        event.kind,
        event.actor.name,
        event.actor.role,
        event.actor.address,
        event.subject,
        event.application,
        event.applicant,
        event.idempotency_key,
        canonical(event.public),
        seal.nonce if seal else None,
        seal.ciphertext if seal else None,
        seal.plaintext_sha256 if seal else None,
        event.previous_hash,
        event.hash,
    )


def event_of_row(row: EventRow) -> Event:
    sequence, at, kind, actor, role, address, subject, application, applicant, key, public = row[:11]
    nonce, ciphertext, plaintext_sha256, previous_hash, own_hash = row[11:]
    sealed = nonce is not None and ciphertext is not None and plaintext_sha256 is not None
    return Event(
        sequence=sequence,
        at=at.replace(tzinfo=UTC),
        kind=kind,
        actor=Actor(actor, role, address),
        subject=subject,
        application=application,
        applicant=applicant,
        public=json.loads(public),
        idempotency_key=key,
        seal=Seal(nonce, ciphertext, plaintext_sha256) if sealed else None,  # type: ignore[arg-type]
        previous_hash=previous_hash,
        hash=own_hash,
    )
