"""Monthly standing of the cash and shop loans this lender has paid out."""

from __future__ import annotations

import numpy as np

from core.portfolio.synthetic.bureau import LONGEST_MONTHS, MONTH
from core.portfolio.synthetic.facts import Category, Codes, Columns, Mask
from core.portfolio.synthetic.people import People
from core.portfolio.synthetic.previous_ask import REVOLVING
from core.portfolio.synthetic.previous_loans import Loans

STATUSES = ("Active", "Completed", "Signed", "Demand", "Returned to the store", "Approved", "Amortized debt")
ACTIVE, COMPLETED, SIGNED, DEMAND = range(4)


def repeated(length: Codes) -> tuple[Codes, Codes]:
    """For so many rows each: the index of the group and the position within it."""
    group = np.repeat(np.arange(len(length)), length)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(length) - length, length)


def _days_late(rng: np.random.Generator, late: Mask) -> Codes:
    days = np.ceil(rng.lognormal(1.9, 1.6, len(late)))
    return np.where(late, np.minimum(days, 3000), 0).astype(np.int64)


def draw(rng: np.random.Generator, people: People, keys: Codes, loans: Loans) -> Columns:
    """One row per loan and month, from the month of the decision to its end or to last month."""
    some = loans.only(loans.contract != REVOLVING)
    start = -np.clip(np.round(-some.decided / MONTH), 1, LONGEST_MONTHS).astype(np.int64)
    length = np.where(some.ended, np.minimum(some.paid_terms + 1, -start), np.minimum(some.terms + 1, -start))
    row, step = repeated(length)
    month = start[row] + step
    over = some.ended[row] & (step == length[row] - 1)
    left = np.where(over, 0, np.maximum(some.terms[row] - step, 0))
    agreed = np.where(over, some.paid_terms[row], some.terms[row])
    chance = rng.random(len(row), dtype=np.float32)
    status = np.where(over, COMPLETED, np.where((step == 0) & (chance < 0.09), SIGNED, ACTIVE))
    late_share = (0.017 * np.exp(0.9 * people.lateness[some.owner] - 0.4))[row]
    late = (rng.random(len(row), dtype=np.float32) < late_share) & ~over & (step > 0)
    days = _days_late(rng, late)
    status = np.where((days > 300) & (chance < 0.5), DEMAND, status)
    harmless = rng.random(len(row), dtype=np.float32) < 0.55
    unknown = rng.random(len(row), dtype=np.float32) < 0.0027
    return {
        "SK_ID_PREV": some.identifier[row],
        "SK_ID_CURR": keys[some.owner][row],
        "MONTHS_BALANCE": month,
        "CNT_INSTALMENT": np.where(unknown, np.nan, agreed),
        "CNT_INSTALMENT_FUTURE": np.where(unknown, np.nan, left),
        "NAME_CONTRACT_STATUS": Category(status, STATUSES),
        "SK_DPD": days,
        "SK_DPD_DEF": np.where(harmless, 0, np.minimum(days, 400)),
    }
