"""The house an applicant lives in: three statistics of the same building, known for about half of the people."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from core.portfolio.synthetic.facts import Category, Columns, Mask, Reals, facts

# How far a measure follows the quality of the building; what is not named follows it a little.
FOLLOWS = {
    "APARTMENTS": 0.85,
    "LIVINGAPARTMENTS": 0.85,
    "LIVINGAREA": 0.88,
    "TOTALAREA": 0.88,
    "ELEVATORS": 0.8,
    "FLOORSMAX": 0.85,
    "FLOORSMIN": 0.75,
    "BASEMENTAREA": 0.5,
    "COMMONAREA": 0.5,
    "ENTRANCES": 0.35,
    "LANDAREA": 0.2,
    "YEARS_BUILD": 0.5,
    "YEARS_BEGINEXPLUATATION": 0.3,
}
TEXTS = {
    "FONDKAPREMONT_MODE": "fund",
    "HOUSETYPE_MODE": "house",
    "WALLSMATERIAL_MODE": "walls",
    "EMERGENCYSTATE_MODE": "emergency",
}
FLOOR_STEPS = (0.1, 0.2, 0.4)  # as measured in facts.json


def _unknown(rng: np.random.Generator, block: Reals, share: float) -> Mask:
    """Where a measure is missing: mostly for the same people, as the whole block is missing together."""
    own = 0.99 * block + np.sqrt(1 - 0.99**2) * rng.standard_normal(len(block))
    return np.asarray(own < ndtri(share))


def draw(rng: np.random.Generator, quality: Reals) -> Columns:
    """All measures of the building; `quality` is standard normal."""
    figures, count = facts(), len(quality)
    # Better buildings are documented a little more often.
    block = 0.15 * quality + np.sqrt(1 - 0.15**2) * rng.standard_normal(count)
    traits: dict[str, Reals] = {}
    missing: dict[str, Mask] = {}
    columns: Columns = {}
    for name, (absent, distribution) in figures.building.items():
        measure, _, _statistic = name.rpartition("_")
        if measure not in traits:
            follows = FOLLOWS.get(measure, 0.2)
            traits[measure] = follows * quality + np.sqrt(1 - follows**2) * rng.standard_normal(count)
            missing[measure] = _unknown(rng, block, absent)
        near = 0.995 * traits[measure] + np.sqrt(1 - 0.995**2) * rng.standard_normal(count)
        same = np.where(rng.random(count) < 0.7, traits[measure], near)
        values = np.round(distribution.at(ndtr(same)), 4)
        columns[name] = np.where(missing[measure], np.nan, values)
    floors = figures.building["FLOORSMAX_AVG"][1].at(ndtr(traits["FLOORSMAX"]))
    step = np.searchsorted(FLOOR_STEPS, floors).astype(np.int64)
    for name, key in TEXTS.items():
        share = figures.shares[key]
        text = share.texts(rng.random(count), step)
        gone = _unknown(rng, block, share.absent)
        columns[name] = Category(np.where(gone, -1, text.codes), text.choices)
    return columns
