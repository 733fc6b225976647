"""What happened to an application since an event of it, each in a sentence, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import duckdb

from core.casework.case_state import day_words, done_by, moment_words
from core.casework.json_fields import number, text, whole
from core.casework.kinds import CORRECTED, DECIDED, ERASED, OUTCOME, SCORED
from core.casework.override_sides import OVERRIDES, REFERRAL, SIDE_WORDS
from core.casework.record import NamesFeatures, Record, read
from core.errors import SolventError
from core.ledger.event import Event, Json
from core.portfolio.contract import Contract
from core.portfolio.wording import percent

_ERASURES = """
    select sequence from erasures
    where application = $application or (application = '' and applicant = $applicant and $applicant <> '')
    order by sequence"""

_AGAINST: Mapping[str, str] = {
    **dict.fromkeys(OVERRIDES, " although that was not recommended"),
    REFERRAL: f", {SIDE_WORDS[REFERRAL]}",
}


class Traced(Protocol):
    """What is needed of the ledger to follow an application."""

    def event(self, sequence: int) -> Event: ...
    def of_application(self, application: str) -> tuple[Event, ...]: ...
    def unsealed(self, event: Event) -> dict[str, Json]: ...
    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]: ...


@dataclass(frozen=True)
class Happening:
    sequence: int
    at: datetime
    kind: str
    words: str  # a sentence with who and when, without the number


@dataclass(frozen=True)
class RecordHistory:
    record: Record
    before: tuple[Happening, ...]
    since: tuple[Happening, ...]


def history_record(
    ledger: Traced, sequence: int, contract: Contract, models: Callable[[str], NamesFeatures]
) -> RecordHistory:
    """The record as it was shown then, and what happened to its application before and since.

    `models` gives the model of a version; where it refuses, the record says what is lost. Raises UnknownRecord,
    and ErasedRecord for a person who was forgotten (`happenings` still tells what happened).
    """
    event = ledger.event(sequence)
    record = read(event, ledger.unsealed(event), contract, _model_of(event, models))
    told = happenings(ledger, event)
    return RecordHistory(
        record=record,
        before=tuple(one for one in told if one.sequence < sequence),
        since=tuple(one for one in told if one.sequence > sequence),
    )


def happenings(ledger: Traced, event: Event) -> tuple[Happening, ...]:
    """All events of this event's application, and erasures of its applicant, in order."""
    own = {one.sequence: one for one in ledger.of_application(event.application)} if event.application else {}
    asked = {"application": event.application, "applicant": event.applicant}
    with ledger.reading() as cursor:
        erasures = [int(sequence) for (sequence,) in cursor.execute(_ERASURES, asked).fetchall()]
    own.update({sequence: ledger.event(sequence) for sequence in erasures if sequence not in own})
    return tuple(_happening(own[sequence]) for sequence in sorted(own))


def _model_of(event: Event, models: Callable[[str], NamesFeatures]) -> NamesFeatures | None:
    try:
        return models(text(event.public, "model_version"))
    except SolventError:
        return None


def _happening(event: Event) -> Happening:
    return Happening(event.sequence, event.at, event.kind, _WORDS.get(event.kind, _other)(event))


def _scored(event: Event) -> str:
    probability = number(event.public, "default_probability")
    if probability is None:
        return f"Scored by {_by(event)}."
    recommended = text(event.public, "recommendation")
    return f"Scored by {_by(event)}: PD {percent(probability)}, {recommended} recommended."


def _decided(event: Event) -> str:
    words = done_by(event)
    against = _AGAINST.get(text(event.public, "override_side"), "")
    code = text(event.public, "override_code").replace("_", " ")
    why = f"; reason: {code}" if code else ""
    return f"{words[0].upper()}{words[1:]}{against}{why}."


def _outcome(event: Event) -> str:
    corrects = whole(event.public, "corrects")
    corrected = f", which corrects event {corrects:,}" if corrects is not None else ""
    return f"Outcome: {text(event.public, 'outcome')}{_observed(event)}{corrected}; entered by {_by(event)}."


def _observed(event: Event) -> str:
    """Empty where no day is told, or none that can be read."""
    try:
        return f", observed on {day_words(date.fromisoformat(text(event.public, 'observed_on')))}"
    except ValueError:
        return ""


def _erased(event: Event) -> str:
    return f"Erased by {_by(event)}: its data can no longer be read from the record."


def _other(event: Event) -> str:
    return f"{event.kind.replace('_', ' ').capitalize()} by {_by(event)}."


def _by(event: Event) -> str:
    return f"{event.actor.name} on {moment_words(event.at)}"


_WORDS: Mapping[str, Callable[[Event], str]] = {
    SCORED: _scored,
    DECIDED: _decided,
    OUTCOME: _outcome,
    CORRECTED: _outcome,
    ERASED: _erased,
}
