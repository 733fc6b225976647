"""The true default probability: a logit of what a lender sees and of traits that only show in the history."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from core.portfolio.synthetic.application import REVOLVING, Application
from core.portfolio.synthetic.facts import Codes, Mask, Reals
from core.portfolio.synthetic.people import People

# Chosen once so that 8.07 % of a large portfolio default.
INTERCEPT = -2.70
EDUCATION = np.array([0.08, -0.35, 0.05, 0.2, -0.6])
HOUSING = np.array([0.0, 0.15, 0.1, 0.25, -0.05, 0.0])
OCCUPATION = {
    "Low-skill Laborers": 0.6,
    "Drivers": 0.2,
    "Laborers": 0.16,
    "Waiters/barmen staff": 0.15,
    "Security staff": 0.12,
    "Cooking staff": 0.10,
    "Sales staff": 0.10,
    "Accountants": -0.45,
    "Core staff": -0.2,
    "Managers": -0.16,
    "High skill tech staff": -0.15,
    "Medicine staff": -0.12,
}


def _number(application: Application, name: str) -> Reals:
    """A column, with 0 where the value is missing."""
    return np.nan_to_num(np.asarray(application.columns[name], dtype=np.float64))


def _person(people: People, application: Application) -> Reals:
    years_employed = np.where(people.working, people.employed_days / 365.25, 6.0)
    titles = np.array([*(OCCUPATION.get(title, 0.0) for title in application.occupation.choices), 0.0])
    return np.asarray(
        0.25 * people.male
        + EDUCATION[people.education]
        + HOUSING[people.housing]
        + titles[application.occupation.codes]
        - 0.22 * np.log1p(years_employed)
        + np.where(people.working, 0.0, -0.08)
        + 0.16 * (people.rating - 1.0)
        - (0.35 - 0.018 * np.minimum(_number(application, "OWN_CAR_AGE"), 30)) * people.car
        - 0.12 * application.building_quality
    )


def _request(application: Application) -> Reals:
    credit, goods = _number(application, "AMT_CREDIT"), _number(application, "AMT_GOODS_PRICE")
    ratio = np.where(goods > 0, credit / np.maximum(goods, 1), 1.0)
    term = credit / _number(application, "AMT_ANNUITY")
    burden = _number(application, "AMT_ANNUITY") / _number(application, "AMT_INCOME_TOTAL")
    return np.asarray(
        1.6 * (ratio - 1.1)
        - 0.035 * np.abs(term - 20)
        + 0.5 * np.clip(burden - 0.18, -0.15, 0.3)
        - 0.10 * np.log(credit / 500_000)
        - 0.45 * (application.contract == REVOLVING)
        + 0.18 * _number(application, "REG_CITY_NOT_WORK_CITY")
        + 0.15 * _number(application, "FLAG_DOCUMENT_3")
        + 0.12 * _number(application, "DEF_30_CNT_SOCIAL_CIRCLE")
        + 0.00008 * np.clip(_number(application, "DAYS_LAST_PHONE_CHANGE"), -3000, 0)
        + 0.00004 * np.clip(_number(application, "DAYS_ID_PUBLISH"), -6000, 0)
    )


def probabilities(people: People, application: Application) -> Reals:
    """The true default probability of each applicant, 0..1."""
    first, second, third = application.scores
    scores = -0.38 * first - 0.38 * second - 0.44 * third + 0.05 * np.minimum(second, third) ** 2
    history = (
        0.20 * people.risk
        + 0.12 * people.lateness
        + 0.16 * people.refusals
        + 0.31 * people.borrowing
        + 0.24 * people.card_hunger
        + 0.08 * np.maximum(people.lateness, 0) * np.maximum(people.borrowing, 0)
    )
    return np.asarray(expit(INTERCEPT + scores + history + _person(people, application) + _request(application)))


def outcomes(rng: np.random.Generator, default_probability: Reals) -> Codes:
    """1 = defaulted. Systematic sampling in random order: each with its own probability, the total without luck."""
    order = rng.permutation(len(default_probability))
    steps = np.floor(np.cumsum(default_probability[order]) + rng.random())
    hit: Mask = np.diff(steps, prepend=0.0) > 0
    target = np.zeros(len(order), dtype=np.int64)
    target[order] = hit
    return target
