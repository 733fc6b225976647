"""Which earlier applications became loans, and the days of their life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.portfolio.synthetic.application import NO_DATE, hidden
from core.portfolio.synthetic.facts import Codes, Columns, Mask, Reals, facts
from core.portfolio.synthetic.people import People, mixed
from core.portfolio.synthetic.previous_ask import APPROVED, CONSUMER, REVOLVING, Ask

ISSUED = np.array([0.92, 0.975, 0.96, 0.0])  # share of approved loans that were paid out


@dataclass(frozen=True)
class Loans:
    """The loans that were paid out: one entry each; days and months before now are negative."""

    owner: Codes
    identifier: Codes
    contract: Codes
    decided: Reals
    first_due: Reals
    terms: Codes  # instalments agreed, 0 for cards
    paid_terms: Codes  # instalments after which it ends or ended (fewer when repaid early)
    annuity: Reals
    credit: Reals
    rate: Reals  # per month
    ended: Mask
    drawing: Reals  # day of a card's first use, NaN if never used

    def only(self, where: Mask) -> Loans:
        return Loans(**{name: values[where] for name, values in vars(self).items()})


def _first_drawing(rng: np.random.Generator, people: People, ask: Ask) -> Reals:
    """The day a card was first used; a third of the cards never is."""
    wanted = (ask.contract == REVOLVING) & (mixed(rng, people.card_hunger[ask.owner], 0.4) > -0.36)
    day = ask.decided + np.round(rng.exponential(30, len(ask.owner)))
    return hidden(day, ~wanted | (day >= -30))


def loans_of(rng: np.random.Generator, people: People, ask: Ask, identifier: Codes) -> tuple[Loans, Mask]:
    """The loans that were paid out, and which of the earlier applications they belong to."""
    figures, count = facts(), len(ask.owner)
    issued = (ask.status == APPROVED) & (rng.random(count) < ISSUED[ask.contract]) & (ask.decided < -32)
    contract = np.minimum(ask.contract, REVOLVING)
    first = ask.decided + np.round(figures.quantiles["previous_first_due"].at(rng.random(count), contract))
    hurry = mixed(rng, people.lateness[ask.owner], 0.15)
    share = np.clip(figures.quantiles["previous_life"].of_normal(hurry, np.minimum(contract, CONSUMER)), 0.04, 1.0)
    paid = np.clip(np.ceil(ask.terms * share), 1, np.maximum(ask.terms, 1)).astype(np.int64)
    last_due = first + 30 * (paid - 1)
    ended = (last_due < -8) & (ask.contract != REVOLVING)
    paid = np.where(ended, paid, ask.terms)
    loans = Loans(
        ask.owner,
        identifier,
        ask.contract,
        ask.decided,
        first,
        ask.terms,
        paid,
        ask.annuity,
        ask.credit,
        ask.rate,
        ended,
        _first_drawing(rng, people, ask),
    )
    return loans, issued


def dates(rng: np.random.Generator, loans: Loans, issued: Mask) -> Columns:
    """The columns of first and last days, empty where no loan was paid out."""
    figures, count = facts(), len(issued)
    revolving = loans.contract == REVOLVING
    last_due = np.where(loans.ended, loans.first_due + 30 * (loans.paid_terms - 1), NO_DATE)
    ended_after = np.ceil(np.clip(figures.quantiles["previous_ended"].at(rng.random(count)), 2, 900))
    termination = np.where(loans.ended, last_due + np.minimum(ended_after, np.maximum(-last_due - 1, 1)), NO_DATE)
    drawing = np.nan_to_num(loans.drawing, nan=NO_DATE)
    card_due = np.where(drawing < -60, drawing + 44, NO_DATE)
    loan_due = np.where(loans.first_due < 0, loans.first_due, NO_DATE)
    first_due = np.where(revolving, card_due, loan_due)
    promised = loans.first_due + 30 * (loans.terms - 1)
    insured = rng.random(count) < np.array([0.45, 0.28, 0.04, 0.0])[loans.contract]
    return {
        "DAYS_FIRST_DRAWING": hidden(drawing, ~issued),
        "DAYS_FIRST_DUE": hidden(first_due, ~issued),
        "DAYS_LAST_DUE_1ST_VERSION": hidden(np.where(revolving, NO_DATE, promised), ~issued),
        "DAYS_LAST_DUE": hidden(last_due, ~issued),
        "DAYS_TERMINATION": hidden(termination, ~issued),
        "NFLAG_INSURED_ON_APPROVAL": hidden(insured.astype(np.float64), ~issued),
    }
