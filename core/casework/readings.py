"""What people filter the chain's casework by: scores, decisions, outcomes and erasures, one row per event.

The columns come from the public part alone, so that a reading outlives the keys of what was erased.
"""

from __future__ import annotations

from datetime import date

from core.casework.json_fields import flag, number, text, whole
from core.casework.kinds import CORRECTED, DECIDED, ERASED, OUTCOME, SCORED
from core.ledger.event import Event, Public
from core.ledger.moments import stored
from core.ledger.reading import Cell, Reading

_WHO = (
    ("sequence", "bigint"),
    ("at", "timestamp"),  # UTC
    ("application", "varchar"),
    ("applicant", "varchar"),
    ("actor", "varchar"),
    ("role", "varchar"),
)
_SCORE = (
    ("recommendation", "varchar"),
    ("default_probability", "double"),
    ("points", "double"),
    ("grade", "varchar"),
    ("amount", "double"),
    ("model_version", "varchar"),
    ("policy_version", "varchar"),
)


def _who(event: Event) -> tuple[Cell, ...]:
    at = stored(event.at)
    return event.sequence, at, event.application, event.applicant, event.actor.name, event.actor.role


def _score(public: Public) -> tuple[Cell, ...]:
    return (
        text(public, "recommendation"),
        number(public, "default_probability"),
        number(public, "points"),
        text(public, "grade"),
        number(public, "amount"),
        text(public, "model_version"),
        text(public, "policy_version"),
    )


def _score_row(event: Event) -> tuple[Cell, ...]:
    public = event.public
    return *_who(event), *_score(public), number(public, "latency_ms"), flag(public, "demo")


def _decision_row(event: Event) -> tuple[Cell, ...]:
    public = event.public
    return (
        *_who(event),
        *_score(public),
        text(public, "decision"),
        text(public, "override_code"),
        text(public, "override_side"),
        whole(public, "score"),
        whole(public, "settles"),
        flag(public, "demo"),
    )


def _outcome_row(event: Event) -> tuple[Cell, ...]:
    public = event.public
    at = stored(event.at)
    return (
        event.sequence,
        at,
        event.application,
        text(public, "outcome"),
        _day(text(public, "observed_on")),
        whole(public, "corrects"),
        whole(public, "decision"),
    )


def _erasure_row(event: Event) -> tuple[Cell, ...]:
    return event.sequence, stored(event.at), event.application, event.applicant


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


SCORES = Reading(
    table="scores",
    columns=(*_WHO, *_SCORE, ("latency_ms", "double"), ("demo", "boolean")),
    kinds=frozenset({SCORED}),
    row=_score_row,
)
DECISIONS = Reading(
    table="decisions",
    columns=(
        *_WHO,
        *_SCORE,
        ("decision", "varchar"),
        ("override_code", "varchar"),
        ("override_side", "varchar"),  # as `override_sides` names them
        ("score_sequence", "bigint"),  # the scored event that was decided on
        ("settles", "bigint"),  # the decided event that referred the case, where this one closes it
        ("demo", "boolean"),
    ),
    kinds=frozenset({DECIDED}),
    row=_decision_row,
)
OUTCOMES = Reading(
    table="outcomes",
    columns=(
        ("sequence", "bigint"),
        ("at", "timestamp"),  # UTC
        ("application", "varchar"),
        ("outcome", "varchar"),
        ("observed_on", "date"),
        ("corrects", "bigint"),  # the sequence of the outcome it takes the place of
        ("decision_sequence", "bigint"),  # the decided event that approved what was repaid or not
    ),
    kinds=frozenset({OUTCOME, CORRECTED}),
    row=_outcome_row,
)
ERASURES = Reading(
    table="erasures",
    columns=(
        ("sequence", "bigint"),
        ("at", "timestamp"),  # UTC
        ("application", "varchar"),
        ("applicant", "varchar"),
    ),
    kinds=frozenset({ERASED}),
    row=_erasure_row,
)
READINGS = (SCORES, DECISIONS, OUTCOMES, ERASURES)
