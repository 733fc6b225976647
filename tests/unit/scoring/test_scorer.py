from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from core.errors import ExplanationRefused, FeatureRowRefused, ModelRefused
from core.portfolio.contract import Contract, Family
from core.scoring.reasons import LEAST_HARM
from core.scoring.score import Score
from core.scoring.scorer import Scorer
from tests.unit.scoring.builders import NOW, POLICY, LinearModel, a_contract

WEIGHTS = {"income": -0.5, "outside": -1.0, "working": 0.3, "trade": 0.2, "children": 0.1, "past_count": 0.4}
NAMES = tuple(WEIGHTS)


def a_row(**values: float) -> NDArray[np.float32]:
    return np.array([values.get(name, 1.0) for name in NAMES], dtype=np.float32)


def a_scorer(model: LinearModel | None = None, contract: Contract | None = None) -> Scorer:
    return Scorer(model or LinearModel(WEIGHTS), POLICY, contract or a_contract(), clock=lambda: NOW)


def test_a_score_says_everything_about_one_row() -> None:
    score = a_scorer().score(a_row(outside=-2.0), NAMES, applicant="100001", exposure=1000.0)
    assert score.applicant == "100001"
    assert score.margin == pytest.approx(-2.5 - 0.5 + 2.0 + 0.3 + 0.2 + 0.1 + 0.4)
    assert score.default_probability == float(expit(score.margin + 0.1))
    assert score.calibration == pytest.approx(0.1, abs=1e-12)
    assert score.base + math.fsum(c.contribution for c in score.contributions) == pytest.approx(score.margin, abs=1e-12)
    assert score.points == POLICY.points(score.default_probability)
    assert (score.grade, score.recommendation) == ("G", POLICY.recommend(score.default_probability))
    assert (score.cut, score.decline_from) == (1 / 11, 0.15)
    assert score.expected_loss == pytest.approx(score.default_probability * 450)
    assert (score.model_version, score.policy_version, score.scored_at) == ("model-1", POLICY.version, NOW)
    assert score.latency_ms > 0


def test_without_an_exposure_there_is_no_expected_loss() -> None:
    assert a_scorer().score(a_row(), NAMES, "1", exposure=None).expected_loss is None


def test_a_family_is_the_sum_of_its_features_largest_first() -> None:
    families = a_scorer().score(a_row(), NAMES, "1", None).families
    assert [(f.family, round(f.contribution, 9)) for f in families] == [
        ("outside", -1.0),
        ("income", -0.5),
        ("work", 0.5),  # working 0.3 and trade 0.2
        ("past", 0.4),
        ("home", 0.1),
    ]


def test_reasons_are_the_families_that_raise_risk_by_harm_in_the_contracts_words() -> None:
    reasons = a_scorer().score(a_row(), NAMES, "1", None).reasons
    assert [reason.family for reason in reasons] == ["work", "past", "home"]
    assert reasons[0].raises == "weak employment"
    assert reasons[0].text == "Employment count against it."
    assert reasons[0].contribution == pytest.approx(0.5)


def missing_raises(**values: float) -> Score:
    """Of an applicant of whom the model reads these two facts of employment and no others."""
    row = np.array([values.get(name, np.nan) for name in ("working", "trade")], dtype=np.float32)
    return a_scorer(MissingRaises({"working": 0.0, "trade": 0.0})).score(row, ("working", "trade"), "1", None)


def test_a_family_of_which_every_fact_is_missing_is_said_to_be_unknown() -> None:
    score = missing_raises()
    assert [(family.unknown, family.nothing_known) for family in score.families] == [(True, True)]
    assert score.reasons[0].raises == "nothing known about employment"
    assert score.reasons[0].text == "We have no information about employment, and this counts against the application."


def test_a_family_of_which_one_fact_is_given_is_never_said_to_be_unknown() -> None:
    score = missing_raises(trade=1.0)
    assert [(family.unknown, family.nothing_known) for family in score.families] == [(True, False)]
    assert score.reasons[0].raises == "missing facts about employment"
    assert score.reasons[0].text == (
        "Information about employment is missing, and its absence counts against the application."
    )


def test_a_fact_that_the_model_does_not_read_may_be_known_all_the_same() -> None:
    scorer = a_scorer(MissingRaises({"working": 0.0}))
    score = scorer.score(np.array([np.nan], dtype=np.float32), ("working",), "1", None)
    assert score.reasons[0].raises == "missing facts about employment"


def test_a_family_that_counts_by_what_is_known_has_the_contracts_words() -> None:
    score = a_scorer().score(a_row(), NAMES, "1", None)
    assert not any(family.unknown or family.nothing_known for family in score.families)


class MissingRaises(LinearModel):
    """Missing values raise the risk by 0.5 each."""

    def margin(self, row: NDArray[np.float32]) -> float:
        return self.contributions(row)[1] + float(self.contributions(row)[0].sum())

    def contributions(self, row: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
        return np.where(np.isnan(row), 0.5, 0.0), -2.5


def test_at_most_four_reasons_are_given() -> None:
    row = a_row(outside=-9.0, income=-9.0)
    assert [r.family for r in a_scorer().score(row, NAMES, "1", None).reasons] == ["outside", "income", "work", "past"]


def test_nothing_that_raises_risk_means_no_reason() -> None:
    row = np.zeros(len(NAMES), dtype=np.float32)
    assert a_scorer().score(row, NAMES, "1", None).reasons == ()


@pytest.mark.parametrize(("harm", "named"), [(LEAST_HARM, ["work", "home"]), (np.nextafter(LEAST_HARM, 0), ["work"])])
def test_a_second_reason_is_worth_about_a_point_at_least(harm: float, named: list[str]) -> None:
    scorer = a_scorer(LinearModel({"working": 0.5, "children": harm}))
    reasons = scorer.score(np.ones(2, dtype=np.float32), ("working", "children"), "1", None).reasons
    assert [reason.family for reason in reasons] == named


@pytest.mark.parametrize(("harm", "named"), [(LEAST_HARM, ["home"]), (np.nextafter(LEAST_HARM, 0), [])])
def test_the_first_reason_is_worth_about_a_point_too_or_no_factor_is_principal(harm: float, named: list[str]) -> None:
    scorer = a_scorer(LinearModel({"children": harm}))
    reasons = scorer.score(np.ones(1, dtype=np.float32), ("children",), "1", None).reasons
    assert [reason.family for reason in reasons] == named


@pytest.mark.parametrize("weight", [2.0, 0.001, -1.0])
def test_a_score_to_which_a_protected_feature_contributes_is_refused_by_its_name(weight: float) -> None:
    scorer = a_scorer(LinearModel({"born": weight, "children": 0.1}))
    with pytest.raises(ExplanationRefused, match=r"'born': it is protected \(age\).*python -m core train"):
        scorer.score(np.ones(2, dtype=np.float32), ("born", "children"), "1", None)


def test_a_protected_feature_that_contributes_nothing_refuses_nothing() -> None:
    scorer = a_scorer(LinearModel({"born": 0.0, "children": 0.1}))
    reasons = scorer.score(np.ones(2, dtype=np.float32), ("born", "children"), "1", None).reasons
    assert [reason.family for reason in reasons] == ["home"]


def test_a_principal_reason_without_wording_is_refused() -> None:
    scorer = a_scorer(LinearModel({"unsorted": 1.0}))
    with pytest.raises(ExplanationRefused, match="principal reason"):
        scorer.score(np.ones(1, dtype=np.float32), ("unsorted",), "1", None)
    assert scorer.score(-np.ones(1, dtype=np.float32), ("unsorted",), "1", None).reasons == ()


def test_a_family_whose_wording_is_empty_is_refused_as_a_reason() -> None:
    contract = a_contract()
    silent = {**contract.families, "income": Family(label={"en": "Income"}, raises={"en": "x"}, reason={})}
    scorer = a_scorer(LinearModel({"income": 1.0}), _with_families(contract, silent))
    with pytest.raises(ExplanationRefused, match="Family 'income'"):
        scorer.score(np.ones(1, dtype=np.float32), ("income",), "1", None)


def _with_families(contract: Contract, families: dict[str, Family]) -> Contract:
    import msgspec

    return msgspec.structs.replace(contract, families=families)


def test_contributions_come_in_the_models_order_with_values_in_words() -> None:
    score = a_scorer().score(a_row(trade=2.0, income=math.nan), NAMES, "1", None)
    assert [c.feature for c in score.contributions] == list(NAMES)
    income, trade = score.contributions[0], score.contributions[3]
    assert (income.label, income.value, income.shown, income.contribution) == ("Income", None, "not given", 0.0)
    assert (trade.value, trade.shown, trade.family) == (2.0, "Weaver", "work")
    assert score.contributions[-1] == score.contributions[5]
    assert score.contributions[:2] == (score.contributions[0], score.contributions[1])
    assert replace(score) == score


class Liar(LinearModel):
    """A model whose contributions miss its margin by `gap`."""

    gap = 0.0

    def margin(self, row: NDArray[np.float32]) -> float:
        return super().margin(row) + self.gap


@pytest.mark.parametrize(("gap", "refused"), [(0.9e-6, False), (1.1e-6, True), (-1.1e-6, True), (math.nan, True)])
def test_contributions_that_do_not_add_up_are_refused(gap: float, refused: bool) -> None:
    model = Liar(WEIGHTS)
    model.gap = gap
    if not refused:
        a_scorer(model).score(a_row(), NAMES, "1", None)
        return
    with pytest.raises(ExplanationRefused, match="add up to the margin"):
        a_scorer(model).score(a_row(), NAMES, "1", None)


def test_a_model_feature_the_contract_does_not_know_is_refused() -> None:
    with pytest.raises(ModelRefused, match="'stranger'"):
        a_scorer(LinearModel({"stranger": 1.0}))


def swapped(names: list[str]) -> list[str]:
    names[1], names[2] = names[2], names[1]
    return names


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swapped, "Feature 'outside': the model expects it in place 2, got 'working'"),
        (lambda names: ["salary", *names[1:]], "Feature 'income': the model expects it in place 1, got 'salary'"),
        (lambda names: names[:-1], "Feature 'past_count': the model expects 6 features, got 5, this one is missing"),
        (lambda names: [*names, "more"], "Feature 'more': unknown to the model, which has 6 features"),
        (lambda names: [*names[:-1], "income"], "Feature 'income': each feature comes once, got it twice"),
        (lambda names: [], "Feature 'income': the model expects 6 features, got 0"),
    ],
)
def test_names_that_are_not_the_models_are_refused_by_the_first_that_differs(
    change: Callable[[list[str]], list[str]], message: str
) -> None:
    names = change(list(NAMES))
    with pytest.raises(FeatureRowRefused) as refusal:
        a_scorer().score(np.ones(len(names), dtype=np.float32), names, "1", None)
    assert message in str(refusal.value)
    assert "train again" in str(refusal.value)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_an_infinite_value_is_refused_by_feature(value: float) -> None:
    with pytest.raises(FeatureRowRefused, match="'working': must be a finite number or missing"):
        a_scorer().score(a_row(working=value), NAMES, "1", None)


@pytest.mark.parametrize("code", [-1.0, 3.0, 0.5])
def test_an_unseen_category_is_refused_by_feature(code: float) -> None:
    with pytest.raises(FeatureRowRefused, match="'trade': must be one of the contract's 3 choices"):
        a_scorer().score(a_row(trade=code), NAMES, "1", None)


@pytest.mark.parametrize("code", [0.0, 2.0, math.nan])
def test_a_known_or_missing_category_is_scored(code: float) -> None:
    a_scorer().score(a_row(trade=code), NAMES, "1", None)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (np.ones(5, dtype=np.float32), "its shape must be"),
        (np.ones((1, 6), dtype=np.float32), "its shape must be"),
        (np.ones(6, dtype=np.float64), "must be float32, got float64"),
    ],
)
def test_a_row_of_another_length_shape_or_type_is_refused(row: NDArray[np.float32], rule: str) -> None:
    with pytest.raises(FeatureRowRefused, match=rule):
        a_scorer().score(row, NAMES, "1", None)


@given(st.lists(st.one_of(st.floats(-50, 50, width=32), st.just(math.nan)), min_size=5, max_size=5), st.integers(0, 2))
def test_every_row_of_finite_or_missing_values_is_scored_and_adds_up(values: list[float], trade: int) -> None:
    row = np.array([*values[:3], trade, *values[3:]], dtype=np.float32)
    score = a_scorer().score(row, NAMES, "1", None)
    total = score.base + math.fsum(family.contribution for family in score.families)
    assert total == pytest.approx(score.margin, abs=1e-9)
    assert 0 < score.default_probability < 1
    assert len(score.reasons) <= 4
    assert all(reason.contribution >= LEAST_HARM for reason in score.reasons)


def test_many_rows_have_the_probabilities_of_single_scores() -> None:
    matrix = np.array([a_row(), a_row(outside=-1.0), a_row(trade=math.nan)])
    many = a_scorer().score_many(matrix, NAMES)
    assert many.tolist() == [a_scorer().score(row, NAMES, "1", None).default_probability for row in matrix]


def test_one_bad_row_among_many_is_refused_by_feature() -> None:
    matrix = np.array([a_row(), a_row(income=math.inf)])
    with pytest.raises(FeatureRowRefused, match="'income'"):
        a_scorer().score_many(matrix, NAMES)
    with pytest.raises(FeatureRowRefused, match="shape"):
        a_scorer().score_many(a_row(), NAMES)
