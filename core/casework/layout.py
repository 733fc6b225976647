"""What scored and decided events hold, field by field; written by `recording`, read by `record` and `replay`."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import UnknownRecord
from core.ledger.event import Json, Public
from core.portfolio.application import Value

FORMAT = 1  # of the sealed part


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that a later Solvent adds are passed over by this one."""


class PublicScore(_Part, frozen=True, kw_only=True):
    """What anybody who may read the history may filter by; no word about the person."""

    recommendation: str
    default_probability: float
    margin: float
    points: float
    grade: str
    amount: float | None
    model_version: str
    model_sha256: str
    calibrator_version: str
    policy_version: str
    software_version: str
    latency_ms: float
    demo: bool
    decision: str = ""  # from here on: of `decided` only
    override_code: str = ""
    override_side: str = ""
    score: int | None = None  # the sequence of the scored event
    settles: int | None = None  # the sequence of the decision that referred the case, where this one closes it
    request: str = ""  # the idempotency key, made before the click


class SealedFamily(_Part, frozen=True, kw_only=True):
    family: str
    label: str
    contribution: float
    unknown: bool


class SealedReason(_Part, frozen=True, kw_only=True):
    family: str
    label: str
    raises: str
    text: str
    contribution: float


class SealedFeature(_Part, frozen=True, kw_only=True):
    """One of the features that moved the score most, in the words of then."""

    place: int  # in the model's order, from 0
    feature: str
    label: str
    family: str
    shown: str


class SealedScore(_Part, frozen=True, kw_only=True):
    """The person's data and how they were explained; readable with the application's key alone."""

    format: int
    applicant: str
    application: dict[str, Value]  # raw fields as scored
    row: str  # float32, the model's order
    contributions: str  # float64, the model's order
    base: float
    calibration: float
    families: tuple[SealedFamily, ...]
    reasons: tuple[SealedReason, ...]
    features: tuple[SealedFeature, ...]
    headline: str
    expected_loss: float | None
    cut: float
    decline_from: float
    scored_at: str
    lookup: str
    history_of: str | None
    sql_fingerprint: str
    tables_fingerprint: str
    warnings: tuple[str, ...] = ()  # where the model has hardly seen the like, as shown
    note: str = ""  # of `decided`


def as_mapping(part: PublicScore | SealedScore) -> dict[str, Json]:
    return cast("dict[str, Json]", msgspec.to_builtins(part))


def public_score(public: Public, sequence: int) -> PublicScore:
    """The public part of a score or decision; UnknownRecord for any other event."""
    try:
        return msgspec.convert(public, type=PublicScore)
    except msgspec.ValidationError:
        raise UnknownRecord(
            f"Event {sequence:,}: its figures must be those of a score or a decision, got others; read it with the "
            "Solvent that wrote it."
        ) from None


def sealed_score(sealed: Public, sequence: int) -> SealedScore:
    """The sealed part of a score or decision; UnknownRecord where it is not laid out as this Solvent knows."""
    try:
        score = msgspec.convert(sealed, type=SealedScore)
    except msgspec.ValidationError:
        raise _unreadable(sequence, "another layout") from None
    if score.format != FORMAT:
        raise _unreadable(sequence, f"format {score.format}")
    return score


def _unreadable(sequence: int, got: str) -> UnknownRecord:
    return UnknownRecord(
        f"Event {sequence:,}: its sealed part must be in format {FORMAT}, got {got}; read it with the Solvent that "
        "wrote it."
    )


def packed(numbers: NDArray[np.float32] | NDArray[np.float64]) -> str:
    """The very bits of the numbers, little-endian, as base64."""
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()).decode("ascii")


def unpacked_row(text: str) -> NDArray[np.float32]:
    return np.frombuffer(_bits(text, 4), dtype="<f4").astype(np.float32)


def unpacked_contributions(text: str) -> NDArray[np.float64]:
    return np.frombuffer(_bits(text, 8), dtype="<f8").astype(np.float64)


def _bits(text: str, number_bytes: int) -> bytes:
    with suppress(ValueError):
        bits = base64.b64decode(text, validate=True)
        if len(bits) % number_bytes == 0:
            return bits
    raise UnknownRecord(
        f"Record: its numbers must be whole, of {number_bytes} bytes each, got a text of {len(text)} characters that "
        "is not; verify the chain."
    )
