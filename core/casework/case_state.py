"""Where a case stands: open, referred to a risk manager, or closed; read from what was decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from core.casework.json_fields import text
from core.casework.kinds import DECIDED, SCORED
from core.ledger.event import Event

APPROVE, REFER, DECLINE = "approve", "refer", "decline"
WITHDRAWN = "withdrawn"
CHANGED_TERMS = "approve_changed_terms"

DONE: Mapping[str, str] = {
    APPROVE: "approved",
    REFER: "referred",
    DECLINE: "declined",
    WITHDRAWN: "closed as withdrawn",
    CHANGED_TERMS: "approved with changed terms",
}


class Stage(StrEnum):
    OPEN = "open"
    REFERRED = "referred"  # waits for a risk manager
    CLOSED = "closed"


@dataclass(frozen=True)
class CaseState:
    stage: Stage
    decision: Event | None  # the last one; None while nothing was decided
    score: Event | None  # the last one

    @property
    def words(self) -> str:
        """ "Approved by ana on 21 Nov 2026, 09:30 UTC (event 7,418)", or "Not decided yet"."""
        if self.decision is None:
            return "Not decided yet"
        words = done_words(self.decision)
        return words[0].upper() + words[1:]


def state_of(events: Iterable[Event]) -> CaseState:
    """The state of the one application that these events are about, oldest first."""
    last: dict[str, Event] = {event.kind: event for event in events}
    decision = last.get(DECIDED)
    return CaseState(_stage(decision), decision, last.get(SCORED))


def _stage(decision: Event | None) -> Stage:
    if decision is None:
        return Stage.OPEN
    return Stage.REFERRED if text(decision.public, "decision") == REFER else Stage.CLOSED


def done_words(decision: Event) -> str:
    """ "approved by ana on 21 Nov 2026, 09:30 UTC (event 7,418)"."""
    return f"{done_by(decision)} (event {decision.sequence:,})"


def done_by(decision: Event) -> str:
    """The same where the event's number stands beside it."""
    code = text(decision.public, "decision")
    done = DONE.get(code, f"decided '{code}'")
    return f"{done} by {decision.actor.name} on {moment_words(decision.at)}"


def moment_words(at: datetime) -> str:
    """ "21 Nov 2026, 09:30 UTC": a moment in running text, wherever it is told."""
    utc = at.astimezone(UTC)
    return f"{day_words(utc)}, {utc:%H:%M} UTC"


def day_words(day: date) -> str:
    """ "18 Nov 2026"."""
    return f"{day.day} {day:%b %Y}"
