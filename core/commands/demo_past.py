"""The demo desk's past: an earlier model and policy, and a ledger made aside that is put in place as a whole."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from core.casework.demo.clients import clients_of
from core.casework.demo.making import (
    SECOND_MODEL_DAYS_AGO,
    SECOND_POLICY_DAYS_AGO,
    START_DAYS_AGO,
    Scene,
    make_past,
    morning,
)
from core.casework.demo.past import Era
from core.casework.readings import READINGS
from core.commands.demo_portfolio import is_demo, remaking
from core.commands.journal_look import begins_with_a_past, has_events
from core.desk import Desk
from core.desk_parts import Parts, open_parts
from core.errors import TrainingRefused
from core.ledger.ledger import Ledger
from core.ledger.lock import LedgerLock
from core.model import artefact
from core.model.artefact import Model
from core.model.booster import Parameters
from core.model.training import TrainingOptions, train
from core.policy import registry as policies
from core.progress import Progress
from core.settings import Settings

# The earlier model: fewer applicants and fewer, larger steps; calibrated and measured like any other.
EARLIER = TrainingOptions(share=0.6, parameters=Parameters(rounds=300, patience=80, learning_rate=0.06))
EARLIER_APPROVE_BELOW, EARLIER_DECLINE_FROM = 0.08, 0.20
_PART = ".part"


def why_none(settings: Settings) -> str:
    """Why this demo has no past and gets none any more, in a sentence; empty where it has one, or is no demo."""
    ledger_dir = settings.ledger_dir
    if not has_events(ledger_dir) or begins_with_a_past(ledger_dir) or not is_demo(settings):
        return ""
    return (
        f"Past: this demo has none and gets none, because the record in {ledger_dir} holds something else already; "
        f"to have one, forget the demo and make it anew: {remaking(settings)}."
    )


def present_model_trained_at(now: datetime) -> datetime:
    """The day before the past lets it come into force."""
    return now - timedelta(days=SECOND_MODEL_DAYS_AGO + 1)


def add_past(settings: Settings, seed: int, now: datetime, progress: Progress) -> bool:
    """A desk without events gets its past: whole, or none at all when this is killed.

    False where there are too few clients for an earlier model, or something was recorded meanwhile: that stays.
    """
    aside = settings.ledger_dir.with_name(f"{settings.ledger_dir.name}{_PART}")
    shutil.rmtree(aside, ignore_errors=True)
    parts = open_parts(settings, lambda: now)
    with closing(parts.tables), closing(parts.features):
        try:
            earlier = _earlier_model(parts, now, progress)
        except TrainingRefused:
            return False
        if has_events(settings.ledger_dir):
            return False
        eras = _eras(parts, earlier, now)
        labelled = parts.features.training_set()
        amount = parts.policy.exposure_column.lower()
        clients = clients_of(labelled, earlier, parts.model, amount)
        with closing(Ledger.open(aside, settings.master_key_file, READINGS, lambda: now)) as ledger:
            scene = Scene(ledger, parts.contract, parts.tables, clients, eras)
            rng = np.random.default_rng([seed, labelled.keys.size])
            make_past(scene, now, rng, lambda done: progress("making a believable past", done))
    if not _put_in_place(aside, settings.ledger_dir):
        shutil.rmtree(aside)
        return False
    policies.activate(settings.policies_dir, parts.policy.version)
    progress("a believable past is made", 1.0)
    return True


def _earlier_model(parts: Parts, now: datetime, progress: Progress) -> Model:
    """As if it had been trained when it came into force; it is not put in force now."""
    trained_at = now - timedelta(days=START_DAYS_AGO + 1)

    def told(step: str, done: float | None = None) -> None:
        progress(f"an earlier model: {step}", done)

    card = train(parts.features, parts.contract, parts.settings, EARLIER, told, lambda: trained_at, activate=False)
    return artefact.load(parts.settings.models_dir / card.version)


def _eras(parts: Parts, earlier: Model, now: datetime) -> tuple[Era, ...]:
    """First the earlier model and policy, then the present model, then the present policy too."""
    policy = replace(parts.policy, approve_below=EARLIER_APPROVE_BELOW, decline_from=EARLIER_DECLINE_FROM)
    for kept in (policy, parts.policy):
        policies.keep(kept, parts.settings.policies_dir)
    return (
        Era(morning(now, START_DAYS_AGO), Desk(replace(parts, model=earlier, policy=policy))),
        Era(morning(now, SECOND_MODEL_DAYS_AGO), Desk(replace(parts, policy=policy))),
        Era(morning(now, SECOND_POLICY_DAYS_AGO), Desk(parts)),
    )


def _put_in_place(made: Path, ledger_dir: Path) -> bool:
    """A folder in which nothing was ever recorded makes room, unless somebody has it open; whether it did."""
    if ledger_dir.exists():
        lock = LedgerLock.take(ledger_dir)
        try:
            if has_events(ledger_dir):  # looked at again: the past took minutes to make
                return False
            shutil.rmtree(ledger_dir)
        finally:
            lock.release()
    made.rename(ledger_dir)
    return True
