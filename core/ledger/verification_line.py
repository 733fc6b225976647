"""A line of the journal as evidence: read exactly as it lies there, and not believed before it was checked."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from core.ledger.canonical import canonical, chained
from core.ledger.event import Json, Seal

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True)
class JournalLine:
    """What a line says."""

    fields: dict[str, Json]
    text: str  # of the fields, canonical: what is hashed
    sequence: int
    at: str
    application: str
    seal: Seal | None
    previous_hash: bytes
    stated_hash: bytes

    @property
    def own_hash(self) -> bytes:
        return chained(self.previous_hash, hashlib.sha256(self.text.encode("ascii")).digest())

    @property
    def holds_its_ciphertext(self) -> bool:
        """Whether the sealed part is the one whose digest is hashed."""
        sealed = self.fields["sealed"]
        stated = sealed["ciphertext_sha256"] if isinstance(sealed, dict) else None
        return stated == (hashlib.sha256(self.seal.ciphertext).hexdigest() if self.seal else None)


def read_line(line: bytes) -> JournalLine | None:
    """None when the line was not written here, or is no longer to the byte as it was written."""
    try:
        values = json.loads(line)
        if canonical(values).encode("ascii") != line.removesuffix(b"\n"):
            return None
        fields = values["public"]
        datetime.fromisoformat(fields["at"])
        return JournalLine(
            fields=fields,
            text=canonical(fields),
            sequence=int(fields["sequence"]),
            at=fields["at"],
            application=str(fields["application"]),
            seal=_seal(fields["sealed"], values["ciphertext"]),
            previous_hash=bytes.fromhex(fields["previous_hash"]),
            stated_hash=bytes.fromhex(values["hash"]),
        )
    except UNREADABLE:
        return None


def _seal(sealed: dict[str, str] | None, ciphertext: str | None) -> Seal | None:
    if sealed is None and ciphertext is None:
        return None
    if sealed is None or ciphertext is None:
        raise ValueError("a digest without its ciphertext, or a ciphertext without its digest")
    return Seal(
        bytes.fromhex(sealed["nonce"]),
        base64.b64decode(ciphertext, validate=True),
        bytes.fromhex(sealed["plaintext_sha256"]),
    )
