"""Earlier applications at this lender and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.portfolio.synthetic.application import NO_DATE, hidden, on_grid
from core.portfolio.synthetic.bureau import LONGEST_DAYS
from core.portfolio.synthetic.facts import Category, Codes, Columns, Mask, Reals, facts
from core.portfolio.synthetic.people import YEAR, People, filled_up, mixed

CASH, CONSUMER, REVOLVING, NO_CONTRACT = range(4)
APPROVED, CANCELED, REFUSED, UNUSED = range(4)
# Applications per applicant relative to the sample, as for the loans at other lenders.
FAN_OUT = 1.16
WITHOUT_HISTORY = 0.043
BEGINS_WITH_A_LOAN = 0.96
SIZES = (50_000.0, 100_000.0, 200_000.0, 400_000.0)  # steps of the amount asked, as measured in facts.json
NEW, REPEATER, REFRESHED, UNKNOWN_CLIENT = range(4)
# Share of filled-in contract terms, by contract and status.
FILLED = np.array(
    [[1.0, 0.03, 0.83, 0.0], [1.0, 0.16, 0.83, 0.02], [1.0, 0.01, 0.95, 1.0], [0.0, 0.0, 0.0, 0.0]],
)
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


@dataclass(frozen=True)
class _Ask:
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


def _ask(rng: np.random.Generator, people: People) -> _Ask:
    figures = facts()
    owner = np.repeat(np.arange(len(people)), _count(rng, people))
    count = len(owner)
    # Whoever is known here mostly began with a loan that was granted.
    began = (np.diff(owner, prepend=-1) > 0) & (rng.random(count) < BEGINS_WITH_A_LOAN)
    contract = _contract(rng, began)
    status = np.where(began, APPROVED, _status(rng, contract, people.refusals[owner]))
    steadiness = mixed(rng, people.risk[owner], -0.1) + 0.4 * (contract == REVOLVING)
    age = figures.quantiles["previous_decided"].of_normal(steadiness, contract, status)
    adult = people.age_days[owner] - 19 * YEAR
    decided = -np.floor(np.clip(np.minimum(age, np.maximum(adult * rng.random(count) ** 0.3, 2)), 2, LONGEST_DAYS))
    filled = rng.random(count) < FILLED[contract, status]
    size = mixed(rng, people.wealth[owner], 0.35)
    granted = (status == APPROVED).astype(np.int64)
    asked = figures.quantiles["previous_asked"].of_normal(size, contract, granted)
    asked = np.where(contract == CASH, on_grid(asked, 22_500), on_grid(asked, 45))
    asked = np.where(contract == REVOLVING, on_grid(asked, 22_500), asked)
    product = np.minimum(contract, CONSUMER)
    step = np.searchsorted(SIZES, asked)
    terms = figures.shares["previous_terms"].numbers(rng.random(count), product, granted, step).astype(np.int64)
    terms = np.where(contract == REVOLVING, 0, terms)
    grade = figures.shares["previous_yield"].pick(rng.random(count), product)
    rate = np.maximum(figures.quantiles["previous_rate"].at(rng.random(count), product, grade), 0.001)
    pays_down = (contract == CONSUMER) & (rng.random(count) > figures.numbers["previous_no_down"])
    share_down = np.where(pays_down, figures.quantiles["previous_down"].at(rng.random(count)), 0.0)
    down = np.round(asked * share_down / 1.089 / 4.5) * 4.5
    cash_ratio = np.maximum(figures.quantiles["previous_ratio"].at(rng.random(count), product), 1.0)
    insured = np.where(rng.random(count) < 0.3, 1.0 + 0.13 * rng.random(count), 1.0)
    credit = on_grid(np.where(contract == CASH, asked * cash_ratio, (asked - down) * insured), 4.5)
    limit = on_grid(figures.quantiles["previous_card_limit"].of_normal(size), 22_500)
    credit = np.where(contract == REVOLVING, np.maximum(limit, 22_500), credit)
    instalment = credit * rate / (1 - (1 + rate) ** -np.maximum(terms, 1).astype(np.float64))
    annuity = np.where(contract == REVOLVING, credit / 20, np.round(instalment * 200) / 200)
    silent = (contract == REVOLVING) & (rng.random(count) < 0.4)
    asked = np.where(silent, 0.0, np.where(contract == REVOLVING, np.minimum(asked, credit), asked))
    return _Ask(owner, contract, status, filled, decided, asked, credit, down, terms, grade, rate, annuity)


def _client_type(rng: np.random.Generator, ask: _Ask) -> Codes:
    """New at the first application, known afterwards."""
    first = np.full(int(ask.owner.max(initial=0)) + 1, 0.0)
    np.minimum.at(first, ask.owner, ask.decided)
    earliest = (ask.decided == first[ask.owner]) & (rng.random(len(ask.owner)) < 0.86)
    refreshed = rng.random(len(ask.owner)) < 0.1
    unknown = rng.random(len(ask.owner)) < 0.0011
    kind = np.where(earliest, NEW, np.where(refreshed, REFRESHED, REPEATER))
    return np.where(unknown, UNKNOWN_CLIENT, kind)


def _combination(rng: np.random.Generator, ask: _Ask, product: Category, industry: Category) -> Category:
    """The lender's product name, which follows from contract, channel, yield and shop."""
    grades = ("low", "low", "middle", "high")
    shops = {"Connectivity": "mobile", "Consumer electronics": "household", "Clothing": "other", "Tourism": "other"}
    cash = tuple(f"Cash {way}: {grade}" for way in ("X-Sell", "Street") for grade in ("low", "middle", "high"))
    points = tuple(
        f"POS {shop} {interest} interest"
        for shop in ("mobile", "household", "industry", "other")
        for interest in ("with", "without")
    )
    choices = ("Cash", "Card Street", "Card X-Sell", *cash, *points)
    choices = tuple(choice.replace("other without", "others without") for choice in choices)
    level = np.array([("low", "middle", "high").index(grade) for grade in grades])[ask.grade]
    walk_in = product.codes != product.choices.index("x-sell")
    shop_names = ("mobile", "household", "industry", "other")
    shop = np.array([shop_names.index(shops.get(name, "industry")) for name in industry.choices])[industry.codes]
    free = (ask.grade == 0) | ((ask.grade == 1) & (rng.random(len(ask.owner)) < 0.33))
    code = np.where(ask.filled, 3 + 3 * walk_in + level, 0)
    code = np.where(ask.contract == CONSUMER, 9 + 2 * shop + free, code)
    code = np.where(ask.contract == REVOLVING, np.where(walk_in, 1, 2), code)
    return Category(np.where(ask.contract == NO_CONTRACT, -1, code), choices)


def _texts(rng: np.random.Generator, ask: _Ask) -> Columns:
    figures, count = facts(), len(ask.owner)
    shares = figures.shares
    pick = shares["previous_product"].pick(rng.random(count), ask.contract, ask.status)
    offered = ask.filled & np.isin(ask.contract, (CASH, REVOLVING))
    product = Category(np.where(offered, pick, 2), ("x-sell", "walk-in", "XNA"))
    goods = shares["previous_goods"].texts(rng.random(count))
    industry = shares["previous_industry"].texts(rng.random(count), goods.codes)
    sells = ask.contract == CONSUMER
    nothing = goods.choices.index("XNA")
    no_industry = industry.choices.index("XNA")
    goods = Category(np.where(sells, goods.codes, nothing), goods.choices)
    # Cash and cards are sometimes sold in a shop, too.
    in_shop = sells | (ask.filled & (rng.random(count) < 0.15))
    industry = Category(np.where(in_shop, industry.codes, no_industry), industry.choices)
    channel = shares["previous_channel"].texts(rng.random(count), ask.contract, ask.status)
    purpose = shares["previous_purpose"].texts(rng.random(count), np.where(pick == 1, 1, 0))
    purposes = (*purpose.choices, "XAP")
    bare = purpose.choices.index("XNA")
    cash_purpose = np.where(ask.filled, purpose.codes, bare)
    reason = shares["previous_reject"].texts(rng.random(count), ask.contract)
    reasons = tuple(dict.fromkeys((*reason.choices, "XAP", "CLIENT")))
    none, client = reasons.index("XAP"), reasons.index("CLIENT")
    refused = np.where(ask.status == REFUSED, reason.codes, np.where(ask.status == UNUSED, client, none))
    portfolio = np.where(ask.filled, np.array([2, 0, 3, 1])[ask.contract], 1)
    area = figures.quantiles["previous_area"].at(rng.random(count), ask.contract, channel.codes)
    grade = np.where(ask.filled & (ask.contract < REVOLVING), ask.grade, 4)
    return {
        "WEEKDAY_APPR_PROCESS_START": shares["previous_weekday"].texts(rng.random(count)),
        "HOUR_APPR_PROCESS_START": shares["previous_hour"].pick(rng.random(count)),
        "NAME_CASH_LOAN_PURPOSE": Category(
            np.where(ask.contract == CASH, cash_purpose, purposes.index("XAP")), purposes
        ),
        "NAME_PAYMENT_TYPE": shares["previous_payment"].texts(rng.random(count), ask.contract, ask.status),
        "CODE_REJECT_REASON": Category(refused, reasons),
        "NAME_TYPE_SUITE": shares["previous_suite"].texts(rng.random(count), ask.contract, ask.status),
        "NAME_CLIENT_TYPE": Category(_client_type(rng, ask), ("New", "Repeater", "Refreshed", "XNA")),
        "NAME_GOODS_CATEGORY": goods,
        "NAME_PORTFOLIO": Category(portfolio, ("POS", "XNA", "Cash", "Cards")),
        "NAME_PRODUCT_TYPE": product,
        "CHANNEL_TYPE": channel,
        "SELLERPLACE_AREA": np.round(area).astype(np.int64),
        "NAME_SELLER_INDUSTRY": industry,
        "NAME_YIELD_GROUP": Category(grade, ("low_action", "low_normal", "middle", "high", "XNA")),
        "PRODUCT_COMBINATION": _combination(rng, ask, product, industry),
    }


def _first_drawing(rng: np.random.Generator, people: People, ask: _Ask) -> Reals:
    """The day a card was first used; a third of the cards never is."""
    wanted = (ask.contract == REVOLVING) & (mixed(rng, people.card_hunger[ask.owner], 0.4) > -0.36)
    day = ask.decided + np.round(rng.exponential(30, len(ask.owner)))
    return hidden(day, ~wanted | (day >= -30))


def _loans(rng: np.random.Generator, people: People, ask: _Ask, identifier: Codes) -> tuple[Loans, Mask]:
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


def _dates(rng: np.random.Generator, loans: Loans, issued: Mask) -> Columns:
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


def draw(rng: np.random.Generator, people: People, keys: Codes, first_identifier: int) -> tuple[Columns, Loans]:
    """All earlier applications and the loans that came of them."""
    ask = _ask(rng, people)
    count = len(ask.owner)
    identifier = first_identifier + np.arange(count)
    loans, issued = _loans(rng, people, ask, identifier)
    empty = ~ask.filled
    kept = ask.filled | ((ask.status == UNUSED) & (ask.contract == CONSUMER))
    consumer = ask.contract == CONSUMER
    no_goods = np.where(consumer, ~kept & (ask.status == CANCELED), empty | (ask.asked == 0))
    no_down = ~((consumer & kept) | ((ask.contract == CASH) & ask.filled & (rng.random(count) < 0.12)))
    share_down = np.divide(ask.down, ask.asked, out=np.zeros(count), where=ask.asked > 0) * 1.089
    special = consumer & ask.filled & (ask.status == APPROVED) & (rng.random(count) < 0.0118)
    rates = facts().quantiles
    primary = np.round(rates["previous_rate_primary"].at(rng.random(count)), 6)
    privileged = np.round(rates["previous_rate_privileged"].at(rng.random(count)), 6)
    columns: Columns = {
        "SK_ID_PREV": identifier,
        "SK_ID_CURR": keys[ask.owner],
        "NAME_CONTRACT_TYPE": Category(ask.contract, ("Cash loans", "Consumer loans", "Revolving loans", "XNA")),
        "AMT_ANNUITY": hidden(ask.annuity, empty),
        "AMT_APPLICATION": np.where(kept, ask.asked, 0.0),
        "AMT_CREDIT": np.where(kept, ask.credit, 0.0),
        "AMT_DOWN_PAYMENT": hidden(ask.down, no_down),
        "AMT_GOODS_PRICE": hidden(ask.asked, no_goods),
        "FLAG_LAST_APPL_PER_CONTRACT": Category((rng.random(count) < 0.9958).astype(np.int64), ("N", "Y")),
        "NFLAG_LAST_APPL_IN_DAY": (rng.random(count) < 0.9967).astype(np.int64),
        "RATE_DOWN_PAYMENT": hidden(share_down, no_down),
        "RATE_INTEREST_PRIMARY": hidden(primary, ~special),
        "RATE_INTEREST_PRIVILEGED": hidden(privileged, ~special),
        "NAME_CONTRACT_STATUS": Category(ask.status, ("Approved", "Canceled", "Refused", "Unused offer")),
        "DAYS_DECISION": ask.decided.astype(np.int64),
        "CNT_PAYMENT": hidden(ask.terms.astype(np.float64), empty),
    }
    columns |= _texts(rng, ask) | _dates(rng, loans, issued)
    return columns, loans.only(issued)
