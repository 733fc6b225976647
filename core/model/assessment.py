"""The card of a model that has just been learnt: measured on rows that took no part in making it."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from core.model.booster import Sample
from core.model.card import Card, FeatureCard, OutOfFold, Rows, Source
from core.model.cut import Judged, choose_and_judge
from core.model.learning import Learnt
from core.model.material import Material
from core.model.metrics import measure
from core.model.split import Positions
from core.model.yardstick import yardstick
from core.portfolio.contract import Contract, text

LIBRARIES = ("lightgbm", "numpy", "scipy", "scikit-learn", "duckdb", "pyarrow")
NO_DATES = "no dates in this portfolio"


@dataclass(frozen=True)
class Origin:
    """From what the model was made."""

    data_fingerprint: str
    missing_tables: tuple[str, ...]
    trained_at: datetime
    training_window: str = NO_DATES


def assess(
    material: Material, learnt: Learnt, contract: Contract, origin: Origin, out_of_fold: OutOfFold | None
) -> Card:
    """Everything the card says but the version, which is made from the written content."""
    seed, threads = learnt.growth.seed, learnt.growth.threads
    parts = material.parts
    test = judged(material.sample, learnt, parts.test)
    validation = judged(material.sample, learnt, parts.validation)
    selection = material.selection
    return Card(
        version="",
        trained_at=origin.trained_at,
        target=text(contract.portfolio.target_meaning),
        source=_source(learnt, contract, origin),
        rows=Rows(
            training=parts.training.size,
            stopping=parts.stopping.size,
            validation=parts.validation.size,
            test=parts.test.size,
        ),
        features=_features(material, learnt),
        left_out_protected=selection.left_out_protected,
        left_out_missing=selection.left_out_missing,
        clip=_clip(learnt, test),
        metrics=measure(test.pd, test.target, seed, threads),
        costs=choose_and_judge(validation, test, contract.policy, seed, threads),
        yardstick=yardstick(
            material.sample.at(parts.training),
            material.sample.at(parts.test),
            tuple(len(levels) for levels in selection.levels),
            seed,
        ),
        out_of_fold=out_of_fold,
        validation_pd_quantiles=tuple(float(q) for q in np.quantile(validation.pd, np.linspace(0, 1, 101))),
    )


def judged(sample: Sample, learnt: Learnt, positions: Positions) -> Judged:
    """These rows with their PD and outcome."""
    margins = learnt.booster.margins(sample.features[positions], learnt.growth.threads)
    return Judged(learnt.calibration.default_probabilities(margins), sample.target[positions])


def _source(learnt: Learnt, contract: Contract, origin: Origin) -> Source:
    return Source(
        portfolio=contract.portfolio.name,
        data_fingerprint=origin.data_fingerprint,
        seed=learnt.growth.seed,
        training_window=origin.training_window,
        parameters={name: float(value) for name, value in asdict(learnt.growth.parameters).items()},
        rounds=learnt.fitted.rounds,
        libraries={"python": sys.version.split()[0], **{name: version(name) for name in LIBRARIES}},
        missing_tables=origin.missing_tables,
    )


def _features(material: Material, learnt: Learnt) -> tuple[FeatureCard, ...]:
    parts = material.parts
    missing = np.isnan(material.sample.features[parts.training]).mean(axis=0)
    seen = material.sample.features[np.concatenate([parts.training, parts.stopping])]
    gains = learnt.booster.gains()
    shares = gains / max(float(gains.sum()), 1e-300)
    columns = learnt.growth.columns
    return tuple(
        FeatureCard(
            name=name,
            dtype="float32",
            kind="category" if levels else "number",
            levels=levels,
            direction=direction,
            lowest=None if levels else float(np.nanmin(seen[:, position])),
            highest=None if levels else float(np.nanmax(seen[:, position])),
            unseen_levels=_unseen(levels, seen[:, position]),
            missing_share=float(missing[position]),
            gain_share=float(shares[position]),
        )
        for position, (name, levels, direction) in enumerate(
            zip(columns.names, material.selection.levels, columns.directions, strict=True)
        )
    )


def _unseen(levels: tuple[str, ...], codes: NDArray[np.float32]) -> tuple[str, ...]:
    known = np.bincount(codes[~np.isnan(codes)].astype(np.intp), minlength=len(levels)) if levels else ()
    return tuple(level for level, rows in zip(levels, known, strict=True) if not rows)


def _clip(learnt: Learnt, test: Judged) -> str:
    floor = learnt.calibration.floor
    clipped = int(np.count_nonzero((test.pd <= floor) | (test.pd >= 1 - floor)))
    return (
        f"A PD is kept between {floor:g} and 1 − {floor:g}; "
        f"{clipped} of {test.pd.size} test rows lay at one of these limits."
    )
