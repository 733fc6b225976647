"""What one score costs in process, beside the ways one would otherwise take."""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pandas as pd
import shap

from core.desk import Desk
from tests.bench.measure import side_by_side

SAMPLE = 200
BATCH_SECONDS = 3.0


def run(desk: Desk) -> None:
    keys = desk.tables.keys(limit=SAMPLE)
    rows = desk.model_rows(keys)
    next_row = itertools.cycle(rows).__next__
    wrapper, explainer = _wrapper(desk), _explainer(desk)
    frames = itertools.cycle([pd.DataFrame(row[None, :], columns=list(desk.model.features)) for row in rows]).__next__

    print(f"\nOne stored applicant, {len(desk.model.features)} features in memory, one thread")
    plain, sklearn_frame = side_by_side(
        {
            "PD (target ≤ 0.3 ms)": lambda: desk.model.default_probability(desk.model.margin(next_row())),
            "scikit-learn wrapper, predict_proba on a DataFrame row": lambda: wrapper.predict_proba(frames()),
        },
        calls=300,
    )
    print(plain.line())
    print(sklearn_frame.line(plain))

    names = desk.model.features
    explained, shap_row, shap_frame = side_by_side(
        {
            "PD + exact explanation (target ≤ 2 ms, p95 ≤ 4 ms)": lambda: desk.scorer.score(
                next_row(), names, "bench", None
            ),
            "shap.TreeExplainer on a numpy row": lambda: explainer.shap_values(next_row()[None, :]),
            "shap.TreeExplainer on a DataFrame row": lambda: explainer.shap_values(frames()),
        },
        calls=300,
    )
    print(explained.line())
    print(shap_row.line(explained))
    print(shap_frame.line(explained))

    next_key = itertools.cycle(keys).__next__
    looked_up, scored = side_by_side(
        {
            "look-up of one applicant's features by ID (target ≤ 3 ms)": lambda: desk.features.row(next_key()),
            "look-up + PD + explanation by ID": lambda: desk.score(next_key()),
        },
        calls=300,
    )
    print(looked_up.line())
    print(scored.line())
    _throughput(desk, keys, rows)


def _throughput(desk: Desk, keys: list[str], rows: np.ndarray) -> None:
    def look_up_and_score(key: str) -> float:
        return desk.model.default_probability(desk.model.margin(desk.model_rows([key])[0]))

    many = keys * 5
    with ThreadPoolExecutor(2) as pool:
        requests = _rate(lambda: list(pool.map(look_up_and_score, many)), len(many))
    block = np.repeat(rows, 100, axis=0)
    names = desk.model.features
    batch = _rate(lambda: desk.scorer.score_many(block, names), len(block))
    print(f"  small requests, look-up + PD, 2 threads (target ≥ 450): {requests:,.0f} per s")
    print(f"  batch of {len(block):,} rows (target ≥ 20,000): {batch:,.0f} applicants per s")


def _rate(job: Callable[[], object], rows: int) -> float:
    job()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < BATCH_SECONDS:
        job()
        done += rows
    return done / (time.perf_counter() - started)


class _Classes:
    """What the wrapper asks its label encoder for."""

    classes_ = np.array([0, 1])


def _wrapper(desk: Desk) -> lightgbm.LGBMClassifier:
    """The same trees behind the scikit-learn interface, as one usually serves them."""
    booster = _booster(desk)
    wrapper = lightgbm.LGBMClassifier()
    wrapper._Booster, wrapper.fitted_, wrapper._n_classes, wrapper._le = booster, True, 2, _Classes()
    wrapper._n_features = wrapper._n_features_in = booster.num_feature()
    wrapper._objective = "binary"
    return wrapper


def _booster(desk: Desk) -> lightgbm.Booster:
    return lightgbm.Booster(model_str=(desk.model.folder / "model.txt").read_text())


def _explainer(desk: Desk) -> shap.TreeExplainer:
    warnings.filterwarnings("ignore", message="LightGBM binary classifier with TreeExplainer")
    return shap.TreeExplainer(_booster(desk))
