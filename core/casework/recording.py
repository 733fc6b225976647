"""What is written down of a score and of a decision: public and sealed parts, ready for the chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.casework.kinds import DECIDED, SCORED
from core.casework.layout import (
    FORMAT,
    PublicScore,
    SealedFamily,
    SealedFeature,
    SealedReason,
    SealedScore,
    as_mapping,
    packed,
)
from core.casework.versions import Provenance
from core.ledger.event import Actor, Draft, Public
from core.ledger.keys import ApplicationKey
from core.portfolio.application import Application
from core.scoring.contributions import log_odds_of, row_of
from core.scoring.score import Score
from core.scoring.sentence import headline

STORED, TYPED = "stored:", "typed:"  # how a lookup begins
MOST_FEATURES = 20  # kept in the words of then; the largest waterfall of the page shows 15


@dataclass(frozen=True)
class ScoredCase:
    """A score with everything that is needed to show it and to repeat it years later."""

    score: Score
    application: Application  # the raw fields as scored
    row: NDArray[np.float32]  # as scored, in the model's order
    headline: str  # as shown
    warnings: tuple[str, ...]  # where the model has hardly seen the like, as shown
    amount: float | None  # what was asked for, in the portfolio's currency
    lookup: str  # names the same application again: `stored_lookup`, `typed_lookup`
    history_of: str | None  # the client whose past counts
    sql_fingerprint: str
    tables_fingerprint: str
    provenance: Provenance


@dataclass(frozen=True)
class Origin:
    """Where the row of a score came from."""

    application: Application
    lookup: str
    history_of: str | None
    sql_fingerprint: str
    tables_fingerprint: str


def scored_case(
    score: Score, warnings: tuple[str, ...], origin: Origin, amount: float | None, provenance: Provenance
) -> ScoredCase:
    """The case of a score that was just made."""
    return ScoredCase(
        score=score,
        application=origin.application,
        row=row_of(score.contributions),
        headline=headline(score),
        warnings=warnings,
        amount=amount,
        lookup=origin.lookup,
        history_of=origin.history_of,
        sql_fingerprint=origin.sql_fingerprint,
        tables_fingerprint=origin.tables_fingerprint,
        provenance=provenance,
    )


def stored_lookup(applicant_key: str) -> str:
    """The application that lies in the portfolio under this applicant's key."""
    return f"{STORED}{applicant_key}"


def typed_lookup(application: Application, history_of: str | None) -> str:
    """The application with these very fields and this history, whoever types them and when."""
    content = json.dumps([dict(application.fields), history_of], sort_keys=True, separators=(",", ":"))
    return f"{TYPED}{hashlib.sha256(content.encode()).hexdigest()}"


def scored_draft(
    case: ScoredCase,
    keys: ApplicationKey,
    actor: Actor,
    demo: bool = False,
    idempotency_key: str = "",
    at: datetime | None = None,
) -> Draft:
    """The event of a score."""
    return Draft(
        kind=SCORED,
        actor=actor,
        subject=keys.application,
        public=_without_decision(_public(case, demo)),
        application=keys.application,
        applicant=keys.applicant,
        sealed=as_mapping(_sealed(case)),
        idempotency_key=idempotency_key,
        at=at,
    )


@dataclass(frozen=True)
class ScoredRecord:
    """A score on the chain, as a decision on it repeats it."""

    sequence: int
    application: str
    applicant: str
    public: Public
    sealed: Public


@dataclass(frozen=True)
class Ruling:
    """What a person decided, judged by the rules."""

    decision: str
    override_code: str = ""
    override_side: str = ""
    note: str = ""
    settles: int | None = None  # the decision that referred the case
    request: str = ""  # the idempotency key of the form


def decided_draft(
    record: ScoredRecord, ruling: Ruling, actor: Actor, demo: bool = False, at: datetime | None = None
) -> Draft:
    """The event of a decision: it holds everything of its score again, so that it stands alone."""
    return Draft(
        kind=DECIDED,
        actor=actor,
        subject=record.application,
        public={
            **record.public,
            "decision": ruling.decision,
            "override_code": ruling.override_code,
            "override_side": ruling.override_side,
            "score": record.sequence,
            "settles": ruling.settles,
            "request": ruling.request,
            "demo": demo,
        },
        application=record.application,
        applicant=record.applicant,
        sealed={**record.sealed, "note": ruling.note},
        idempotency_key=f"{DECIDED}:{ruling.request}" if ruling.request else "",
        at=at,
    )


def _public(case: ScoredCase, demo: bool) -> PublicScore:
    score, made_by = case.score, case.provenance
    return PublicScore(
        recommendation=score.recommendation.value,
        default_probability=score.default_probability,
        margin=score.margin,
        points=score.points,
        grade=score.grade,
        amount=case.amount,
        model_version=score.model_version,
        model_sha256=made_by.model_sha256,
        calibrator_version=made_by.calibrator_version,
        policy_version=score.policy_version,
        software_version=made_by.software_version,
        latency_ms=score.latency_ms,
        demo=demo,
    )


_OF_DECISION = ("decision", "override_code", "override_side", "score", "settles", "request")


def _without_decision(public: PublicScore) -> Public:
    return {name: value for name, value in as_mapping(public).items() if name not in _OF_DECISION}


def _sealed(case: ScoredCase) -> SealedScore:
    score = case.score
    return SealedScore(
        format=FORMAT,
        applicant=score.applicant,
        application=dict(case.application.fields),
        row=packed(case.row),
        contributions=packed(log_odds_of(score.contributions)),
        base=score.base,
        calibration=score.calibration,
        families=tuple(
            SealedFamily(family=f.family, label=f.label, contribution=f.contribution, unknown=f.unknown)
            for f in score.families
        ),
        reasons=tuple(
            SealedReason(family=r.family, label=r.label, raises=r.raises, text=r.text, contribution=r.contribution)
            for r in score.reasons
        ),
        features=_largest(score),
        headline=case.headline,
        warnings=case.warnings,
        expected_loss=score.expected_loss,
        cut=score.cut,
        decline_from=score.decline_from,
        scored_at=score.scored_at.isoformat(),
        lookup=case.lookup,
        history_of=case.history_of,
        sql_fingerprint=case.sql_fingerprint,
        tables_fingerprint=case.tables_fingerprint,
    )


def _largest(score: Score) -> tuple[SealedFeature, ...]:
    """The features a waterfall may name, in its order; the others are never written out: there are hundreds."""
    places = np.argsort(-np.abs(log_odds_of(score.contributions)), kind="stable")[:MOST_FEATURES].tolist()
    parts = ((place, score.contributions[place]) for place in places)
    return tuple(
        SealedFeature(place=place, feature=part.feature, label=part.label, family=part.family, shown=part.shown)
        for place, part in parts
    )
