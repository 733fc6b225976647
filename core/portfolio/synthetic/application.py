"""The main table: what a person asks for, owns and is asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from core.portfolio.synthetic import building, tables
from core.portfolio.synthetic.facts import Category, Codes, Columns, Facts, Mask, Reals, facts
from core.portfolio.synthetic.people import INCOME_TYPES, YEAR, People, filled_up, mixed

NO_DATE = 365243.0  # the lender's mark for a day that does not exist
REVOLVING = 1
EDUCATIONS = (
    "Secondary / secondary special",
    "Higher education",
    "Incomplete higher",
    "Lower secondary",
    "Academic degree",
)
FAMILIES = ("Married", "Single / not married", "Civil marriage", "Separated", "Widow")
HOUSINGS = (
    "House / apartment",
    "With parents",
    "Municipal apartment",
    "Rented apartment",
    "Office apartment",
    "Co-op apartment",
)
SIZES = (200_000.0, 350_000.0, 500_000.0, 800_000.0)  # steps of the goods price, as measured in facts.json
ADDRESS_FLAGS = (
    "REG_REGION_NOT_LIVE_REGION",
    "REG_REGION_NOT_WORK_REGION",
    "LIVE_REGION_NOT_WORK_REGION",
    "REG_CITY_NOT_LIVE_CITY",
    "REG_CITY_NOT_WORK_CITY",
    "LIVE_CITY_NOT_WORK_CITY",
)
DOCUMENT_FLAGS = ("FLAG_DOCUMENT_3", "FLAG_DOCUMENT_6", "FLAG_DOCUMENT_8")


@dataclass(frozen=True)
class Application:
    """The rows, and the traits behind them that the default risk reads (standard normal, also where hidden)."""

    columns: Columns
    scores: tuple[Reals, Reals, Reals]  # the three external scores
    building_quality: Reals
    contract: Codes
    occupation: Category


def hidden(values: Reals, where: Mask) -> Reals:
    """The values, missing where the mask says so."""
    return np.where(where, np.nan, values)


def on_grid(values: Reals, step: float) -> Reals:
    return np.asarray(np.maximum(np.round(values / step), 1) * step)


def _flags(names: tuple[str, ...], digits: Category) -> Columns:
    table = np.array([[int(digit) for digit in choice] for choice in digits.choices], dtype=np.int64)
    return {name: table[digits.codes, i] for i, name in enumerate(names)}


def _scores(rng: np.random.Generator, people: People) -> tuple[Reals, Reals, Reals]:
    """Age shows in the first external score, the region in the second, other debts in the third."""
    age = (people.age_days - 16037) / 4364
    rating = (people.rating - 1.05) / 0.51
    employed = np.where(people.working, 0.0, 0.35)
    parts = (
        0.56 * age - 0.20 * people.male + 0.12 * people.graduate - 0.22 * people.risk,
        0.05 * age - 0.30 * rating - 0.26 * people.risk + 0.12 * people.wealth,
        0.18 * age + employed - 0.26 * people.risk - 0.06 * people.wealth - 0.10 * people.borrowing,
    )
    spread = (0.76, 0.90, 0.90)
    raw = [part + s * rng.standard_normal(len(people)) for part, s in zip(parts, spread, strict=True)]
    offsets = ((-0.04, 1.0), (0.0, 1.0), (0.064, 1.0))
    first, second, third = ((z - shift) / scale for z, (shift, scale) in zip(raw, offsets, strict=True))
    return first, second, third


def _money(rng: np.random.Generator, people: People, contract: Codes) -> Columns:
    figures, count = facts(), len(people)
    income = figures.quantiles["income"].of_normal(people.wealth, people.income_like, people.male, people.graduate)
    pick = rng.random(count)
    rounded = np.where(pick < 0.75, on_grid(income, 22_500), np.where(pick < 0.97, on_grid(income, 4_500), income))
    size_trait = filled_up(rng, 0.43 * people.wealth - 0.10 * people.risk, 0.20)
    goods = figures.quantiles["goods"].of_normal(size_trait, contract)
    grid = rng.random(count)
    coarse = (grid < 0.57) & (goods > 120_000)
    middle = (grid < 0.68) | (contract == REVOLVING)
    goods = np.where(coarse, on_grid(goods, 45_000), on_grid(goods, 4_500))
    goods = np.where(middle & ~coarse, on_grid(goods, 22_500), goods)
    goods = np.maximum(goods, np.where(contract == REVOLVING, 135_000, 40_500))
    size = np.searchsorted(SIZES, goods)
    bare = figures.shares["uninsured"].pick(rng.random(count), size) == 1
    ratio = np.where(bare, 1.0, np.maximum(figures.quantiles["credit_ratio"].at(rng.random(count), size), 1.0))
    cash_credit = on_grid(goods * ratio, 4.5)
    term = figures.quantiles["credit_term"].of_normal(mixed(rng, people.risk, 0.05), size)
    credit = np.where(contract == REVOLVING, goods, cash_credit)
    annuity = np.where(contract == REVOLVING, credit / 20, on_grid(cash_credit / term, 4.5))
    return {
        "AMT_INCOME_TOTAL": np.maximum(np.round(rounded / 450) * 450, 25_650),
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": annuity,
        "AMT_GOODS_PRICE": hidden(goods, (contract == REVOLVING) & (rng.random(count) < 0.009)),
    }


def _work(rng: np.random.Generator, people: People) -> tuple[Category, Category]:
    """Occupation and employer; who has no employment has neither."""
    figures = facts()
    occupation = figures.shares["occupation"].pick(
        rng.random(len(people)), people.income_like, people.male, people.education
    )
    occupation = np.where(people.working, occupation, 0)
    employer = figures.shares["organization"]
    names = tuple(str(choice) for choice in employer.choices)
    codes = employer.pick(rng.random(len(people)), people.income_like, occupation)
    titles = tuple(str(choice) for choice in figures.shares["occupation"].choices[1:])
    return Category(occupation - 1, titles), Category(np.where(people.working, codes, len(names)), (*names, "XNA"))


def _contact(rng: np.random.Generator, people: People) -> Columns:
    figures, count = facts(), len(people)
    stage = people.life_stage
    work_phone = figures.shares["work_phone"].pick(rng.random(count), people.income_like, stage)
    return {
        "FLAG_MOBIL": np.ones(count, dtype=np.int64),
        "FLAG_EMP_PHONE": people.working.astype(np.int64),
        "FLAG_WORK_PHONE": np.where(people.working, work_phone, 0),
        "FLAG_CONT_MOBILE": (rng.random(count) < 0.9982).astype(np.int64),
        "FLAG_PHONE": figures.shares["home_phone"].pick(rng.random(count), people.income_like, stage),
        "FLAG_EMAIL": figures.shares["email"].pick(rng.random(count), people.income_like, stage),
    }


def _times(rng: np.random.Generator, people: People) -> Columns:
    figures, count = facts(), len(people)
    calm = mixed(rng, people.risk, -0.09)
    registered = np.floor(figures.quantiles["registration_days"].of_normal(calm, people.age_band))
    identity = np.floor(figures.quantiles["id_days"].of_normal(mixed(rng, people.risk, -0.10), people.age_band))
    phone = np.floor(figures.quantiles["phone_days"].of_normal(mixed(rng, people.risk, -0.15), people.life_stage))
    return {
        "DAYS_BIRTH": -people.age_days.astype(np.int64),
        "DAYS_EMPLOYED": np.where(people.working, -people.employed_days, NO_DATE).astype(np.int64),
        "DAYS_REGISTRATION": -np.minimum(registered, people.age_days),
        "DAYS_ID_PUBLISH": -np.minimum(identity, people.age_days - 14 * YEAR).astype(np.int64),
        "DAYS_LAST_PHONE_CHANGE": hidden(-phone, rng.random(count) < 3e-6),
    }


def _circle(rng: np.random.Generator, people: People) -> Columns:
    figures, count = facts(), len(people)
    seen = figures.shares["circle_seen"].pick(rng.random(count))
    bad_luck = rng.random(count) * np.exp(-0.12 * people.risk)
    late = figures.shares["circle_defaults"].pick(np.clip(1 - bad_luck, 0, 0.99999), np.minimum(seen, 6))
    later = figures.shares["circle_defaults_60"].pick(rng.random(count), late)
    unknown = rng.random(count) < 0.0033
    shorter = np.where((rng.random(count) < 0.02) & (seen > late), seen - 1, seen)
    return {
        "OBS_30_CNT_SOCIAL_CIRCLE": hidden(seen.astype(np.float64), unknown),
        "DEF_30_CNT_SOCIAL_CIRCLE": hidden(late.astype(np.float64), unknown),
        "OBS_60_CNT_SOCIAL_CIRCLE": hidden(shorter.astype(np.float64), unknown),
        "DEF_60_CNT_SOCIAL_CIRCLE": hidden(np.minimum(later, late).astype(np.float64), unknown),
    }


def _enquiries(rng: np.random.Generator, people: People, thin_file: Mask) -> Columns:
    figures, count = facts(), len(people)
    unknown = np.where(thin_file, rng.random(count) < 0.9, rng.random(count) < 0.009)
    columns: Columns = {}
    for period in ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR"):
        share = figures.shares[f"requests_{period.lower()}"]
        uniform = rng.random(count) if period != "YEAR" else _rank(mixed(rng, people.borrowing, 0.25))
        columns[f"AMT_REQ_CREDIT_BUREAU_{period}"] = hidden(share.numbers(uniform), unknown)
    return columns


def _rank(normal: Reals) -> Reals:
    return np.clip(ndtr(normal), 0, 0.999999)


def _documents(rng: np.random.Generator, people: People, contract: Codes) -> Columns:
    figures = facts()
    main = figures.shares["main_documents"].texts(rng.random(len(people)), contract, people.income_like)
    rare: Columns = {
        name: (rng.random(len(people)) < share).astype(np.int64) for name, share in figures.documents.items()
    }
    return _flags(DOCUMENT_FLAGS, main) | rare


def _home(rng: np.random.Generator, people: People, figures: Facts) -> Columns:
    count = len(people)
    flags = figures.shares["addresses"].texts(rng.random(count), people.income_like, people.life_stage)
    members = people.children + 1 + people.couple
    car_age = np.floor(figures.quantiles["car_years"].of_normal(mixed(rng, people.wealth, -0.25)))
    return _flags(ADDRESS_FLAGS, flags) | {
        "CNT_CHILDREN": people.children,
        "CNT_FAM_MEMBERS": members.astype(np.float64),
        "FLAG_OWN_CAR": Category(people.car, ("N", "Y")),
        "FLAG_OWN_REALTY": Category(people.realty, ("N", "Y")),
        "OWN_CAR_AGE": hidden(car_age, people.car == 0),
        "NAME_HOUSING_TYPE": Category(people.housing, HOUSINGS),
        "REGION_POPULATION_RELATIVE": figures.shares["population"].numbers(rng.random(count), people.rating),
        "REGION_RATING_CLIENT": people.rating + 1,
        "REGION_RATING_CLIENT_W_CITY": figures.shares["city_rating"].pick(rng.random(count), people.rating) + 1,
        "NAME_TYPE_SUITE": figures.shares["suite"].texts(rng.random(count), people.couple),
        "WEEKDAY_APPR_PROCESS_START": figures.shares["weekday"].texts(rng.random(count)),
        "HOUR_APPR_PROCESS_START": figures.shares["hour"].pick(rng.random(count), people.rating),
    }


def draw(rng: np.random.Generator, people: People, keys: Codes, thin_file: Mask) -> Application:
    """One application per person; `thin_file` marks those the credit bureau does not know."""
    figures, count = facts(), len(people)
    contract = figures.shares["contract"].pick(rng.random(count), people.age_band)
    scores = _scores(rng, people)
    occupation, employer = _work(rng, people)
    quality = filled_up(rng, 0.2 * people.wealth - 0.35 * (people.rating - 1.05), 0.08)
    shown = [figures.quantiles[f"ext_{i}"].of_normal(z) for i, z in enumerate(scores, start=1)]
    third_hidden = np.where(thin_file, rng.random(count) < 0.9, rng.random(count) < 0.081)
    columns: Columns = {
        "SK_ID_CURR": keys,
        "NAME_CONTRACT_TYPE": Category(contract, ("Cash loans", "Revolving loans")),
        "CODE_GENDER": Category(people.male, ("F", "M")),
        "NAME_INCOME_TYPE": Category(people.income_type, INCOME_TYPES),
        "NAME_EDUCATION_TYPE": Category(people.education, EDUCATIONS),
        "NAME_FAMILY_STATUS": Category(people.family, FAMILIES),
        "OCCUPATION_TYPE": occupation,
        "ORGANIZATION_TYPE": employer,
        "EXT_SOURCE_1": hidden(shown[0], rng.random(count) < 0.565),
        "EXT_SOURCE_2": hidden(shown[1], rng.random(count) < 0.0022),
        "EXT_SOURCE_3": hidden(shown[2], third_hidden),
    }
    columns |= _money(rng, people, contract) | _contact(rng, people) | _times(rng, people)
    columns |= _home(rng, people, figures) | _circle(rng, people) | _enquiries(rng, people, thin_file)
    columns |= _documents(rng, people, contract) | building.draw(rng, quality)
    ordered = {name: columns[name] for name, _ in tables.APPLICATION if name in columns}
    return Application(ordered, scores, quality, contract, occupation)
