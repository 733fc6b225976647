from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.portfolio.contract import Kind
from core.portfolio.feature_meaning import FeatureMeaning, feature_meaning
from core.scoring.distribution import MOST_BINS, Clients, Distribution, distribution
from tests.unit.scoring.builders import a_contract


def meaning(kind: Kind, unit: str = "") -> FeatureMeaning:
    return FeatureMeaning(
        name="x", label="Figure", family="", kind=kind, unit=unit, protected="", direction=0, choices=(), table="loans"
    )


def shown(values: object, value: float | None, of: FeatureMeaning | None = None) -> Distribution:
    known = np.array(values, dtype=np.float32)
    return distribution(of or meaning(Kind.MONEY), Clients(known, np.zeros(known.size, dtype=np.int8)), value)


@given(
    arrays(np.float32, st.integers(0, 200), elements=st.floats(-1e6, 1e6, width=32) | st.just(math.nan)),
    st.none() | st.floats(-1e6, 1e6, width=32),
    st.sampled_from([Kind.MONEY, Kind.COUNT, Kind.DAYS, Kind.MONTHS, Kind.RATIO, Kind.SCORE]),
)
def test_every_client_with_a_value_is_in_exactly_one_of_at_most_thirty_bars(
    values: np.ndarray, value: float | None, kind: Kind
) -> None:
    if kind in (Kind.COUNT, Kind.DAYS, Kind.MONTHS):
        values, value = np.round(values), value and round(value)
    found = shown(values, value, meaning(kind))
    assert len(found.bins) <= MOST_BINS
    assert sum(bar.clients for bar in found.bins) == found.clients == np.count_nonzero(~np.isnan(values))
    assert sum(bar.holds_client for bar in found.bins) == (value is not None and bool(found.bins))
    if found.client_at is not None and found.bins:
        (own,) = [bar for bar in found.bins if bar.holds_client]
        assert own.start <= found.client_at <= own.end


def test_outliers_stand_in_the_end_bars_and_that_is_said() -> None:
    found = shown([*range(1_000), 10_000_000], 500.0)
    assert found.bins[-1].end <= 1_100
    assert found.bins[-1].label.startswith("from ")
    assert found.notes == (f"The last bar also holds the 0.1 % of clients from {found.bins[-1].end:,.0f} on.",)


def test_a_client_beyond_the_bars_is_drawn_in_the_end_bar() -> None:
    found = shown([*range(1_000)], 1e9)
    assert found.bins[-1].holds_client
    assert found.client_at == (found.bins[-1].start + found.bins[-1].end) / 2


def test_few_whole_numbers_have_a_bar_each() -> None:
    found = shown([0, 0, 1, 2, 2, 2], 2.0, meaning(Kind.COUNT))
    assert [(bar.label, bar.clients) for bar in found.bins] == [("0", 2), ("1", 1), ("2", 3)]


def test_days_are_drawn_as_years_before_the_application() -> None:
    found = shown([-365.25 * year for year in range(11)] * 20, -365.25 * 3, meaning(Kind.DAYS))
    assert found.axis == "Years before the application"
    assert found.client_at == pytest.approx(3.0)
    assert found.bins[0].start == 0
    assert found.place == "shorter than 64 % of clients"


def test_shares_are_drawn_in_percent() -> None:
    found = shown(np.linspace(0, 1, 500), 0.25, meaning(Kind.RATIO, "%"))
    assert (found.axis, found.client_at) == ("Figure, %", 25.0)
    assert found.bins[0].label == "0 to 5 %"


def test_missing_values_are_counted_apart() -> None:
    found = shown([1.0] * 150 + [math.nan] * 50, None)
    assert (found.clients, found.missing_share) == (150, 0.25)
    assert found.notes == ("25.0 % of clients have no value.",)
    assert (found.client_shown, found.place, found.client_at) == ("not given", "", None)


def test_nobody_has_a_value() -> None:
    found = shown([math.nan] * 5, 3.0)
    assert (found.bins, found.clients, found.place) == ((), 0, "")


def test_the_default_rate_of_a_bar_comes_with_enough_clients_only() -> None:
    values = np.array([0.0] * 20 + [1.0] * 19, dtype=np.float32)
    target = np.array([1] * 5 + [0] * 34, dtype=np.int8)
    zero, one = distribution(meaning(Kind.COUNT), Clients(values, target), 0.0).bins
    assert zero.default_rate is not None
    assert (zero.defaults, zero.default_rate.value) == (5, 0.25)
    assert (one.clients, one.default_rate) == (19, None)


def test_categories_are_told_by_label_the_most_frequent_first() -> None:
    found = shown([2] * 70 + [0] * 30, 0.0, feature_meaning(a_contract(), "trade"))
    assert [(bar.label, bar.clients, bar.holds_client) for bar in found.bins] == [
        ("Weaver", 70, False),
        ("Baker", 30, True),
    ]
    assert (found.categorical, found.client_at, found.place) == (True, 1.0, "like 30.0 % of clients")


def test_a_category_nobody_else_has_is_shown_as_empty() -> None:
    found = shown([2] * 100, 1.0, feature_meaning(a_contract(), "trade"))
    assert [(bar.label, bar.clients, bar.holds_client) for bar in found.bins] == [
        ("Weaver", 100, False),
        ("Smith", 0, True),
    ]
