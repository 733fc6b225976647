"""The life of a credit card, simulated month by month: drawn up, carried along, paid off, left in the drawer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.portfolio.synthetic.application import on_grid
from core.portfolio.synthetic.bureau import LONGEST_MONTHS, MONTH
from core.portfolio.synthetic.facts import Codes, Reals, facts
from core.portfolio.synthetic.people import People, mixed
from core.portfolio.synthetic.previous_loans import Loans

MONTHLY_INTEREST = 0.02
MINIMUM_SHARE = 0.05  # of the balance, the smallest payment
NEVER = 10 * LONGEST_MONTHS

Grid = NDArray[np.float64]  # (cards, months), months counted from the card's first


@dataclass(frozen=True)
class Plan:
    """What drives each card; months are counted from its first."""

    limits: Grid
    appetite: Reals  # the balance its owner lets stand, as a share of the limit
    discipline: Reals  # standard normal
    first_use: Codes  # -1 = never used
    settled: Codes  # the month from which its owner only pays back


@dataclass(frozen=True)
class Course:
    """What happened each month."""

    balance: Grid
    cash: Grid
    shop: Grid
    minimum: Grid
    paid: Grid


def plan(rng: np.random.Generator, people: People, cards: Loans, start: Codes) -> Plan:
    """`start`: the month of the first statement, negative = before now."""
    count = len(cards.owner)
    drawing_month = np.round(-start + np.nan_to_num(cards.drawing) / MONTH)
    first_use = np.where(np.isnan(cards.drawing), -1, np.clip(drawing_month, 0, None)).astype(np.int64)
    hunger, late = people.card_hunger[cards.owner], people.lateness[cards.owner]
    appetite = facts().quantiles["card_use"].of_normal(mixed(rng, hunger, 0.75)) * 1.5 + 0.1
    in_use = np.ceil(rng.exponential(1.0, count) * 34 * np.exp(0.3 * hunger)).astype(np.int64)
    settled = np.where(first_use < 0, NEVER, first_use + 2 + in_use)
    limits = _limits(rng, cards.credit, np.where(first_use < 0, rng.integers(6, 60, count), settled + 10))
    return Plan(limits, np.minimum(appetite, 1.02), mixed(rng, -late, 0.7), first_use, settled)


def _limits(rng: np.random.Generator, final: Reals, idle_from: Codes) -> Grid:
    """The limit of each month: raised once on most cards, taken away from many that lie idle."""
    count = len(final)
    grown = rng.random(count) < 0.6
    begin = np.where(grown, on_grid(final * (0.25 + 0.4 * rng.random(count)), 22_500), final)
    raised = rng.integers(6, 50, count)
    ends = np.where(rng.random(count) < 0.7, idle_from, NEVER)
    month = np.arange(LONGEST_MONTHS)[None, :]
    limit = np.where(month < raised[:, None], begin[:, None], final[:, None])
    return np.where(month < ends[:, None], limit, 0.0)


def _drawings(rng: np.random.Generator, cards: Plan, month: int, balance: Reals) -> tuple[Reals, Reals]:
    """Taken out in cash and spent in shops: never beyond the limit."""
    count, limit = len(balance), cards.limits[:, month]
    active = (cards.first_use >= 0) & (month >= cards.first_use) & (month < cards.settled)
    room = np.clip(cards.appetite * limit - balance, 0, None)
    eager = 0.16 + 0.35 * (room > 0.15 * limit)
    draws = active & ((month == cards.first_use) | (rng.random(count) < eager))
    wanted = room * (0.35 + 0.65 * rng.random(count)) + 0.04 * limit * rng.random(count)
    amount = np.where(draws, np.minimum(wanted, np.maximum(limit - balance, 0)), 0.0)
    in_cash = rng.random(count) < 0.5
    cash = np.where(in_cash, np.floor(amount / 900) * 900, 0.0)
    return cash, np.where(in_cash, 0.0, np.round(amount, 2))


def _payment(rng: np.random.Generator, cards: Plan, month: int, balance: Reals, minimum: Reals) -> Reals:
    count = len(balance)
    skips = rng.random(count) < 0.035 * np.exp(-0.9 * cards.discipline)
    share = 0.045 + 0.05 * rng.exponential(1, count) * np.exp(0.5 * cards.discipline)
    share = np.where(month >= cards.settled, share + 0.2, share)
    paid = np.minimum(np.maximum(minimum, share * balance), balance)
    return np.where(skips, 0.0, np.round(paid, 2))


def simulate(rng: np.random.Generator, cards: Plan) -> Course:
    """Balance, drawings, payment due and paid of every card and month."""
    course = Course(*(np.zeros(cards.limits.shape) for _ in range(5)))
    balance = np.zeros(len(cards.limits))
    for month in range(cards.limits.shape[1]):
        minimum = np.round(MINIMUM_SHARE * balance / 45) * 45
        paid = _payment(rng, cards, month, balance, minimum)
        cash, shop = _drawings(rng, cards, month, balance)
        balance = np.round((balance - paid) * (1 + MONTHLY_INTEREST) + cash + shop, 3)
        balance = np.where(balance < np.maximum(50, 0.02 * cards.limits[:, 0]), 0.0, balance)
        for grid, values in zip(vars(course).values(), (balance, cash, shop, minimum, paid), strict=True):
            grid[:, month] = values
    return course
