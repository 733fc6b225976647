"""A score or decision read back from the chain: as it was shown then, whatever has changed since."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.casework.audit_words import label_of
from core.casework.kinds import DECIDED, SCORED
from core.casework.layout import (
    PublicScore,
    SealedFeature,
    SealedScore,
    public_score,
    sealed_score,
    unpacked_contributions,
    unpacked_row,
)
from core.errors import UnknownRecord
from core.ledger.event import Actor, Event, Public
from core.policy.recommendation import Recommendation
from core.portfolio.application import Application
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.wording import NOT_GIVEN, number, shown_as_feature
from core.scoring.score import Contribution, FamilyContribution, Reason, Score


class NamesFeatures(Protocol):
    """What is needed of a model to name the features of its scores."""

    @property
    def features(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Record:
    """One score, or one decision with its score, as it was on the screen."""

    sequence: int
    at: datetime
    kind: str  # scored or decided
    actor: Actor
    application_id: str
    applicant_reference: str
    amount: float | None
    demo: bool
    model_sha256: str
    calibrator_version: str
    software_version: str
    decision: str  # empty for a score
    override_code: str
    override_side: str
    score_sequence: int | None  # of the score that was decided on
    note: str
    score: Score
    application: Application
    row: NDArray[np.float32]  # as scored, in the model's order
    headline: str
    warnings: tuple[str, ...]  # where the model had hardly seen the like
    lookup: str
    history_of: str | None
    sql_fingerprint: str
    tables_fingerprint: str
    caveat: str  # what can no longer be shown as it was; empty: nothing


def read(event: Event, unsealed: Public, contract: Contract, model: NamesFeatures | None) -> Record:
    """The record of this event.

    `model` is the one that scored; None where its folder is gone: then only the features that moved the score
    most have their names, as they were stored. Raises UnknownRecord for an event of another kind or format.
    """
    if event.kind not in (SCORED, DECIDED):
        raise _of_another_kind(event)
    public, sealed = public_score(event.public, event.sequence), sealed_score(unsealed, event.sequence)
    row, shares = unpacked_row(sealed.row), unpacked_contributions(sealed.contributions)
    names = model.features if model is not None and len(model.features) == len(row) else None
    contributions = _contributions(row, shares, _Words(sealed.features, names, contract))
    return Record(
        sequence=event.sequence,
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        application_id=event.application,
        applicant_reference=event.applicant,
        amount=public.amount,
        demo=public.demo,
        model_sha256=public.model_sha256,
        calibrator_version=public.calibrator_version,
        software_version=public.software_version,
        decision=public.decision,
        override_code=public.override_code,
        override_side=public.override_side,
        score_sequence=public.score,
        note=sealed.note,
        score=_score(public, sealed, contributions, event.sequence),
        application=Application(sealed.application),
        row=row,
        headline=sealed.headline,
        warnings=sealed.warnings,
        lookup=sealed.lookup,
        history_of=sealed.history_of,
        sql_fingerprint=sealed.sql_fingerprint,
        tables_fingerprint=sealed.tables_fingerprint,
        caveat="" if names is not None else _nameless(public.model_version, len(sealed.features), len(row)),
    )


def _of_another_kind(event: Event) -> UnknownRecord:
    return UnknownRecord(
        f"Event {event.sequence:,}: must be a score or a decision to be shown here, got “{label_of(event.kind)}”; "
        "the Audit page has every event, for those who may open it."
    )


def _score(public: PublicScore, sealed: SealedScore, contributions: tuple[Contribution, ...], sequence: int) -> Score:
    return Score(
        applicant=sealed.applicant,
        margin=public.margin,
        base=sealed.base,
        contributions=contributions,
        families=tuple(FamilyContribution(f.family, f.label, f.contribution, f.unknown) for f in sealed.families),
        calibration=sealed.calibration,
        default_probability=public.default_probability,
        points=public.points,
        grade=public.grade,
        recommendation=_recommendation(public.recommendation, sequence),
        cut=sealed.cut,
        decline_from=sealed.decline_from,
        reasons=tuple(Reason(r.family, r.label, r.raises, r.text, r.contribution) for r in sealed.reasons),
        expected_loss=sealed.expected_loss,
        model_version=public.model_version,
        policy_version=public.policy_version,
        scored_at=datetime.fromisoformat(sealed.scored_at),
        latency_ms=public.latency_ms,
    )


def _recommendation(word: str, sequence: int) -> Recommendation:
    try:
        return Recommendation(word)
    except ValueError:
        raise UnknownRecord(
            f"Event {sequence}: its recommendation must be one of {', '.join(Recommendation)}, got {word[:40]!r}; "
            "read it with the Solvent that wrote it."
        ) from None


def _contributions(row: NDArray[np.float32], shares: NDArray[np.float64], words: _Words) -> tuple[Contribution, ...]:
    placed = enumerate(zip(row.tolist(), shares.tolist(), strict=True))
    return tuple(words.contribution(place, value, share) for place, (value, share) in placed)


class _Words:
    """How a feature is named: as it was shown then, else by the contract of today, else by its place."""

    def __init__(self, kept: Sequence[SealedFeature], names: Sequence[str] | None, contract: Contract) -> None:
        self._kept: Mapping[int, SealedFeature] = {feature.place: feature for feature in kept}
        self._names = names
        self._contract = contract

    def contribution(self, place: int, stored: float, share: float) -> Contribution:
        value = None if math.isnan(stored) else stored
        kept = self._kept.get(place)
        if kept is not None:
            return Contribution(kept.feature, kept.label, kept.family, value, kept.shown, share)
        if self._names is None:
            return _unnamed(f"feature {place + 1}", f"Feature in place {place + 1}", value, share)
        return self._described(self._names[place], value, share)

    def _described(self, name: str, value: float | None, share: float) -> Contribution:
        try:
            meaning = feature_meaning(self._contract, name)
        except KeyError:  # the contract of today no longer knows it
            return _unnamed(name, name, value, share)
        return Contribution(name, meaning.label, meaning.family, value, shown_as_feature(value, meaning), share)


def _unnamed(name: str, label: str, value: float | None, share: float) -> Contribution:
    return Contribution(name, label, "", value, NOT_GIVEN if value is None else number(value), share)


def _nameless(model_version: str, kept: int, all_features: int) -> str:
    return (
        f"The files of model {model_version} are not here any more. The figures, the families and the {kept} "
        f"features that moved the score most are shown as they were; the other {all_features - kept} features have "
        "lost their names."
    )
