"""Contributions of a really trained ensemble against shap's own TreeExplainer."""

from __future__ import annotations

import math

import lightgbm
import numpy as np
import pytest
import shap
from numpy.typing import NDArray

from core.errors import FeatureRowRefused
from core.model.booster import Booster
from core.scoring.scorer import Scorer
from tests.unit.scoring.builders import NOW, POLICY, LinearModel, a_contract

NAMES = ("income", "outside", "working", "trade", "children", "past_count")


class SmallTrees(LinearModel):
    """A booster behind the interface of a model; calibration adds 0.1 to the log-odds."""

    def __init__(self, text: str) -> None:
        super().__init__(dict.fromkeys(NAMES, 0.0))
        self._booster = Booster(text)

    def margin(self, row: NDArray[np.float32]) -> float:
        return self._booster.margin(row)

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._booster.margins(matrix)

    def contributions(self, row: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
        return self._booster.contributions(row)


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    rng = np.random.default_rng(9)
    values = rng.normal(size=(2000, len(NAMES))).astype(np.float32)
    values[:, 3] = rng.integers(0, 3, size=2000)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values


@pytest.fixture(scope="module")
def text(rows: NDArray[np.float32]) -> str:
    rng = np.random.default_rng(10)
    log_odds = -1.5 - np.nan_to_num(rows[:, 1]) + 0.5 * np.nan_to_num(rows[:, 5]) * np.nan_to_num(rows[:, 0])
    bad = rng.random(len(rows)) < 1 / (1 + np.exp(-log_odds))
    options = {"objective": "binary", "num_leaves": 8, "verbosity": -1, "num_threads": 1, "deterministic": True}
    data = lightgbm.Dataset(rows, label=bad, feature_name=list(NAMES), categorical_feature=[3])
    trained: str = lightgbm.train(options, data, 40).model_to_string()
    return trained


@pytest.fixture(scope="module")
def scorer(text: str) -> Scorer:
    return Scorer(SmallTrees(text), POLICY, a_contract(), clock=lambda: NOW)


def test_contributions_equal_those_of_shap(scorer: Scorer, text: str, rows: NDArray[np.float32]) -> None:
    explainer = shap.TreeExplainer(lightgbm.Booster(model_str=text))
    theirs = np.asarray(explainer.shap_values(rows[:20]))
    for row, expected in zip(rows[:20], theirs, strict=True):
        score = scorer.score(row, NAMES, "1", None)
        assert [c.contribution for c in score.contributions] == pytest.approx(expected.tolist(), abs=1e-12)
        assert score.base == pytest.approx(float(np.ravel(explainer.expected_value)[-1]), abs=1e-12)


def test_base_and_contributions_are_the_margin(scorer: Scorer, rows: NDArray[np.float32]) -> None:
    for row in rows[:200]:
        score = scorer.score(row, NAMES, "1", None)
        total = score.base + math.fsum(c.contribution for c in score.contributions)
        assert total == pytest.approx(score.margin, abs=1e-9)
        assert score.base + math.fsum(f.contribution for f in score.families) == pytest.approx(total, abs=1e-12)


def test_the_booster_takes_shuffled_columns_and_the_gate_does_not(scorer: Scorer, rows: NDArray[np.float32]) -> None:
    order = [1, 0, 2, 3, 4, 5]
    shuffled = tuple(NAMES[i] for i in order)
    with pytest.raises(FeatureRowRefused, match="'income': the model expects it in place 1, got 'outside'"):
        scorer.score(rows[0][order], shuffled, "1", None)


def test_batch_and_single_probabilities_are_the_same_bits(scorer: Scorer, rows: NDArray[np.float32]) -> None:
    many = scorer.score_many(rows[:100], NAMES)
    assert many.tolist() == [scorer.score(row, NAMES, "1", None).default_probability for row in rows[:100]]
