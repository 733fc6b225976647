from __future__ import annotations

import math
import re
from collections.abc import Sequence

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from core.model.booster import Booster
from core.model.split_points import split_points
from core.policy.recommendation import Recommendation
from core.portfolio.contract import Kind
from core.scoring.certificate import Certifier, Scope, cells_between
from core.scoring.certificate_words import Holding, Interval, Subject, in_words
from tests.unit.scoring.builders import POLICY, a_contract

NAMES = ("income", "outside", "working", "children", "trade", "past_count")
INCOME, OUTSIDE, WORKING, CHILDREN, TRADE, PAST = range(6)


class SmallModel:
    """A small ensemble as the scorer sees one."""

    version = "small"

    def __init__(self, text: str) -> None:
        self._booster = Booster(text)
        self.features = self._booster.features
        self.splits = split_points(text, len(self.features))

    def margin(self, row: NDArray[np.float32]) -> float:
        return self._booster.margin(row)

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._booster.margins(matrix, 1)

    def contributions(self, row: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
        return self._booster.contributions(row)

    def default_probability(self, margin: float) -> float:
        return float(expit(margin))

    def default_probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        return expit(margins)


def some_rows(rows: int, seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    found = np.column_stack(
        [
            np.round(rng.normal(2, 1, rows), 2),
            rng.random(rows),
            -rng.integers(0, 9000, rows),
            rng.integers(0, 5, rows),
            rng.integers(0, 3, rows),
            rng.integers(0, 12, rows),
        ]
    )
    found[rng.random(found.shape) < 0.1] = np.nan
    return found.astype(np.float32)


def a_model(seed: int) -> SmallModel:
    rows = some_rows(800, seed)
    known = np.nan_to_num(rows.astype(np.float64), nan=1.0)
    risk = -1.5 - known[:, INCOME] + 3 * (known[:, OUTSIDE] < 0.5) + known[:, CHILDREN] / 2 + (known[:, TRADE] == 2)
    target = (np.random.default_rng(seed).random(len(rows)) < expit(risk)).astype(int)
    options = {"verbosity": -1, "objective": "binary", "num_leaves": 6, "min_data_in_leaf": 10, "seed": seed}
    options |= {"num_threads": 1, "learning_rate": 0.3, "min_data_per_group": 5, "cat_smooth": 1.0}
    data = lightgbm.Dataset(rows, label=target, feature_name=list(NAMES), categorical_feature=[TRADE])
    return SmallModel(lightgbm.train(options, data, 12).model_to_string())


MODELS = {seed: a_model(seed) for seed in range(3)}


def certifier(model: SmallModel) -> Certifier:
    return Certifier(model, model.splits, POLICY, a_contract())


def recommended(model: SmallModel, row: NDArray[np.float32], at: int, values: Sequence[float]) -> list[Recommendation]:
    """By scoring each value alone: the slow truth."""
    variants = np.repeat(row[None, :], len(values), axis=0)
    variants[:, at] = values
    return [POLICY.recommend(model.default_probability(model.margin(variant))) for variant in variants]


@settings(max_examples=40, deadline=None)
@given(model=st.sampled_from(sorted(MODELS)), seed=st.integers(0, 10_000), at=st.integers(0, len(NAMES) - 1))
def test_the_intervals_hold_exactly_what_scoring_every_side_of_every_split_point_gives(
    model: int, seed: int, at: int
) -> None:
    small, row = MODELS[model], some_rows(1, seed)[0]
    (certificate,) = certifier(small).certify(row, [at])
    now = recommended(small, row, at, [row[at]])[0]
    if at == TRADE:
        kept = [r is now for r in recommended(small, row, at, [0, 1, 2])]
        labels = ("Baker", "Smith", "Weaver")
        assert certificate.levels == tuple(label for label, keeps in zip(labels, kept, strict=True) if keeps)
        assert certificate.can_change is not all(kept)
        return
    below = small.splits[at].astype(np.float32)  # nearest float32, on either side of the double
    sides = [np.nextafter(below, np.float32(-np.inf)), below, np.nextafter(below, np.float32(np.inf))]
    tried = np.unique(np.concatenate([*sides, np.float32([-1e9, 1e9])])).tolist()
    if at in (WORKING, CHILDREN, PAST):
        tried = np.arange(-10_000, 20).astype(float).tolist() if at == WORKING else np.arange(0, 20.0).tolist()
        tried = tried[:: 7 if at == WORKING else 1]
    for value, said in zip(tried, recommended(small, row, at, tried), strict=True):
        assert any(value in interval for interval in certificate.intervals) is (said is now), value
    assert certificate.holds_when_missing is (recommended(small, row, at, [math.nan])[0] is now)


@given(st.lists(st.floats(-1e6, 1e6), unique=True, max_size=8))
def test_every_cell_is_probed_by_a_float32_of_its_own(splits: list[float]) -> None:
    cells = cells_between(np.array(sorted(splits)), -math.inf, math.inf)
    assert np.isfinite(cells.probes).all()
    for probe, above, up_to in zip(cells.probes.tolist(), cells.edges, cells.edges[1:], strict=False):
        assert above < probe <= up_to
    assert cells.edges[0] == -math.inf
    assert cells.edges[-1] == math.inf


def test_values_outside_the_contract_are_not_walked() -> None:
    cells = cells_between(np.array([-1.0, 0.5, 0.7, 3.0]), 0.0, 1.0)
    assert cells.probes.tolist() == [0.5, pytest.approx(0.7), 1.0]
    assert cells.edges.tolist() == [-math.inf, 0.5, 0.7, math.inf]


def test_between_two_neighbouring_whole_numbers_there_is_nothing_to_walk() -> None:
    assert cells_between(np.array([0.2, 0.8, 1.5]), 0, math.inf, whole=True).probes[:2].tolist() == [0.0, 1.0]


def test_a_column_of_the_application_is_told_from_a_figure_made_of_several() -> None:
    certificates = certifier(MODELS[0]).certify(some_rows(1, 1)[0], [INCOME, PAST])
    assert [c.scope for c in certificates] == [Scope.FIELD, Scope.MADE]


def said(
    holding: tuple[Interval, ...],
    value: float | None,
    kind: Kind = Kind.SCORE,
    unit: str = "",
    now: Recommendation = Recommendation.DECLINE,
    when_missing: bool = True,
) -> str:
    always = any(i.is_everything for i in holding)
    return in_words(now, Subject("External score 2", kind, unit, value), Holding(holding, (), (), when_missing, always))


INF = math.inf


@pytest.mark.parametrize(
    ("holding", "value", "kind", "words"),
    [
        ((Interval(-INF, 0.6578),), 0.12, Kind.SCORE, "up to 0.65."),
        ((Interval(-INF, 0.6578),), 0.655, Kind.SCORE, "up to 0.657."),
        ((Interval(-INF, 0.6578),), 0.6578, Kind.SCORE, "up to 0.6578."),
        ((Interval(0.6512, INF),), 0.9, Kind.SCORE, "from 0.66 on."),
        ((Interval(0.1, 0.2),), 0.15, Kind.SCORE, "from 0.11 to 0.2."),
        ((Interval(-INF, 812_345.6),), 5.0, Kind.MONEY, "up to 812,000."),
        ((Interval(-INF, 812_345.6),), 812_340.0, Kind.MONEY, "up to 812,340."),
        ((Interval(-INF, 812_345.6),), 812_345.5, Kind.MONEY, "up to 812,345.6."),
        ((Interval(-INF, 450_000.0),), 450_000.0, Kind.MONEY, "up to 450,000."),
        ((Interval(math.nextafter(450_000.0, 0), INF),), 450_000.0, Kind.MONEY, "from 450,000 on."),
        ((Interval(-INF, 2.5),), 1.0, Kind.COUNT, "up to 2."),
        ((Interval(2.5, INF),), 4.0, Kind.COUNT, "from 3 on."),
        ((Interval(1.5, 2.5),), 2.0, Kind.COUNT, "2."),
        ((Interval(0.5, 3.5),), 2.0, Kind.COUNT, "from 1 to 3."),
        ((Interval(-INF, 9.0),), 4.0, Kind.YEARS, "up to 9 years."),
        ((Interval(-1168.5, INF),), -400.0, Kind.DAYS, "up to 3.1 years."),
        ((Interval(-INF, -400.5),), -3000.0, Kind.DAYS, "from 1.1 years on."),
        ((Interval(-INF, -100.5),), -3000.0, Kind.DAYS, "from 101 days on."),
        ((Interval(-INF, -400.5),), -401.0, Kind.DAYS, "from 401 days on."),
        ((Interval(-401.5, -400.5),), -401.0, Kind.DAYS, "401 days."),
        ((Interval(-36.5, -11.5),), -12.0, Kind.MONTHS, "from 12 to 36 months."),
        ((Interval(-INF, 0.305), Interval(0.595, INF)), 0.1, Kind.SCORE, "up to 0.3 or from 0.6 on."),
    ],
)
def test_limits_are_told_in_the_features_own_measure_rounded_towards_safety(
    holding: tuple[Interval, ...], value: float, kind: Kind, words: str
) -> None:
    assert said(holding, value, kind) == f"Decline holds while external score 2 is {words}"


FIVE = tuple(Interval(start + 0.005, start + 0.05) for start in (0.1, 0.2, 0.3, 0.4, 0.5))
FROM_10, FROM_20, FROM_30, FROM_40, FROM_50 = (f"from 0.{tenth}1 to 0.{tenth}5" for tenth in (1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.11, f"{FROM_10}, {FROM_20}, {FROM_30} and 2 more ranges."),
        (0.31, f"{FROM_20}, {FROM_30}, {FROM_40} and 2 more ranges."),
        (0.51, f"{FROM_30}, {FROM_40}, {FROM_50} and 2 more ranges."),
    ],
)
def test_ranges_rise_and_those_around_the_value_are_told(value: float, words: str) -> None:
    assert said(FIVE, value).removeprefix("Decline holds while external score 2 is ") == words


def test_three_ranges_are_all_told_and_a_fourth_is_counted() -> None:
    assert said(FIVE[:3], 0.31).endswith(f" is {FROM_10}, {FROM_20} or {FROM_30}.")
    assert said(FIVE[:4], 0.11).endswith(f" is {FROM_10}, {FROM_20}, {FROM_30} and 1 more range.")


def test_ranges_of_time_rise_by_length() -> None:
    words = said((Interval(-INF, -1500.5), Interval(-500.5, -400.5)), -450.0, Kind.DAYS)
    assert words.endswith("is from 1.1 to 1.3 years or from 4.2 years on.")


@pytest.mark.parametrize(
    ("region", "kind", "words"),
    [
        (Interval(0.6512, 0.6578), Kind.SCORE, "from 0.652 to 0.657"),
        (Interval(0.655, 0.664), Kind.SCORE, "0.66"),
        (Interval(-1015.5, -993.5), Kind.DAYS, "from 2.73 to 2.78 years"),
        (Interval(-1010.5, -1009.5), Kind.DAYS, "1,010 days"),
        (Interval(-365.1, -364.5), Kind.DAYS, "1.0 years"),
        (Interval(-12.75, -12.25), Kind.MONTHS, "from 12.3 to 12.7 months"),
        (Interval(2.25, 2.75), Kind.COUNT, "from 2.26 to 2.75"),
    ],
)
def test_a_narrow_region_is_told_with_digits_enough_to_hold_something(region: Interval, kind: Kind, words: str) -> None:
    assert said((region,), None, kind).endswith(f", decline would hold {words}.")


def told_ends(words: str) -> list[float]:
    """The ends of the only range, in the measure of the value."""
    measures = {"years": 365.25, "days": 1.0, "day": 1.0}
    found = re.findall(r"(−?[\d,]+(?:\.\d+)?)(?: (years|days?))?", words.split(" is ", 1)[1].rstrip("."))
    units = [unit for _, unit in found]
    ends = [(float(n.replace(",", "").replace("−", "-")), unit or units[-1]) for n, unit in found]
    return [number * measures.get(unit, 1.0) for number, unit in ends]


@given(
    start=st.floats(-5e4, 5e4),
    width=st.floats(1e-4, 3e3),
    kind=st.sampled_from([Kind.SCORE, Kind.MONEY, Kind.RATIO, Kind.DAYS, Kind.MONTHS, Kind.COUNT]),
    place=st.floats(0.01, 0.99),
    whole=st.booleans(),
)
def test_both_ends_of_a_range_as_printed_lie_inside_and_the_value_between_them(
    start: float, width: float, kind: Kind, place: float, whole: bool
) -> None:
    interval = Interval(start, start + width)
    value = float(round(start + place * width)) if whole else start + place * width
    if value not in interval or start < 0 <= start + width:
        return
    ends = told_ends(said((interval,), value, kind))
    past = kind in (Kind.DAYS, Kind.MONTHS) and start < 0
    slack = 0.5 if kind is Kind.DAYS and value.is_integer() else 1e-9 * width  # a year typed in becomes whole days
    low, high = (-ends[-1], -ends[0]) if past else (ends[0], ends[-1])
    assert start - slack <= low <= value + slack
    assert value - slack <= high <= start + width + slack


def test_nothing_that_changes_it_is_said_so() -> None:
    assert said((Interval(-INF, INF),), 0.3) == "No value of external score 2 alone changes it."
    assert (
        said((Interval(-INF, INF),), 0.3, when_missing=False)
        == "No value of external score 2 alone changes it; decline would not hold without a value."
    )


def test_a_missing_value_is_not_told_as_if_it_had_one() -> None:
    assert said((Interval(0.1512, INF),), None, now=Recommendation.APPROVE) == (
        "External score 2 is not given; if it were, approve would hold from 0.16 on."
    )
    assert said((), None) == "External score 2 is not given; decline holds only as long as it stays so."


def test_a_share_is_told_in_percent() -> None:
    assert said((Interval(-INF, 0.31856),), 0.2, Kind.RATIO, "%").endswith("is up to 31.8 %.")


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (("Baker",), "Approve holds while trade is “Baker”."),
        (("Baker", "Smith"), "Approve holds unless trade is “Weaver”."),
    ],
)
def test_categories_are_named_by_the_shorter_list(kept: tuple[str, ...], words: str) -> None:
    holding = Holding((), kept, ("Baker", "Smith", "Weaver"), True, False)
    assert in_words(Recommendation.APPROVE, Subject("Trade", Kind.CATEGORY, "", 0.0), holding) == words


def test_a_category_that_must_be_given_is_told_so_with_what_it_may_not_be() -> None:
    holding = Holding((), ("Baker", "Smith"), ("Baker", "Smith", "Weaver"), when_missing=False, always=False)
    subject = Subject("Trade", Kind.CATEGORY, "", 0.0)
    assert in_words(Recommendation.APPROVE, subject, holding) == (
        "Approve holds unless trade is “Weaver” or not given."
    )


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (("Baker",), "if it were, approve would hold for “Baker”."),
        (("Baker", "Smith"), "if it were, approve would hold for any but “Weaver”."),
        ((), "approve holds only as long as it stays so."),
    ],
)
def test_a_category_that_is_not_given_is_told_what_it_might_be(kept: tuple[str, ...], words: str) -> None:
    holding = Holding((), kept, ("Baker", "Smith", "Weaver"), True, False)
    told = in_words(Recommendation.APPROVE, Subject("Trade", Kind.CATEGORY, "", None), holding)
    assert told == f"Trade is not given; {words}"


@given(limit=st.floats(-1e6, 1e6), value=st.floats(-1e6, 1e6), upper=st.booleans())
def test_a_rounded_limit_never_promises_more_than_the_exact_one(limit: float, value: float, upper: bool) -> None:
    interval = Interval(-INF, limit) if upper else Interval(limit, INF)
    if value not in interval or value == limit:
        return
    told = told_ends(said((interval,), value))[0]
    assert (value <= told <= limit) if upper else (limit <= told <= value)
