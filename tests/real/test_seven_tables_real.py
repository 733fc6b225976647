"""The real seven-table sample, from its files to an explained score: 5,000 labelled applicants, instalments missing."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.__main__ import main

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def desk(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    words = ["--data", str(tmp_path_factory.mktemp("seven"))]
    assert main([*words, "import", "--from", str(real_data / "home_credit" / "subset10k")]) == 0
    return words


@pytest.fixture(scope="module")
def figures(desk: list[str]) -> Mapping[str, object]:
    return _printed([*desk, "train", "--json"])


def _printed(words: list[str]) -> dict[str, object]:
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("builtins.print", lambda *told, file=None, **_: said.extend(told if file is None else ()))
        assert main(words) == 0
    return dict(json.loads(said[-1]))


def test_the_seven_tables_train_a_model_that_ranks(figures: Mapping[str, object]) -> None:
    assert figures["rows"] == 5_000
    assert figures["missing_tables"] == ["installments_payments"]
    low, _ = figures["auc_interval"]
    assert low > 0.55  # 600 test rows with 46 defaults say no more


def test_a_real_applicant_is_scored_and_the_explanation_adds_up(
    desk: list[str], figures: Mapping[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*desk, "applicants", "--limit", "1", "--json"]) == 0
    key = json.loads(capsys.readouterr().out)[0]
    score = _printed([*desk, "score", str(key), "--json"])
    assert score["model_version"] == figures["model_version"]
    total = score["base"] + math.fsum(c["contribution"] for c in score["contributions"])
    assert total == pytest.approx(score["margin"], abs=1e-6)
    assert 0 < score["default_probability"] < 1


@pytest.mark.proof
def test_out_of_fold_a_model_of_seven_tables_ranks_and_is_calibrated_as_the_readme_says(desk: list[str]) -> None:
    pooled = _printed([*desk, "train", "--folds", "5", "--json"])["out_of_fold"]
    assert isinstance(pooled, dict)
    assert pooled["rows"] == 5_000
    assert pooled["auc"] == pytest.approx(0.760, abs=0.002)
    assert pooled["mean_pd"] == pytest.approx(pooled["observed_rate"], rel=0.03)
    assert pooled["cost_per_client"] == pytest.approx(0.512, abs=0.002)
