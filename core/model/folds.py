"""Out-of-fold figures: every labelled client scored by a model, calibrator and cut that never saw them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from core.model.booster import Growth, Sample
from core.model.card import OutOfFold
from core.model.cut import RESAMPLES, ErrorCosts, Judged, cheapest_cut, cost_per_client, costs_of
from core.model.intervals import bootstrap, delong
from core.model.learning import learn_crosswise
from core.model.metrics import auc, brier, calibration_errors
from core.model.split import Positions, stratified
from core.progress import Progress


@dataclass(frozen=True)
class _Fold:
    held_out: Positions
    pd: NDArray[np.float64]  # of the held-out rows
    cut: float


def out_of_fold(sample: Sample, folds: int, growth: Growth, costs: ErrorCosts, progress: Progress) -> OutOfFold:
    """The figures of `folds` models, pooled; one process per thread, each with a thread of its own."""
    held_out = stratified(sample.target, (1 / folds,) * folds, growth.seed)
    alone = replace(growth, threads=1)
    tasks = (
        delayed(_one)(sample, positions, replace(alone, seed=growth.seed + 1 + number), costs)
        for number, positions in enumerate(held_out)
    )
    done: list[_Fold] = []
    progress(f"{folds} folds", 0.0)
    for fold in Parallel(n_jobs=min(growth.threads, folds), return_as="generator")(tasks):
        done.append(fold)
        progress(f"{folds} folds", len(done) / folds)
    return _pooled(sample, done, growth, costs)


def _one(sample: Sample, held_out: Positions, growth: Growth, costs: ErrorCosts) -> _Fold:
    """Calibrator and cut are cross-fitted on the rest, so that its trees have about as many rows as the final ones."""
    rest = np.setdiff1d(np.arange(sample.target.size), held_out, assume_unique=True)
    learnt, margins = learn_crosswise(sample, rest, growth)
    cut = cheapest_cut(Judged(learnt.calibration.default_probabilities(margins), sample.target[rest]), costs)
    unseen = learnt.booster.margins(sample.features[held_out], 1)
    return _Fold(held_out, learnt.calibration.default_probabilities(unseen), cut)


def _pooled(sample: Sample, folds: list[_Fold], growth: Growth, costs: ErrorCosts) -> OutOfFold:
    rows = np.concatenate([fold.held_out for fold in folds])
    clients = Judged(np.concatenate([fold.pd for fold in folds]), sample.target[rows])
    at_optimal = costs_of(clients, costs.optimal_cut, costs)

    def mean_cost(chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.array([at_optimal[chosen].mean()])

    own = [cost_per_client(Judged(f.pd, sample.target[f.held_out]), f.cut, costs) * f.pd.size for f in folds]
    return OutOfFold(
        folds=len(folds),
        clients=int(rows.size),
        auc=delong(clients.pd, clients.target),
        fold_auc=tuple(auc(fold.pd, sample.target[fold.held_out]) for fold in folds),
        ece=calibration_errors(clients.pd, clients.target)[0],
        brier=brier(clients.pd, clients.target),
        mean_pd=float(clients.pd.mean()),
        observed_rate=float(clients.target.mean()),
        cost_per_client=bootstrap(mean_cost, int(rows.size), RESAMPLES, growth.seed, growth.threads)[0],
        optimal_cut=costs.optimal_cut,
        cost_at_fold_cuts=sum(own) / rows.size,
        fold_cuts=tuple(fold.cut for fold in folds),
    )
