"""The ways in which a decision may leave the recommendation, as they are recorded and as they are told."""

from __future__ import annotations

from collections.abc import Mapping

LOW = "low"  # approved what the model would decline
HIGH = "high"  # declined what the model would approve
REFERRAL = "referral"  # an officer approved or declined where a second look was recommended: no override

OVERRIDES = (LOW, HIGH)

SIDE_WORDS: Mapping[str, str] = {
    LOW: "low-side override",
    HIGH: "high-side override",
    REFERRAL: "instead of a referral",
}
