"""Loans at other lenders and their monthly standing, as the credit bureau would report them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.portfolio.synthetic.application import hidden, on_grid
from core.portfolio.synthetic.facts import Category, Codes, Columns, Mask, Reals, facts
from core.portfolio.synthetic.people import YEAR, People, filled_up, mixed

MONTH = 30.4375  # days
LONGEST_DAYS = 2922  # the bureau looks back eight years
LONGEST_MONTHS = 96
# Loans per applicant relative to the sample, so that a full-size portfolio has the published number of rows.
FAN_OUT = 1.125
WITH_MONTHS = 0.45  # share of known applicants whose loans come with monthly standings
AGE_STEPS = (90, 180, 365, 730, 1095, 1460)  # days since opening, as measured in facts.json
CARD, MORTGAGE = 1, 3
RARE_TYPES = 5  # types from here on share one distribution
MONTHLY = ("C", "0", "X", "1", "2", "3", "4", "5")
CLOSED_STATUS, PAID_STATUS, UNKNOWN_STATUS = 0, 1, 2


@dataclass(frozen=True)
class Reports:
    """One entry per loan: whose it is and when it was opened and closed (days, negative = before now)."""

    owner: Codes
    identifier: Codes
    opened: Reals
    ended: Reals  # NaN while it runs
    late: Reals


def _count(rng: np.random.Generator, people: People, thin_file: Mask) -> Codes:
    trait = filled_up(rng, 0.35 * people.borrowing + 0.2 * (people.age_days - 16037) / 4364, 0.16)
    expected = facts().quantiles["bureau_count"].of_normal(trait) * FAN_OUT
    count = np.floor(expected + rng.random(len(people))).astype(np.int64)
    return np.where(thin_file, 0, np.maximum(count, 1))


def _term(rng: np.random.Generator, kind: Codes) -> Reals:
    """Agreed days between opening and end."""
    return np.maximum(np.floor(facts().quantiles["bureau_term"].at(rng.random(len(kind)), kind)), 3)


def _dates(rng: np.random.Generator, people: People, owner: Codes, kind: Codes) -> tuple[Reals, Reals, Reals, Mask]:
    """Opening, planned end, true end (NaN while running) and which loans are closed."""
    figures, count = facts(), len(owner)
    recent = mixed(rng, people.borrowing[owner], -0.40)
    age = np.floor(figures.quantiles["bureau_opened"].of_normal(recent, kind))
    adult = people.age_days[owner] - 18 * YEAR
    age = np.floor(np.clip(np.minimum(age, np.maximum(adult * rng.random(count) ** 0.2, 1)), 0, LONGEST_DAYS))
    step = np.searchsorted(AGE_STEPS, age)
    settles = np.clip(rng.random(count) - 0.07 * people.borrowing[owner], 0, 0.9999)
    closed = (figures.shares["bureau_closed"].pick(settles, kind, step) == 1) & (age > 20)
    term = _term(rng, kind)
    # Most closed loans are over, most running ones are not: try again where the term says otherwise.
    for _ in range(2):
        term = np.where(closed == (term > age), _term(rng, kind), term)
    life = figures.quantiles["bureau_life"].at(rng.random(count), kind)
    ended = -age + np.floor(term * life)
    # Who closed a loan before its term is over did so at any time since.
    ended = np.where(ended > -2, -np.ceil(age * 0.8 * rng.random(count)), ended)
    ended = np.clip(ended, -age + 1, -2)
    # A running loan mostly ends in the future: stretch the terms that are already over.
    stretched = age + np.ceil(term * rng.random(count)) + 5
    term = np.where(~closed & (term <= age) & (rng.random(count) < 0.35), stretched, term)
    return -age, -age + term, hidden(ended, ~closed), closed


def _amounts(
    rng: np.random.Generator, people: People, owner: Codes, kind: Codes, running: Mask, left: Reals
) -> tuple[Reals, Reals]:
    """The sum of the loan and what is still owed; `left` is the share of the term still ahead."""
    figures, count = facts(), len(owner)
    size = mixed(rng, people.wealth[owner], 0.35)
    exact = figures.quantiles["bureau_sum"].of_normal(size, kind)
    total = np.where(rng.random(count) < 0.55, np.round(exact / 4500) * 4500, np.round(exact / 4.5) * 4.5)
    remaining = np.where(kind == CARD, 0.0, (np.clip(left, 0, 1) - 0.5) * 1.6)
    owed_trait = filled_up(rng, 0.6 * remaining + 0.45 * people.borrowing[owner], 0.3)
    debt = np.round(np.clip(figures.quantiles["bureau_debt"].of_normal(owed_trait, kind), 0, 1.6) * total, 1)
    return total, np.where(running, debt, 0.0)


def draw(
    rng: np.random.Generator, people: People, keys: Codes, thin_file: Mask, first_identifier: int
) -> tuple[Columns, Reports]:
    figures = facts()
    owner = np.repeat(np.arange(len(people)), _count(rng, people, thin_file))
    count = len(owner)
    types = figures.shares["bureau_type"]
    exact_kind = types.pick(rng.random(count))
    kind = np.minimum(exact_kind, RARE_TYPES)
    opened, planned, ended, closed = _dates(rng, people, owner, kind)
    sold = closed & (rng.random(count) < 0.0055 * np.exp(0.4 * people.lateness[owner]))
    late = people.lateness[owner]
    running = ~closed
    left = planned / np.maximum(planned - opened, 1)
    total, debt = _amounts(rng, people, owner, kind, running, left)
    overdue_now = running & (rng.random(count) < 0.0058 * np.exp(0.8 * late - 0.32)) & (debt > 0)
    overdue_days = np.where(overdue_now, np.ceil(rng.lognormal(2.9, 1.5, count)), 0.0)
    overdue_days = np.minimum(overdue_days, -opened)
    told = rng.random(count) < 0.325
    worst_trait = rng.random(count)
    was_late = (worst_trait < 0.17 * np.exp(0.55 * late - 0.15)) | overdue_now
    worst = np.round(figures.quantiles["bureau_max_overdue"].of_normal(mixed(rng, late, 0.3)), 3)
    annuity_told = rng.random(count) < 0.43
    annuity = on_grid(1.5 * total * figures.quantiles["bureau_annuity"].at(rng.random(count), kind), 4.5)
    has_limit = running & (kind == CARD) & (rng.random(count) < 0.25)
    limit = np.round(figures.quantiles["bureau_limit"].at(rng.random(count)), 2)
    update = np.where(
        closed,
        np.nan_to_num(ended) + figures.quantiles["bureau_update_closed"].at(rng.random(count)),
        -figures.quantiles["bureau_update_active"].at(rng.random(count)),
    )
    update = np.clip(np.floor(update), opened, -1)
    update = np.where(closed, np.maximum(update, np.nan_to_num(ended)), update)
    untold_end = rng.random(count) < np.where(closed, 0.031, 0.117)
    columns: Columns = {
        "SK_ID_CURR": keys[owner],
        "SK_ID_BUREAU": first_identifier + np.arange(count),
        "CREDIT_ACTIVE": Category(np.where(sold, 2, closed.astype(np.int64)), ("Active", "Closed", "Sold")),
        "CREDIT_CURRENCY": Category(
            (rng.random(count) < 0.0006).astype(np.int64), ("currency 1", "currency 2", "currency 3")
        ),
        "DAYS_CREDIT": opened.astype(np.int64),
        "CREDIT_DAY_OVERDUE": overdue_days.astype(np.int64),
        "DAYS_CREDIT_ENDDATE": hidden(planned, untold_end),
        "DAYS_ENDDATE_FACT": ended,
        "AMT_CREDIT_MAX_OVERDUE": hidden(np.where(was_late, worst, 0.0), ~told & ~overdue_now),
        "CNT_CREDIT_PROLONG": (rng.random(count) < 0.0042).astype(np.int64),
        "AMT_CREDIT_SUM": total,
        "AMT_CREDIT_SUM_DEBT": hidden(debt, rng.random(count) < np.where(closed, 0.165, 0.106)),
        "AMT_CREDIT_SUM_LIMIT": hidden(
            np.where(has_limit, limit, 0.0), ~has_limit & (rng.random(count) < np.where(closed, 0.415, 0.297))
        ),
        "AMT_CREDIT_SUM_OVERDUE": np.where(
            overdue_now, np.round(np.minimum(debt, worst) * rng.random(count) / 4.5) * 4.5, 0.0
        ),
        "CREDIT_TYPE": Category(exact_kind, tuple(str(choice) for choice in types.choices)),
        "DAYS_CREDIT_UPDATE": update.astype(np.int64),
        "AMT_ANNUITY": hidden(np.where(rng.random(count) < 0.56, 0.0, annuity), ~annuity_told),
    }
    reports = Reports(owner, first_identifier + np.arange(count), opened, ended, late)
    return columns, reports


def monthly(rng: np.random.Generator, people: People, reports: Reports) -> Columns:
    """One row per loan and month since it was opened, for the applicants whose lenders report monthly."""
    covered = rng.random(len(people)) < WITH_MONTHS
    chosen = np.flatnonzero(covered[reports.owner])
    age = np.minimum(np.floor(-reports.opened[chosen] / MONTH), LONGEST_MONTHS).astype(np.int64)
    closed_month = np.ceil(np.nan_to_num(reports.ended[chosen], nan=10 * MONTH) / MONTH)
    # Some lenders stop reporting a closed loan after a while.
    stops = (rng.random(len(chosen)) < 0.14) & (closed_month <= 0)
    silent = np.where(stops, np.floor(-closed_month * rng.random(len(chosen))), 0).astype(np.int64)
    silent = np.minimum(silent, age)
    length = age - silent + 1
    row = np.repeat(np.arange(len(chosen)), length)
    step = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    month = step - age[row]
    vague = np.clip(rng.beta(0.35, 0.42, len(chosen)), 0, 1)[row]
    late_share = (0.02 * np.exp(0.75 * reports.late[chosen] - 0.28))[row]
    chance = rng.random(len(row), dtype=np.float32)
    status = np.where(rng.random(len(row), dtype=np.float32) < vague, UNKNOWN_STATUS, PAID_STATUS)
    levels = np.searchsorted(np.array([0.81, 0.87, 0.89, 0.905]), chance / np.maximum(late_share, 1e-9))
    status = np.where(chance < late_share, 3 + levels, status)
    status = np.where(month > closed_month[row], CLOSED_STATUS, status)
    return {
        "SK_ID_BUREAU": reports.identifier[chosen][row],
        "MONTHS_BALANCE": month,
        "STATUS": Category(status, MONTHLY),
    }
