"""Who applies: age, work, family and home that fit together, and the latent traits behind their history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.portfolio.synthetic.facts import Codes, Mask, Reals, facts

YEAR = 365.25
AGE_BANDS = 10  # of five years from 20
INCOME_TYPES = (
    "Working",
    "Commercial associate",
    "Pensioner",
    "State servant",
    "Student",
    "Businessman",
    "Unemployed",
    "Maternity leave",
)
PENSIONER, STUDENT, BUSINESSMAN, UNEMPLOYED, MATERNITY = 2, 4, 5, 6, 7
# The rare income types behave like a common one where shares are looked up.
LIKE = np.array([0, 1, 2, 3, 0, 1, 2, 0])
MARRIED, SINGLE, CIVIL, SEPARATED, WIDOWED = range(5)
HIGHER, ACADEMIC = 1, 4
RARE_INCOME_SHARE = 1e-4


@dataclass(frozen=True)
class People:
    """One entry per applicant in every array; codes are positions in the lists of `facts`."""

    male: Codes
    age_days: Reals
    age_band: Codes
    income_type: Codes
    education: Codes
    family: Codes
    children: Codes
    housing: Codes
    car: Codes
    realty: Codes
    rating: Codes
    working: Mask
    employed_days: Reals  # NaN without employment
    wealth: Reals  # standard normal, as all latent traits
    risk: Reals
    lateness: Reals
    borrowing: Reals
    refusals: Reals
    card_hunger: Reals

    def __len__(self) -> int:
        return len(self.male)

    @property
    def income_like(self) -> Codes:
        return np.asarray(LIKE[self.income_type], dtype=np.int64)

    @property
    def couple(self) -> Codes:
        return np.isin(self.family, (MARRIED, CIVIL)).astype(np.int64)

    @property
    def life_stage(self) -> Codes:
        """Ten-year age bands."""
        return self.age_band // 2

    @property
    def graduate(self) -> Codes:
        return np.isin(self.education, (HIGHER, ACADEMIC)).astype(np.int64)


def mixed(rng: np.random.Generator, trait: Reals, loading: float) -> Reals:
    """A standard normal that shares `loading` of its spread with a trait."""
    return np.asarray(loading * trait + np.sqrt(1 - loading**2) * rng.standard_normal(len(trait)))


def filled_up(rng: np.random.Generator, part: Reals, variance: float) -> Reals:
    """The part, whose variance is given, with as much noise as makes it standard normal."""
    return np.asarray(part + np.sqrt(1 - variance) * rng.standard_normal(len(part)))


def _income_types(rng: np.random.Generator, male: Codes, age_days: Reals, age_band: Codes) -> Codes:
    kind = facts().shares["income_type"].pick(rng.random(len(male)), male, age_band)
    years = age_days / YEAR
    kind = np.where((kind == PENSIONER) & (years < 40) & (rng.random(len(male)) < 0.8), 0, kind)
    rare = rng.random(len(male)) / RARE_INCOME_SHARE
    kind = np.where((rare < 1) & (years < 27), STUDENT, kind)
    kind = np.where((rare >= 1) & (rare < 1.6) & (years > 28) & (years < 60), BUSINESSMAN, kind)
    kind = np.where((rare >= 2) & (rare < 3) & (years < 60), UNEMPLOYED, kind)
    return np.where((rare >= 3) & (rare < 3.5) & (male == 0) & (years > 21) & (years < 43), MATERNITY, kind)


def _children(rng: np.random.Generator, family: Codes, age_days: Reals, age_band: Codes) -> Codes:
    """Children in the household: not more than a life so far allows, hardly any with the old."""
    count = facts().shares["children"].pick(rng.random(len(family)), family, age_band)
    large = (count == 5) & (rng.random(len(count)) < 0.35)
    count = count + np.where(large, rng.integers(1, 4, len(count)), 0)
    years = age_days / YEAR
    possible = np.clip((years - 17) // 1.7, 0, None).astype(np.int64)
    late = np.where(years > 60, 1, np.where(years > 55, 2, 20))
    return np.minimum(np.minimum(count, possible), late)


def _employment(rng: np.random.Generator, income_like: Codes, age_days: Reals, age_band: Codes, steady: Reals) -> Reals:
    days = facts().quantiles["employed_days"].of_normal(steady, income_like, age_band)
    longest = age_days - 17.5 * YEAR - rng.random(len(age_days)) * YEAR
    return np.floor(np.clip(days, 20, np.maximum(longest, 30)))


def draw(rng: np.random.Generator, count: int) -> People:
    """So many people; the same generator state gives the same people."""
    figures = facts()
    male = figures.shares["sex"].pick(rng.random(count))
    age_days = np.floor(figures.quantiles["age_days"].at(rng.random(count), male))
    age_band = np.clip((age_days / YEAR - 20) // 5, 0, AGE_BANDS - 1).astype(np.int64)
    income_type = _income_types(rng, male, age_days, age_band)
    like = np.asarray(LIKE[income_type], dtype=np.int64)
    education = figures.shares["education"].pick(rng.random(count), like, male, age_band)
    education = np.where((income_type == STUDENT) & (education == HIGHER), 2, education)
    education = np.where((education == ACADEMIC) & (age_days < 26 * YEAR), HIGHER, education)
    education = np.where((education == HIGHER) & (age_days < 21 * YEAR), 2, education)
    family = figures.shares["family"].pick(rng.random(count), male, age_band)
    family = np.where((family == WIDOWED) & (age_days < 27 * YEAR), SINGLE, family)
    couple = np.isin(family, (MARRIED, CIVIL)).astype(np.int64)
    children = _children(rng, family, age_days, age_band)
    children = np.where((income_type == MATERNITY) & (children == 0), 1, children)
    children = np.where(income_type == STUDENT, np.minimum(children, 1), children)
    housing = figures.shares["housing"].pick(rng.random(count), couple, age_band)
    risk = rng.standard_normal(count)
    steady = mixed(rng, risk, -0.15)
    pensioner_works = rng.random(count) < figures.numbers["pensioner_working"]
    working = (like != PENSIONER) | ((income_type == PENSIONER) & pensioner_works)
    employed = np.where(working, _employment(rng, like, age_days, age_band, steady), np.nan)
    wealth = mixed(rng, risk, -0.1)
    return People(
        male=male,
        age_days=age_days,
        age_band=age_band,
        income_type=income_type,
        education=education,
        family=family,
        children=children,
        housing=housing,
        car=figures.shares["car"].pick(rng.random(count), male, couple, age_band),
        realty=figures.shares["realty"].pick(rng.random(count), housing, age_band),
        rating=figures.shares["rating"].pick(rng.random(count), education),
        working=working,
        employed_days=employed,
        wealth=wealth,
        risk=risk,
        lateness=mixed(rng, risk, 0.6),
        borrowing=mixed(rng, risk, 0.45),
        refusals=mixed(rng, risk, 0.55),
        card_hunger=mixed(rng, risk, 0.5),
    )
