"""Earlier applications at this lender and what became of them."""

from __future__ import annotations

import numpy as np

from core.portfolio.synthetic.application import hidden
from core.portfolio.synthetic.facts import Category, Codes, Columns, facts
from core.portfolio.synthetic.people import People
from core.portfolio.synthetic.previous_ask import APPROVED, CANCELED, CASH, CONSUMER, UNUSED, asked_earlier
from core.portfolio.synthetic.previous_loans import Loans, dates, loans_of
from core.portfolio.synthetic.previous_words import words


def draw(rng: np.random.Generator, people: People, keys: Codes, first_identifier: int) -> tuple[Columns, Loans]:
    """All earlier applications and the loans that came of them."""
    ask = asked_earlier(rng, people)
    count = len(ask.owner)
    identifier = first_identifier + np.arange(count)
    loans, issued = loans_of(rng, people, ask, identifier)
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
    columns |= words(rng, ask) | dates(rng, loans, issued)
    return columns, loans.only(issued)
