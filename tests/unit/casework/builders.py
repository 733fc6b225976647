"""Scored cases and events on a chain that is only in the head of the test; truth is the linear model's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import numpy as np

from core.casework.recording import Origin, ScoredCase, scored_case, stored_lookup
from core.casework.versions import Provenance
from core.ledger.event import Actor, Draft, Event, Json
from core.portfolio.application import Application
from core.portfolio.contract import Code, Contract, ReasonCode
from core.scoring.score import Score
from core.scoring.scorer import Scorer
from tests.unit.scoring.builders import NOW, POLICY, LinearModel, a_contract

WEIGHTS = {"income": -0.5, "outside": -1.0, "working": 0.0, "children": 0.1, "loan": 0.00001}
MODEL = LinearModel(WEIGHTS)
ACTOR = Actor("ana", "officer", "10.0.0.7")
WARNINGS = ("Income: 9,000 lies outside what the model has seen; the nearest is 8,500.",)
PROVENANCE = Provenance("ab" * 32, "calibration-1a2b3c4d", "solvent-1a2b3c4d")


def scored(values: Sequence[float] = (1.0, 0.5, -400.0, 2.0, 1000.0), applicant: str = "100001") -> Score:
    """What the linear model says about these values."""
    scorer = Scorer(MODEL, POLICY, a_contract(), lambda: NOW)
    row = np.array(values, dtype=np.float32)
    return replace(scorer.score(row, MODEL.features, applicant, 1000.0), latency_ms=1.25)


def a_case(score: Score | None = None, lookup: str = "", history_of: str | None = "100001") -> ScoredCase:
    made = score or scored()
    application = Application({"KEY": 100001, "LOAN": 1000.0, "INCOME": 1.0, "TRADE": "baker", "CHILDREN": None})
    origin = Origin(application, lookup or stored_lookup(made.applicant), history_of, "sql-1", "tables-1")
    return scored_case(made, WARNINGS, origin, 1000.0, PROVENANCE)


def as_event(draft: Draft, sequence: int = 1) -> tuple[Event, dict[str, Json]]:
    """The event of this draft and its sealed part, both through JSON as the chain keeps them."""
    public = json.loads(json.dumps(dict(draft.public), allow_nan=False))
    sealed = json.loads(json.dumps(dict(draft.sealed or {}), allow_nan=False, sort_keys=True))
    event = Event(
        sequence=sequence,
        at=draft.at or datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        kind=draft.kind,
        actor=draft.actor,
        subject=draft.subject,
        application=draft.application,
        applicant=draft.applicant,
        public=public,
        idempotency_key=draft.idempotency_key,
        seal=None,
        previous_hash=b"",
        hash=b"",
    )
    return event, sealed


def a_lender() -> Contract:
    """The small contract with the decisions of a real one, and a reason for each way of deciding and for both."""
    decisions = ("approve", "approve_changed_terms", "refer", "decline", "withdrawn")
    reasons = {
        "known_client": ("approve",),
        "income_doubtful": ("decline",),
        "data_corrected": ("approve", "decline"),
        "terms_changed": ("approve_changed_terms",),
    }
    return msgspec.structs.replace(
        a_contract(),
        decisions=tuple(Code(code=word, label=_label(word)) for word in decisions),
        overrides=tuple(ReasonCode(code=word, label=_label(word), fits=fits) for word, fits in reasons.items()),
    )


def _label(word: str) -> dict[str, str]:
    return {"en": word.replace("_", " ").capitalize()}
