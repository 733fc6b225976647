"""The case on the screen: a stored client, or an application typed in; the cards ask it and never mind which."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from core.casework.recording import ScoredCase
from core.casework.reopening import reopened
from core.desk import Desk
from core.ledger.ledger import Ledger
from core.portfolio.application import Application
from core.scoring.field_limits import FieldLimits
from core.scoring.score import Score
from core.scoring.what_if import WhatIf


@dataclass(frozen=True)
class Case:
    desk: Desk
    application: Application
    score: Score
    identity: str  # the same for the same facts: names widgets and cached views
    stored: bool  # scored by its stored row
    history_of: str | None  # the client whose past counts

    @property
    def as_scored(self) -> ScoredCase:
        """With all that it can be shown and repeated from, for the record."""
        if self.stored:
            return self.desk.cases.stored(self.score, self.application)
        return self.desk.cases.typed(self.score, self.application, self.history_of)

    def what_if(self, changes: Mapping[str, object]) -> WhatIf:
        if self.stored:
            return self.desk.what_if_of(self.score.applicant, changes)
        return self.desk.what_if(self.application, changes, self.history_of)

    def limits(self) -> FieldLimits:
        return self.desk.field_limits(self.application, self.score, self.history_of)


def of_client(desk: Desk, client: str) -> Case:
    """The case of a stored client; UnknownApplicant where there is none."""
    score = desk.score(client)
    key = score.applicant
    return Case(desk, desk.application(key), score, key, stored=True, history_of=key)


def of_record(desk: Desk, ledger: Ledger, application: str) -> Case:
    """The case of an application that was scored before; UnknownRecord, ErasedRecord."""
    known = reopened(ledger, application)
    if known.client:
        return of_client(desk, known.client)
    return of_application(desk, known.application, known.history_of or "")


def of_application(desk: Desk, application: Application, history_of: str) -> Case:
    """The case of an application typed in; UnknownApplicant for a history that nobody has."""
    known = history_of or None
    facts = repr((history_of, sorted(application.fields.items(), key=lambda field: field[0])))
    identity = "typed_" + hashlib.sha256(facts.encode()).hexdigest()[:16]
    score = desk.score_application(application, known)
    return Case(desk, application, score, identity, stored=False, history_of=known)
