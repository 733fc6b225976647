"""What verifications found that are on record, whoever asked for them and from where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from core.casework.json_fields import flag, text, whole
from core.casework.kinds import VERIFIED
from core.ledger.event import Public
from core.ledger.head import NO_EVENTS
from core.ledger.ledger import Ledger
from core.ledger.moments import stored
from core.ledger.verification import Verification


@dataclass(frozen=True)
class Recorded:
    """One verification as its event tells it."""

    found: Verification  # without the head, which no event repeats
    at: datetime  # UTC
    against: int | None  # the event at the end of the kept head; None: the chain by itself


def verifications(ledger: Ledger, behind: int, since: datetime) -> tuple[Recorded, ...]:
    """Those behind event number `behind` that were made since then, in order."""
    with ledger.reading() as cursor:
        rows = cursor.execute(
            'select "at", public from events where sequence > ? and kind = ? and "at" >= ? order by sequence',
            [behind, VERIFIED, stored(since)],
        ).fetchall()
    return tuple(_recorded(at.replace(tzinfo=UTC), json.loads(public)) for at, public in rows)


def _recorded(at: datetime, public: Public) -> Recorded:
    found = Verification(
        whole(public, "events") or 0,
        flag(public, "sound"),
        whole(public, "first_bad"),
        text(public, "finding"),
        NO_EVENTS,
        text(public, "warning"),
    )
    return Recorded(found, at, whole(public, "against"))
