"""Monthly statements of the lender's own credit cards, simulated month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.portfolio.synthetic.application import hidden
from core.portfolio.synthetic.bureau import LONGEST_MONTHS, MONTH
from core.portfolio.synthetic.facts import Category, Codes, Columns, Mask, Reals, facts
from core.portfolio.synthetic.people import People, mixed
from core.portfolio.synthetic.previous import REVOLVING, Loans

MONTHLY_INTEREST = 0.022
MINIMUM_SHARE = 0.05  # of the balance, the smallest payment
STATUSES = ("Active", "Completed", "Signed")

Grid = NDArray[np.float64]  # (cards, months), months counted from the card's first


@dataclass(frozen=True)
class Payments:
    """What was due and paid on the cards, one entry per month with a payment due."""

    owner: Codes
    identifier: Codes
    number: Codes
    month: Codes
    due: Reals
    paid: Reals


@dataclass(frozen=True)
class _Course:
    balance: Grid
    cash: Grid
    shop: Grid
    minimum: Grid
    paid: Grid


def _simulate(rng: np.random.Generator, limit: Reals, appetite: Reals, discipline: Reals, first_use: Codes) -> _Course:
    """Balances by month: drawings up to the limit, interest, payments of the minimum and more."""
    shape = (len(limit), LONGEST_MONTHS)
    course = _Course(*(np.zeros(shape) for _ in range(5)))
    balance = np.zeros(len(limit))
    for month in range(LONGEST_MONTHS):
        used = (first_use >= 0) & (month >= first_use)
        free = np.maximum(limit - balance, 0.0)
        room = np.clip(appetite * limit - balance, 0, None)
        first = used & (month == first_use)
        draws = first | (used & (rng.random(len(limit)) < 0.10 + 0.25 * (room > 0.15 * limit)))
        wanted = room * (0.25 + 0.75 * rng.random(len(limit))) + 0.02 * limit * rng.random(len(limit))
        amount = np.where(draws, np.minimum(wanted, free), 0.0)
        in_cash = rng.random(len(limit)) < 0.55
        cash = np.where(in_cash, np.minimum(np.round(amount / 900) * 900, free), 0.0)
        shop = np.where(in_cash, 0.0, np.round(amount, 2))
        minimum = np.round(MINIMUM_SHARE * balance / 45) * 45
        skips = rng.random(len(limit)) < 0.04 * np.exp(-0.9 * discipline)
        extra = np.clip(0.02 + 0.09 * rng.exponential(1, len(limit)) * np.exp(0.5 * discipline), 0, 1) * balance
        paid = np.where(skips | (balance < 1), 0.0, np.minimum(np.maximum(minimum, extra), balance))
        balance = np.round((balance - paid) * (1 + MONTHLY_INTEREST) + cash + shop, 3)
        balance = np.where(balance < 50, 0.0, balance)
        for grid, values in zip(vars(course).values(), (balance, cash, shop, minimum, paid), strict=True):
            grid[:, month] = values
    return course


def _counts(rng: np.random.Generator, amount: Reals, typical: float) -> Reals:
    """How many drawings made up an amount."""
    return np.where(amount > 0, 1 + rng.poisson(np.minimum(amount / typical, 25)), 0).astype(np.float64)


def _rows(
    rng: np.random.Generator, cards: Loans, length: Codes, start: Codes, first_use: Codes
) -> tuple[Codes, Codes, Mask]:
    steps = np.arange(LONGEST_MONTHS)
    shown = steps[None, :] < length[:, None]
    card, step = np.nonzero(shown)
    used = (first_use[card] >= 0) & (step >= first_use[card])
    return card, step, used


def draw(rng: np.random.Generator, people: People, keys: Codes, loans: Loans) -> tuple[Columns, Payments]:
    """One row per card and month, and the payments for the instalment table."""
    cards = loans.only(loans.contract == REVOLVING)
    count = len(cards.owner)
    start = -np.clip(np.round(-cards.decided / MONTH), 1, LONGEST_MONTHS).astype(np.int64)
    first_use = np.round(-start + np.nan_to_num(cards.drawing) / MONTH)
    first_use = np.where(np.isnan(cards.drawing), -1, np.clip(first_use, 0, None)).astype(np.int64)
    shut = rng.random(count) < 0.05
    length = np.where(shut, np.maximum(np.ceil(-start * (0.3 + 0.7 * rng.random(count))), 1), -start).astype(np.int64)
    hunger, late = people.card_hunger[cards.owner], people.lateness[cards.owner]
    appetite = facts().quantiles["card_use"].of_normal(mixed(rng, hunger, 0.75)) * 1.35 + 0.03
    course = _simulate(rng, cards.credit, np.minimum(appetite, 1.05), mixed(rng, -late, 0.7), first_use)
    card, step, used = _rows(rng, cards, length, start, first_use)
    balance, cash, shop = (grid[card, step] for grid in (course.balance, course.cash, course.shop))
    minimum, paid = course.minimum[card, step], course.paid[card, step]
    closed = shut[card] & (step == length[card] - 1)
    number = np.cumsum(course.minimum > 0, axis=1)[card, step].astype(np.float64)
    quiet = ~used | (rng.random(len(card)) < 0.01)
    unknown = rng.random(len(card)) < 0.07
    late_days = _days_late(rng, minimum > 0, paid < minimum)
    silent = (rng.random(len(card)) < 0.6) & (paid == 0)
    cash_count, shop_count = _counts(rng, cash, 30_000), _counts(rng, shop, 5_000)
    owed = np.where(balance > 0, balance, 0.0)
    columns: Columns = {
        "SK_ID_PREV": cards.identifier[card],
        "SK_ID_CURR": keys[cards.owner][card],
        "MONTHS_BALANCE": start[card] + step,
        "AMT_BALANCE": owed,
        "AMT_CREDIT_LIMIT_ACTUAL": np.where(closed, 0, cards.credit[card]).astype(np.int64),
        "AMT_DRAWINGS_ATM_CURRENT": hidden(cash, quiet & (cash == 0)),
        "AMT_DRAWINGS_CURRENT": cash + shop,
        "AMT_DRAWINGS_OTHER_CURRENT": hidden(np.zeros(len(card)), quiet & (cash + shop == 0)),
        "AMT_DRAWINGS_POS_CURRENT": hidden(shop, quiet & (shop == 0)),
        "AMT_INST_MIN_REGULARITY": hidden(minimum, unknown),
        "AMT_PAYMENT_CURRENT": hidden(paid, quiet & silent),
        "AMT_PAYMENT_TOTAL_CURRENT": paid,
        "AMT_RECEIVABLE_PRINCIPAL": np.round(owed * 0.963, 3),
        "AMT_RECIVABLE": owed,
        "AMT_TOTAL_RECEIVABLE": owed,
        "CNT_DRAWINGS_ATM_CURRENT": hidden(cash_count, quiet & (cash == 0)),
        "CNT_DRAWINGS_CURRENT": (cash_count + shop_count).astype(np.int64),
        "CNT_DRAWINGS_OTHER_CURRENT": hidden(np.zeros(len(card)), quiet & (cash + shop == 0)),
        "CNT_DRAWINGS_POS_CURRENT": hidden(shop_count, quiet & (shop == 0)),
        "CNT_INSTALMENT_MATURE_CUM": hidden(number, unknown),
        "NAME_CONTRACT_STATUS": Category(np.where(closed, 1, np.where(step == 0, 2, 0) * (length[card] > 8)), STATUSES),
        "SK_DPD": late_days,
        "SK_DPD_DEF": np.where(late_days < 30, late_days, 0),
    }
    due = minimum > 0
    payments = Payments(
        cards.owner[card][due],
        cards.identifier[card][due],
        number[due].astype(np.int64),
        (start[card] + step)[due],
        minimum[due],
        paid[due],
    )
    return columns, payments


def _days_late(rng: np.random.Generator, due: Mask, short: Mask) -> Codes:
    late = due & short
    return np.where(late, np.ceil(rng.lognormal(2.2, 1.0, len(late))), 0).astype(np.int64)
