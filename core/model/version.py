"""What names a model: the day of its training and its content, e.g. 20261121-1a2b3c4d."""

from __future__ import annotations

import msgspec

from core.model.card import Card
from core.model.files import CARD, FILES, Sums, digest


def as_json(value: msgspec.Struct) -> bytes:
    """As it is written to the model's folder."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def version_of(card: Card, sums: Sums) -> str:
    """Day and content; the time of day and the version itself do not count.

    The card counts as it is read back from its file, so that writer and reader come to the same version.
    """
    midnight = card.trained_at.replace(hour=0, minute=0, second=0, microsecond=0)
    read_back = msgspec.json.decode(msgspec.json.encode(card), type=Card)
    named = {**sums, CARD: digest(as_json(msgspec.structs.replace(read_back, version="", trained_at=midnight)))}
    return f"{card.trained_at:%Y%m%d}-{digest(''.join(named[name] for name in FILES).encode())[:8]}"
