"""Who came when: clients that no model in force had learnt from, and in the last weeks gradually other ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.model.artefact import Model
from core.model.split import split
from core.portfolio.features import TrainingSet

DRIFT_DAYS = 21
DRIFT = 0.6  # standard deviations by which the drifting clients differ on the last day
STRONGEST = 3  # features of the model that drift, beside the amount
_AMOUNT_SHARE = 0.5

Positions = NDArray[np.intp]  # of labelled clients, in the order of their keys


@dataclass(frozen=True)
class Clients:
    """The labelled clients of whom a past may be made."""

    keys: NDArray[np.int64]
    target: NDArray[np.int8]
    unseen_by_first: Positions
    unseen: Positions  # by the present model
    tilt: NDArray[np.float64]  # one per labelled client: how much it belongs to those who come more and more


def clients_of(labelled: TrainingSet, first: Model, present: Model, amount_feature: str) -> Clients:
    """Only clients that served neither model in force then as a teacher: a past of pupils would be too good."""
    unseen = _held_out(labelled.target, present)
    return Clients(
        keys=labelled.keys,
        target=labelled.target,
        unseen_by_first=unseen[unseen >= first.card.rows.all],
        unseen=unseen,
        tilt=_tilt(labelled, present, amount_feature),
    )


def _held_out(target: NDArray[np.int8], model: Model) -> Positions:
    parts = split(target[: model.card.rows.all], model.card.source.seed)
    return np.sort(np.concatenate([parts.validation, parts.test]))


def _tilt(labelled: TrainingSet, model: Model, amount_feature: str) -> NDArray[np.float64]:
    """More risk in the model's strongest features, and larger amounts."""
    place = {name: at for at, name in enumerate(labelled.names)}
    numbers = [card for card in model.card.features if card.kind == "number"]
    strongest = sorted(numbers, key=lambda card: -card.gain_share)[:STRONGEST]
    columns = [_standardised(labelled.features[:, place[card.name]]) for card in strongest]
    risk = sum(_sign(column, labelled.target) * column for column in columns) / STRONGEST
    amount = _standardised(labelled.features[:, place[amount_feature]]) if amount_feature in place else 0.0
    return np.asarray(risk + _AMOUNT_SHARE * amount, dtype=np.float64)


def _standardised(column: NDArray[np.float32]) -> NDArray[np.float64]:
    """In standard deviations from the mean; a missing value lies in the middle."""
    values = column.astype(np.float64)
    return np.asarray(np.nan_to_num((values - np.nanmean(values)) / max(float(np.nanstd(values)), 1e-12)))


def _sign(column: NDArray[np.float64], target: NDArray[np.int8]) -> float:
    return 1.0 if column[target == 1].mean() >= column[target == 0].mean() else -1.0


def choose(
    rng: np.random.Generator, clients: Clients, moments: Sequence[datetime], second_model: datetime, now: datetime
) -> Positions:
    """One client for each of these rising moments, none twice: day by day, so that the drift is gradual."""
    taken = np.zeros(clients.keys.size, dtype=bool)
    chosen = np.empty(len(moments), dtype=np.intp)
    days = [moment.date() for moment in moments]
    first = 0
    while first < len(moments):
        last = first + days[first:].count(days[first])
        pool = clients.unseen_by_first if moments[first] < second_model else clients.unseen
        free = pool[~taken[pool]]
        strength = DRIFT * _drifted(moments[first], now)
        ranks = strength * clients.tilt[free] + rng.gumbel(size=free.size)  # sampling by weight without return
        best = free[np.argsort(-ranks, kind="stable")[: last - first]]
        chosen[first:last] = rng.permutation(best)
        taken[best] = True
        first = last
    return chosen


def most(clients: Clients) -> int:
    """So many visits leave enough clients to choose from on the last day."""
    return int(min(clients.unseen.size * 0.6, clients.unseen_by_first.size * 0.6 * 3))


def _drifted(at: datetime, now: datetime) -> float:
    """0 before the drift, rising to 1 now."""
    return min(max(1 - (now - at) / timedelta(days=DRIFT_DAYS), 0.0), 1.0)
