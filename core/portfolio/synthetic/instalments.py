"""Every instalment that fell due at this lender, and when and how much was paid."""

from __future__ import annotations

import numpy as np

from core.portfolio.synthetic.card import Payments
from core.portfolio.synthetic.facts import Codes, Columns, Reals, facts
from core.portfolio.synthetic.people import People
from core.portfolio.synthetic.pos_cash import repeated
from core.portfolio.synthetic.previous_ask import REVOLVING
from core.portfolio.synthetic.previous_loans import Loans

SPLIT_SHARE = 0.11  # instalments that a punctual client pays in two parts
CARD_PARTS = (0.35, 0.65)  # up to these shares of the card payments come in one part, in two parts, else in three
MONTH_DAYS = 30


def _delay(rng: np.random.Generator, lateness: Reals, rows: int) -> Reals:
    """Days between due date and payment: mostly early, late ones by the late."""
    trait = 0.2 * lateness + np.sqrt(1 - 0.2**2) * rng.standard_normal(rows)
    return np.round(facts().quantiles["payment_delay"].of_normal(trait))


def _settlement(loans: Loans) -> Reals:
    """The last payment of a loan repaid early: what is left of the principal, with a month's interest."""
    growth = 1 + loans.rate
    left = growth ** (-np.maximum(loans.terms - loans.paid_terms + 1, 1).astype(np.float64))
    return np.asarray(np.round(loans.annuity * (1 - left) / loans.rate * growth, 3))


def _of_loans(rng: np.random.Generator, people: People, keys: Codes, loans: Loans) -> Columns:
    some = loans.only((loans.contract != REVOLVING) & (loans.first_due < -3))
    fallen_due = np.floor((-4 - some.first_due) / MONTH_DAYS).astype(np.int64) + 1
    row, step = repeated(np.minimum(some.paid_terms, fallen_due))
    due_day = some.first_due[row] + MONTH_DAYS * step
    early_end = (some.ended & (some.paid_terms < some.terms))[row] & (step == some.paid_terms[row] - 1)
    amount = np.where(early_end, _settlement(some)[row], some.annuity[row])
    late = people.lateness[some.owner][row]
    paid_day = due_day + _delay(rng, late, len(row))
    split = rng.random(len(row)) < SPLIT_SHARE * np.exp(0.35 * late - 0.06)
    part = np.where(split, np.round(amount * (0.05 + 0.9 * rng.random(len(row))), 3), amount)
    again = np.flatnonzero(split)
    rest_day = paid_day[again] + np.ceil(rng.exponential(6, len(again)))
    order = np.argsort(np.concatenate([np.arange(len(row)), again]), kind="stable")

    def both(first: Reals | Codes, second: Reals | Codes) -> Reals:
        return np.concatenate([first, second])[order].astype(np.float64)

    when = both(paid_day, rest_day)
    unpaid = when >= 0
    return {
        "SK_ID_PREV": both(some.identifier[row], some.identifier[row][again]).astype(np.int64),
        "SK_ID_CURR": both(keys[some.owner][row], keys[some.owner][row][again]).astype(np.int64),
        "NUM_INSTALMENT_VERSION": both(1.0 + early_end, 1.0 + early_end[again]),
        "NUM_INSTALMENT_NUMBER": both(step + 1, step[again] + 1).astype(np.int64),
        "DAYS_INSTALMENT": both(due_day, due_day[again]),
        "DAYS_ENTRY_PAYMENT": np.where(unpaid, np.nan, when),
        "AMT_INSTALMENT": both(amount, amount[again]),
        "AMT_PAYMENT": np.where(unpaid, np.nan, both(part, amount[again] - part[again])),
    }


def _of_cards(rng: np.random.Generator, people: People, keys: Codes, payments: Payments) -> Columns:
    """What was paid on cards, often in several parts within the month."""
    parts = 1 + np.searchsorted(CARD_PARTS, rng.random(len(payments.owner)))
    parts = np.where(payments.paid > 0, parts, 1)
    row, _ = repeated(parts)
    due_day = payments.month[row].astype(np.float64) * MONTH_DAYS - 1
    paid_day = np.minimum(due_day + _delay(rng, people.lateness[payments.owner][row], len(row)), -1)
    nothing = payments.paid[row] == 0
    part = np.round(payments.paid[row] / parts[row], 3)
    return {
        "SK_ID_PREV": payments.identifier[row],
        "SK_ID_CURR": keys[payments.owner][row],
        "NUM_INSTALMENT_VERSION": np.zeros(len(row)),
        "NUM_INSTALMENT_NUMBER": payments.number[row],
        "DAYS_INSTALMENT": due_day,
        "DAYS_ENTRY_PAYMENT": np.where(nothing, np.nan, paid_day),
        "AMT_INSTALMENT": payments.due[row],
        "AMT_PAYMENT": np.where(nothing, np.nan, part),
    }


def draw(rng: np.random.Generator, people: People, keys: Codes, loans: Loans, payments: Payments) -> Columns:
    """The instalments of loans and cards together."""
    loan_rows = _of_loans(rng, people, keys, loans)
    card_rows = _of_cards(rng, people, keys, payments)
    return {name: np.concatenate([np.asarray(loan_rows[name]), np.asarray(card_rows[name])]) for name in loan_rows}
