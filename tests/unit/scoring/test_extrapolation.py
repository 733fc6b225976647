from __future__ import annotations

import math

import numpy as np
import pytest

from core.portfolio.feature_meaning import feature_meaning
from core.scoring.extrapolation import KnownWorld, Seen
from tests.unit.scoring.builders import a_contract

NAMES = ("income", "outside", "working", "trade")
SEEN = (Seen(1_000, 250_000), Seen(0.1, 0.9), Seen(-9_000, 0), Seen(None, None, unseen_levels=(1,)))
USUAL = (50_000.0, 0.5, -400.0, 0.0)


def world(missing_shares: tuple[int, ...] = (0,) * 100) -> KnownWorld:
    """A sample of clients with so many missing values each."""
    sample = np.zeros((len(missing_shares), len(NAMES)), dtype=np.float32)
    for row, missing in enumerate(missing_shares):
        sample[row, :missing] = np.nan
    return KnownWorld([feature_meaning(a_contract(), name) for name in NAMES], SEEN, (0.1, 0.5, 0.3, 0.1), sample)


def row(**values: float) -> np.ndarray:
    return np.array([values.get(name, usual) for name, usual in zip(NAMES, USUAL, strict=True)], dtype=np.float32)


def test_a_usual_client_gives_nothing_to_say() -> None:
    found = world().leaves(row())
    assert found.is_usual
    assert (found.outside, found.warnings) == ((), ())


@pytest.mark.parametrize(("income", "outside"), [(999, True), (1_000, False), (250_000, False), (250_016, True)])
def test_a_value_is_outside_just_beyond_the_lowest_and_highest_seen(income: float, outside: bool) -> None:
    assert bool(world().leaves(row(income=income)).outside) is outside


def test_what_lies_outside_is_said_with_the_nearest_value_seen() -> None:
    found = world().leaves(row(income=5_000_000))
    assert found.warnings == ("Income: 5,000,000 lies outside what the model has seen; the nearest is 250,000.",)
    assert (found.outside[0].value, found.outside[0].limit) == (5_000_000, 250_000)


def test_values_that_look_equal_are_told_with_more_figures() -> None:
    (told,) = world().leaves(row(outside=0.9001)).warnings
    assert told == "Outside score: 0.9001 lies outside what the model has seen; the nearest is 0.9."


def test_the_feature_that_weighs_most_comes_first() -> None:
    found = world().leaves(row(income=1, outside=1, working=-20_000))
    assert [each.feature for each in found.outside] == ["outside", "working", "income"]


def test_a_category_that_no_training_row_had_is_said_by_its_label() -> None:
    found = world().leaves(row(trade=1))
    assert found.warnings == ("The model has seen no client with “Smith” as trade.",)
    assert world().leaves(row(trade=2)).is_usual


@pytest.mark.parametrize(("missing", "unusual"), [(2, False), (3, True)])
def test_more_missing_values_than_95_percent_of_clients_have_are_unusual(missing: int, unusual: bool) -> None:
    client = row(**dict.fromkeys(NAMES[:missing], math.nan))
    found = world((0,) * 90 + (2,) * 5 + (4,) * 5).leaves(client)
    assert found.outside == ()
    assert found.missing.unusual is unusual
    assert found.missing.text == f"{missing} of 4 features are missing; 95 % of clients have at most 2."
    assert found.warnings == ((found.missing.text,) if unusual else ())


def test_a_missing_value_lies_nowhere() -> None:
    assert world((4,) * 100).leaves(row(trade=math.nan, income=math.nan)).is_usual
