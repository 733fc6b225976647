"""When another model or another policy came into force: what a chart of decisions marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.casework.history_question import Period
from core.casework.json_fields import number
from core.casework.kinds import MODEL_ACTIVATED, POLICY_ACTIVATED
from core.ledger.event import Event

_MOST = 1_000


class Readable(Protocol):
    """What is needed of the ledger."""

    def events(self, after: int = 0, limit: int = 1_000, kinds: Sequence[str] = ()) -> tuple[Event, ...]: ...


@dataclass(frozen=True)
class Change:
    at: datetime
    is_policy: bool  # else a model
    version: str
    first: bool  # nothing of its kind was in force before
    approve_below: float | None = None  # of a policy, PD
    decline_from: float | None = None


def changes(ledger: Readable) -> tuple[Change, ...]:
    """All of them, oldest first."""
    events = ledger.events(limit=_MOST, kinds=(MODEL_ACTIVATED, POLICY_ACTIVATED))
    firsts = {event.kind: event.sequence for event in reversed(events)}
    return tuple(
        Change(
            at=event.at,
            is_policy=event.kind == POLICY_ACTIVATED,
            version=event.subject,
            first=firsts[event.kind] == event.sequence,
            approve_below=number(event.public, "approve_below"),
            decline_from=number(event.public, "decline_from"),
        )
        for event in events
    )


def within(everything: Sequence[Change], period: Period) -> tuple[Change, ...]:
    """Those of the period that took the place of something else."""
    return tuple(one for one in everything if not one.first and _holds(period, one.at))


def policy_at_the_end(everything: Sequence[Change], period: Period) -> Change | None:
    """The policy that was in force when the period ended."""
    policies = [one for one in everything if one.is_policy and (period.end is None or one.at < period.end)]
    return policies[-1] if policies else None


def _holds(period: Period, at: datetime) -> bool:
    return (period.start is None or period.start <= at) and (period.end is None or at < period.end)
