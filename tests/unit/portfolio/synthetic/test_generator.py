"""The generator writes the published tables, always the same ones, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from core.portfolio.contract_file import read
from core.portfolio.synthetic import default_risk, generator
from core.portfolio.synthetic.generator import FILES, generate

STEMS = {"application": "application_train", "pos_cash_balance": "POS_CASH_balance"}


@pytest.fixture(scope="module")
def contract(project_root: Path):  # type: ignore[no-untyped-def]
    return read(project_root / "data" / "home_credit" / "contract.toml")


def test_every_table_has_exactly_the_columns_of_the_contract(portfolio: Path, contract) -> None:  # type: ignore[no-untyped-def]
    for table in contract.tables:
        names = pq.read_schema(portfolio / f"{STEMS.get(table.name, table.name)}.parquet").names
        assert set(names) == set(contract.columns[table.name]), table.name


def test_every_text_is_one_of_the_contracts_choices_or_sentinels(portfolio: Path, contract) -> None:  # type: ignore[no-untyped-def]
    for table in contract.tables:
        rows = pd.read_parquet(portfolio / f"{STEMS.get(table.name, table.name)}.parquet")
        for name, column in contract.columns[table.name].items():
            if column.choices and not pd.api.types.is_numeric_dtype(rows[name]):
                allowed = {choice.value for choice in column.choices} | {str(s) for s in column.sentinels}
                assert set(rows[name].dropna()) <= allowed, name


def test_new_applications_have_no_outcome_and_numbers_of_their_own(portfolio: Path) -> None:
    train = pd.read_parquet(portfolio / "application_train.parquet")
    new = pd.read_parquet(portfolio / "application_test.parquet")
    assert (len(train), len(new)) == (4_000, 100)
    assert "TARGET" not in new
    assert not set(train["SK_ID_CURR"]) & set(new["SK_ID_CURR"])


def test_the_true_probability_of_everybody_is_kept_beside(portfolio: Path) -> None:
    truth = pd.read_parquet(portfolio / "true_default_probability.parquet")
    train = pd.read_parquet(portfolio / "application_train.parquet")
    assert len(truth) == 4_100
    assert truth["true_default_probability"].between(0.0001, 0.999).all()
    expected = truth["true_default_probability"].head(4_000).mean()
    assert abs(train["TARGET"].mean() - expected) < 0.001


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, applicants=300, new_applications=20, seed=seed)
    for stem in FILES:
        first, again, other = ((tmp_path / name / f"{stem}.parquet").read_bytes() for name in "abc")
        assert first == again, stem
        assert first != other, stem


def test_a_larger_portfolio_begins_with_the_smaller_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "CHUNK", 200)
    generate(tmp_path / "small", applicants=200, new_applications=0, seed=3)
    generate(tmp_path / "large", applicants=600, new_applications=0, seed=3)
    for stem in FILES:
        small = pd.read_parquet(tmp_path / "small" / f"{stem}.parquet")
        large = pd.read_parquet(tmp_path / "large" / f"{stem}.parquet")
        pd.testing.assert_frame_equal(small, large.head(len(small)))


def test_identifiers_stay_unique_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "CHUNK", 150)
    generate(tmp_path / "raw", applicants=400, new_applications=30, seed=3)
    for stem, key in (("bureau", "SK_ID_BUREAU"), ("previous_application", "SK_ID_PREV")):
        assert pd.read_parquet(tmp_path / "raw" / f"{stem}.parquet")[key].is_unique


def test_an_interrupted_run_leaves_no_portfolio_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    def interrupt(step: str, done: float | None = None) -> None:
        raise KeyboardInterrupt

    into = tmp_path / "raw"
    with pytest.raises(KeyboardInterrupt):
        generate(into, applicants=50, new_applications=0, seed=1, progress=interrupt)
    assert not into.exists()
    generate(into, applicants=50, new_applications=0, seed=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]


def test_an_older_portfolio_is_replaced_whole(tmp_path: Path) -> None:
    into = tmp_path / "raw"
    into.mkdir()
    (into / "leftover.parquet").write_bytes(b"")
    generate(into, applicants=50, new_applications=0, seed=1)
    assert not (into / "leftover.parquet").exists()


@pytest.mark.parametrize(("applicants", "new"), [(0, 10), (-1, 10), (10, -1)])
def test_a_portfolio_without_applicants_is_refused(tmp_path: Path, applicants: int, new: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        generate(tmp_path / "raw", applicants=applicants, new_applications=new)


def test_eight_of_a_hundred_default(portfolio: Path) -> None:
    truth = pd.read_parquet(portfolio / "true_default_probability.parquet")["true_default_probability"]
    # 4,100 people: the mean of the true probabilities spreads by about 0.0015.
    assert truth.mean() == pytest.approx(0.0807, abs=0.006)


def test_outcomes_follow_the_probabilities_without_luck_in_the_total() -> None:
    probability = np.random.default_rng(1).beta(1, 11, 20_000)
    outcome = default_risk.outcomes(np.random.default_rng(2), probability)
    assert set(outcome) == {0, 1}
    assert abs(outcome.sum() - probability.sum()) <= 1
    high = probability > 0.2
    assert outcome[high].mean() == pytest.approx(probability[high].mean(), abs=0.03)
