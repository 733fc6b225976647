"""Monthly statements of the lender's own credit cards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.portfolio.synthetic import card_course
from core.portfolio.synthetic.application import hidden
from core.portfolio.synthetic.bureau import LONGEST_MONTHS, MONTH
from core.portfolio.synthetic.facts import Category, Codes, Columns, Mask, Reals
from core.portfolio.synthetic.people import People
from core.portfolio.synthetic.pos_cash import repeated
from core.portfolio.synthetic.previous_ask import REVOLVING
from core.portfolio.synthetic.previous_loans import Loans

STATUSES = ("Active", "Completed", "Signed")
ACTIVE, COMPLETED, SIGNED = range(3)


@dataclass(frozen=True)
class Payments:
    """What was due and paid on the cards, one entry per month with a payment due."""

    owner: Codes
    identifier: Codes
    number: Codes
    month: Codes
    due: Reals
    paid: Reals


def _counts(rng: np.random.Generator, amount: Reals, typical: float) -> Reals:
    """How many drawings made up an amount."""
    return np.where(amount > 0, 1 + rng.poisson(np.minimum(amount / typical, 25)), 0).astype(np.float64)


def _days_late(rng: np.random.Generator, minimum: Reals, paid: Reals) -> Codes:
    late = (minimum > 0) & (paid < minimum)
    return np.where(late, np.ceil(rng.lognormal(2.2, 1.0, len(late))), 0).astype(np.int64)


def _months_shown(rng: np.random.Generator, start: Codes, unused: Mask) -> tuple[Codes, Mask]:
    """How many statements a card has, and which cards were given back."""
    count = len(start)
    shut = rng.random(count) < 0.06
    length = np.where(shut, np.ceil(-start * (0.3 + 0.7 * rng.random(count))), -start)
    # A card that is never used gets its statements for a while only.
    length = np.where(unused, np.ceil(length * 0.7), length)
    return np.maximum(length, 1).astype(np.int64), shut


def _drawn(rng: np.random.Generator, cash: Reals, shop: Reals, silent: Mask) -> Columns:
    """Drawings of the month by way; months of a card nobody uses have none, written as missing."""
    cash_count, shop_count = _counts(rng, cash, 30_000), _counts(rng, shop, 8_000)
    nothing = np.zeros(len(cash))
    return {
        "AMT_DRAWINGS_ATM_CURRENT": hidden(cash, silent),
        "AMT_DRAWINGS_CURRENT": cash + shop,
        "AMT_DRAWINGS_OTHER_CURRENT": hidden(nothing, silent),
        "AMT_DRAWINGS_POS_CURRENT": hidden(shop, silent),
        "CNT_DRAWINGS_ATM_CURRENT": hidden(cash_count, silent),
        "CNT_DRAWINGS_CURRENT": (cash_count + shop_count).astype(np.int64),
        "CNT_DRAWINGS_OTHER_CURRENT": hidden(nothing, silent),
        "CNT_DRAWINGS_POS_CURRENT": hidden(shop_count, silent),
    }


def draw(rng: np.random.Generator, people: People, keys: Codes, loans: Loans) -> tuple[Columns, Payments]:
    """One row per card and month, and the payments for the instalment table."""
    cards = loans.only(loans.contract == REVOLVING)
    start = -np.clip(np.round(-cards.decided / MONTH), 1, LONGEST_MONTHS).astype(np.int64)
    plan = card_course.plan(rng, people, cards, start)
    course = card_course.simulate(rng, plan)
    unused = plan.first_use < 0
    length, shut = _months_shown(rng, start, unused)
    card, step = repeated(length)
    balance, minimum, paid = (grid[card, step] for grid in (course.balance, course.minimum, course.paid))
    ended = shut[card] & (step == length[card] - 1)
    number = np.cumsum(course.minimum > 0, axis=1, dtype=np.int64)[card, step]
    untold = rng.random(len(card)) < 0.07
    late_days = _days_late(rng, minimum, paid)
    silent = rng.random(len(card)) < np.where(unused[card], 0.72, 0.01)
    no_payment = (paid == 0) & (rng.random(len(card)) < np.where(unused[card], 0.77, 0.08))
    principal = np.round(balance * np.clip(0.961 + 0.012 * rng.standard_normal(len(card)), 0.9, 1), 3)
    first = (step == 0) & (rng.random(len(card)) < 0.15)
    limit = np.where(ended & (balance == 0), 0, plan.limits[card, step])
    columns: Columns = {
        "SK_ID_PREV": cards.identifier[card],
        "SK_ID_CURR": keys[cards.owner][card],
        "MONTHS_BALANCE": start[card] + step,
        "AMT_BALANCE": balance,
        "AMT_CREDIT_LIMIT_ACTUAL": limit.astype(np.int64),
        "AMT_INST_MIN_REGULARITY": hidden(minimum, untold),
        "AMT_PAYMENT_CURRENT": hidden(paid, no_payment),
        "AMT_PAYMENT_TOTAL_CURRENT": paid,
        "AMT_RECEIVABLE_PRINCIPAL": principal,
        "AMT_RECIVABLE": balance,
        "AMT_TOTAL_RECEIVABLE": balance,
        "CNT_INSTALMENT_MATURE_CUM": hidden(number.astype(np.float64), untold),
        "NAME_CONTRACT_STATUS": Category(np.where(ended, COMPLETED, np.where(first, SIGNED, ACTIVE)), STATUSES),
        "SK_DPD": late_days,
        "SK_DPD_DEF": np.where((late_days < 30) & (balance > 9_000), late_days, 0),
    }
    cash, shop = course.cash[card, step], course.shop[card, step]
    columns |= _drawn(rng, cash, shop, silent & (cash + shop == 0))
    due = minimum > 0
    payments = Payments(
        cards.owner[card][due],
        cards.identifier[card][due],
        number[due],
        (start[card] + step)[due],
        minimum[due],
        paid[due],
    )
    return columns, payments
