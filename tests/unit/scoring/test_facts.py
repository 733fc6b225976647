from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.portfolio.contract import Kind
from core.scoring.facts import compared_features, facts
from core.scoring.place import LEAST_CLIENTS, Place, ReferenceSample, comparison
from core.scoring.protected import unused_bases
from tests.unit.scoring.builders import a_contract

NAMES = ("loan", "income", "working", "children")


def a_sample(clients: int = 200) -> ReferenceSample:
    """Loans and incomes 1, 2, 3 …; 10, 20, 30 … days of work, every second unknown; seven of ten without children."""
    numbers = np.arange(1, clients + 1, dtype=np.float32)
    working = np.where(np.arange(clients) % 2 == 0, -10 * numbers, np.nan)
    children = np.where(np.arange(clients) % 10 < 7, 0, 2)
    matrix = np.column_stack([numbers, numbers, working, children]).astype(np.float32)
    return ReferenceSample(matrix, NAMES, compared_features(a_contract()))


def test_facts_come_in_the_contracts_order_words_and_with_a_comparison() -> None:
    fields = {"LOAN": 109.0, "INCOME": 20.0, "WORKING": -400, "CHILDREN": 0, "TRADE": "smith", "BORN": -12000}
    assert [(f.label, f.shown, f.comparison) for f in facts(a_contract(), fields, a_sample())] == [
        ("Loan", "109", "above 54 % of clients"),
        ("Income", "20", "below 90 % of clients"),
        ("Employed", "1.1 years", "shorter than 80 % of clients"),
        ("Outside score", "not given", ""),
        ("Children", "0", "the same as 70 % of clients"),
        ("Trade", "Smith", ""),
        ("Age", "32.9 years", ""),
    ]


def test_a_sentinel_is_not_compared() -> None:
    employed = facts(a_contract(), {"WORKING": 365243}, a_sample())[2]
    assert (employed.shown, employed.comparison) == ("not available", "")


def test_without_a_reference_there_are_facts_but_no_comparison() -> None:
    assert {fact.comparison for fact in facts(a_contract(), {"LOAN": 100.0}, None)} == {""}


@pytest.mark.parametrize(("clients", "compared"), [(LEAST_CLIENTS - 1, False), (LEAST_CLIENTS, True)])
def test_too_few_clients_are_no_comparison(clients: int, compared: bool) -> None:
    assert (facts(a_contract(), {"LOAN": 5.0}, a_sample(clients))[0].comparison != "") is compared


def test_a_protected_column_is_never_compared() -> None:
    assert "born" not in compared_features(a_contract())
    assert "trade" not in compared_features(a_contract())


@pytest.mark.parametrize(
    ("place", "kind", "words"),
    [
        (Place(540, 0, 460), Kind.MONEY, "above 54 % of clients"),
        (Place(50, 0, 950), Kind.SCORE, "below 95 % of clients"),
        (Place(880, 0, 120), Kind.DAYS, "shorter than 88 % of clients"),
        (Place(120, 0, 880), Kind.MONTHS, "longer than 88 % of clients"),
        (Place(100, 700, 200), Kind.COUNT, "the same as 70 % of clients"),
        (Place(400, 399, 201), Kind.COUNT, "above 40 % of clients"),
        (Place(1000, 0, 0), Kind.MONEY, "above 100 % of clients"),
        (Place(999, 1, 0), Kind.MONEY, "above more than 99 % of clients"),
    ],
)
def test_the_larger_side_is_named_and_ties_stand_on_neither(place: Place, kind: Kind, words: str) -> None:
    assert comparison(place, kind) == words


@given(st.lists(st.integers(0, 20), min_size=LEAST_CLIENTS, max_size=150), st.integers(-1, 21))
def test_below_equal_and_above_are_counted_as_they_are(values: list[int], value: int) -> None:
    sample = ReferenceSample(np.array(values, dtype=np.float32)[:, None], ("x",), ("x", "absent"))
    place = sample.place("x", value)
    assert place == Place(sum(v < value for v in values), values.count(value), sum(v > value for v in values))
    assert sample.place("absent", value) is None


def test_a_value_is_compared_as_the_sample_stores_it() -> None:
    sample = ReferenceSample(np.full((LEAST_CLIENTS, 1), 0.1, dtype=np.float32), ("x",), ("x",))
    assert sample.place("x", 0.1) == Place(0, LEAST_CLIENTS, 0)


def test_unknown_values_of_the_sample_count_nowhere() -> None:
    values = np.array([1.0, math.nan] * LEAST_CLIENTS, dtype=np.float32)[:, None]
    place = ReferenceSample(values, ("x",), ("x",)).place("x", 2.0)
    assert place is not None
    assert place.clients == LEAST_CLIENTS


def test_protected_bases_the_model_does_not_use_are_named() -> None:
    assert unused_bases(a_contract(), ("income",)) == "Age is not used by this model."
    assert unused_bases(a_contract(), ("income", "born")) == ""
