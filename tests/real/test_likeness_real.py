"""The synthetic portfolio resembles the real sample; the comparison is left in the reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import settings
from core.portfolio import contract_file
from core.portfolio.synthetic.generator import generate
from tests.likeness.comparing import compare
from tests.likeness.report import Likeness

pytestmark = pytest.mark.real

FAN_OUT_BOUNDS = (0.8, 1.5)  # a full-size portfolio has the rows of the published one, on fewer applicants


@pytest.fixture(scope="module")
def likeness(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Likeness:
    house = settings.read()
    folder = tmp_path_factory.mktemp("likeness") / "raw"
    generate(folder, applicants=20_000, new_applications=0, seed=11)
    real = real_data / "home_credit"
    found = compare(
        folder, real / "subset10k", contract_file.read(house.contract_file), real / "application_train.parquet"
    )
    house.reports_dir.mkdir(parents=True, exist_ok=True)
    (house.reports_dir / "likeness.md").write_text(found.markdown(), encoding="utf-8")
    return found


def test_values_are_missing_as_often_as_in_the_real_tables(likeness: Likeness) -> None:
    assert likeness.share_alike("missing") >= 0.95


def test_numbers_are_spread_as_in_the_real_tables(likeness: Likeness) -> None:
    assert likeness.share_alike("quantiles") >= 0.90


def test_categories_are_shared_out_as_in_the_real_tables(likeness: Likeness) -> None:
    assert likeness.share_alike("shares") >= 0.95


def test_every_column_of_the_main_table_is_alike(likeness: Likeness) -> None:
    main = [column for column in likeness.columns if column.table == "application"]
    assert [column.column for column in main if column.verdict != "like"] == []


def test_the_strongest_columns_stand_in_the_same_order(likeness: Likeness) -> None:
    assert likeness.rank_correlation >= 0.7
    strongest = {strength.column for strength in likeness.strengths[:3]}
    by_synthetic = sorted(likeness.strengths, key=lambda strength: -strength.synthetic)
    assert {strength.column for strength in by_synthetic[:3]} == strongest


def test_the_children_fan_out_as_in_the_real_tables(likeness: Likeness) -> None:
    low, high = FAN_OUT_BOUNDS
    for fan_out in likeness.fan_outs:
        assert low <= fan_out.synthetic_rows / fan_out.real_rows <= high, fan_out.table
        assert abs(fan_out.synthetic_covered - fan_out.real_covered) <= 0.10, fan_out.table
