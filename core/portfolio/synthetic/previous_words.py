"""The words and codes an earlier application was filed under: product, shop, purpose, reason of a refusal."""

from __future__ import annotations

import numpy as np

from core.portfolio.synthetic.facts import Category, Codes, Columns, facts
from core.portfolio.synthetic.previous_ask import CASH, CONSUMER, NO_CONTRACT, REFUSED, REVOLVING, UNUSED, Ask

NEW, REPEATER, REFRESHED, UNKNOWN_CLIENT = range(4)


def _client_type(rng: np.random.Generator, ask: Ask) -> Codes:
    """New at the first application, known afterwards."""
    first = np.full(int(ask.owner.max(initial=0)) + 1, 0.0)
    np.minimum.at(first, ask.owner, ask.decided)
    earliest = (ask.decided == first[ask.owner]) & (rng.random(len(ask.owner)) < 0.86)
    refreshed = rng.random(len(ask.owner)) < 0.1
    unknown = rng.random(len(ask.owner)) < 0.0011
    kind = np.where(earliest, NEW, np.where(refreshed, REFRESHED, REPEATER))
    return np.where(unknown, UNKNOWN_CLIENT, kind)


def _combination(rng: np.random.Generator, ask: Ask, product: Category, industry: Category) -> Category:
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


def words(rng: np.random.Generator, ask: Ask) -> Columns:
    """The columns that say with whom, for what, where and how it was asked, and why it was refused."""
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
