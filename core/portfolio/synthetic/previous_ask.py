"""What was asked of this lender earlier and offered: when, which kind of loan, how much, on which terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.portfolio.synthetic.application import on_grid
from core.portfolio.synthetic.bureau import LONGEST_DAYS
from core.portfolio.synthetic.facts import Codes, Mask, Reals, facts
from core.portfolio.synthetic.people import YEAR, People, filled_up, mixed

CASH, CONSUMER, REVOLVING, NO_CONTRACT = range(4)
APPROVED, CANCELED, REFUSED, UNUSED = range(4)
# Applications per applicant relative to the sample, as for the loans at other lenders.
FAN_OUT = 1.16
WITHOUT_HISTORY = 0.043
BEGINS_WITH_A_LOAN = 0.96
SIZES = (50_000.0, 100_000.0, 200_000.0, 400_000.0)  # steps of the amount asked, as measured in facts.json
# Share of filled-in contract terms, by contract and status.
FILLED = np.array(
    [[1.0, 0.03, 0.83, 0.0], [1.0, 0.16, 0.83, 0.02], [1.0, 0.01, 0.95, 1.0], [0.0, 0.0, 0.0, 0.0]],
)


@dataclass(frozen=True)
class Ask:
    """What was asked for and offered, one entry per earlier application."""

    owner: Codes
    contract: Codes
    status: Codes
    filled: Mask
    decided: Reals
    asked: Reals
    credit: Reals
    down: Reals
    terms: Codes
    grade: Codes  # yield group
    rate: Reals
    annuity: Reals


def _count(rng: np.random.Generator, people: People) -> Codes:
    trait = filled_up(rng, 0.2 * people.borrowing + 0.3 * people.refusals, 0.16)
    expected = facts().quantiles["previous_count"].of_normal(trait) * FAN_OUT
    count = np.floor(expected + rng.random(len(people))).astype(np.int64)
    return np.where(rng.random(len(people)) < WITHOUT_HISTORY, 0, np.maximum(count, 1))


def _contract(rng: np.random.Generator, began: Mask) -> Codes:
    """The kind of loan; what begins a relation is bought in a shop or taken as cash."""
    share = np.diff(facts().shares["previous_contract"].cumulative[0], prepend=0.0)
    later = share * np.array([1.05, 0.85, 1.40, 1.0])
    bounds = np.cumsum(later / later.sum())[:-1]
    usual = (rng.random(len(began))[:, None] >= bounds).sum(axis=1)
    first = np.where(rng.random(len(began)) < 0.8, CONSUMER, CASH)
    return np.where(began, first, usual).astype(np.int64)


def _status(rng: np.random.Generator, contract: Codes, refusals: Reals) -> Codes:
    cumulative = facts().shares["previous_status"].cumulative
    weight = np.diff(cumulative, axis=1, prepend=0.0)[contract]
    weight[contract == CONSUMER, APPROVED] *= 0.5
    weight[:, REFUSED] *= np.exp(0.6 * refusals - 0.16)
    bounds = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    return np.asarray((rng.random(len(contract))[:, None] >= bounds).sum(axis=1), dtype=np.int64)


def _decided(rng: np.random.Generator, people: People, owner: Codes, contract: Codes, status: Codes) -> Reals:
    """The day of the lender's answer, in grown-up years and within the bureau's memory."""
    steadiness = mixed(rng, people.risk[owner], -0.1) + 0.4 * (contract == REVOLVING)
    age = facts().quantiles["previous_decided"].of_normal(steadiness, contract, status)
    adult = people.age_days[owner] - 19 * YEAR
    grown_up = np.maximum(adult * rng.random(len(owner)) ** 0.3, 2)
    return np.asarray(-np.floor(np.clip(np.minimum(age, grown_up), 2, LONGEST_DAYS)))


def _amount(size: Reals, contract: Codes, granted: Codes) -> Reals:
    """What was asked for: the price of goods, round sums of cash and of a card's limit."""
    asked = facts().quantiles["previous_asked"].of_normal(size, contract, granted)
    asked = np.where(contract == CASH, on_grid(asked, 22_500), on_grid(asked, 45))
    return np.where(contract == REVOLVING, on_grid(asked, 22_500), asked)


def _down_payment(rng: np.random.Generator, contract: Codes, asked: Reals) -> Reals:
    figures, count = facts(), len(contract)
    pays_down = (contract == CONSUMER) & (rng.random(count) > figures.numbers["previous_no_down"])
    share = np.where(pays_down, figures.quantiles["previous_down"].at(rng.random(count)), 0.0)
    return np.asarray(np.round(asked * share / 1.089 / 4.5) * 4.5)


def _credit(rng: np.random.Generator, size: Reals, contract: Codes, asked: Reals, down: Reals) -> Reals:
    """What was offered: cash with its fees, goods less the down payment and insured or not, a card's limit."""
    figures, count = facts(), len(contract)
    product = np.minimum(contract, CONSUMER)
    cash_ratio = np.maximum(figures.quantiles["previous_ratio"].at(rng.random(count), product), 1.0)
    insured = np.where(rng.random(count) < 0.3, 1.0 + 0.13 * rng.random(count), 1.0)
    credit = on_grid(np.where(contract == CASH, asked * cash_ratio, (asked - down) * insured), 4.5)
    limit = on_grid(figures.quantiles["previous_card_limit"].of_normal(size), 22_500)
    return np.where(contract == REVOLVING, np.maximum(limit, 22_500), credit)


def _annuity(contract: Codes, credit: Reals, rate: Reals, terms: Codes) -> Reals:
    instalment = credit * rate / (1 - (1 + rate) ** -np.maximum(terms, 1).astype(np.float64))
    return np.where(contract == REVOLVING, credit / 20, np.round(instalment * 200) / 200)


def asked_earlier(rng: np.random.Generator, people: People) -> Ask:
    """Every earlier application of these people."""
    figures = facts()
    owner = np.repeat(np.arange(len(people)), _count(rng, people))
    count = len(owner)
    # Whoever is known here mostly began with a loan that was granted.
    began = (np.diff(owner, prepend=-1) > 0) & (rng.random(count) < BEGINS_WITH_A_LOAN)
    contract = _contract(rng, began)
    status = np.where(began, APPROVED, _status(rng, contract, people.refusals[owner]))
    decided = _decided(rng, people, owner, contract, status)
    filled = rng.random(count) < FILLED[contract, status]
    size = mixed(rng, people.wealth[owner], 0.35)
    granted = (status == APPROVED).astype(np.int64)
    asked = _amount(size, contract, granted)
    product = np.minimum(contract, CONSUMER)
    step = np.searchsorted(SIZES, asked)
    terms = figures.shares["previous_terms"].numbers(rng.random(count), product, granted, step).astype(np.int64)
    terms = np.where(contract == REVOLVING, 0, terms)
    grade = figures.shares["previous_yield"].pick(rng.random(count), product)
    rate = np.maximum(figures.quantiles["previous_rate"].at(rng.random(count), product, grade), 0.001)
    down = _down_payment(rng, contract, asked)
    credit = _credit(rng, size, contract, asked, down)
    annuity = _annuity(contract, credit, rate, terms)
    silent = (contract == REVOLVING) & (rng.random(count) < 0.4)
    asked = np.where(silent, 0.0, np.where(contract == REVOLVING, np.minimum(asked, credit), asked))
    return Ask(owner, contract, status, filled, decided, asked, credit, down, terms, grade, rate, annuity)
