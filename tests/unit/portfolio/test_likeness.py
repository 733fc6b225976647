"""A sample is like itself, and what is apart is called so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.portfolio import contract_file
from core.portfolio.synthetic.generator import generate
from tests.likeness.comparing import compare, total_variation
from tests.likeness.report import ColumnLikeness, Likeness


@pytest.fixture(scope="module")
def against_itself(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Likeness:
    folder = tmp_path_factory.mktemp("likeness") / "raw"
    generate(folder, applicants=1_500, new_applications=50, seed=2)
    contract = contract_file.read(project_root / "data" / "home_credit" / "contract.toml")
    return compare(folder, folder, contract)


def a_column(**changes: object) -> ColumnLikeness:
    fields = {
        "table": "loans",
        "column": "amount",
        "measure": "quantiles",
        "synthetic_missing": 0.0,
        "real_missing": 0.0,
        "distance": 0.0,
    }
    return ColumnLikeness(**(fields | changes))  # type: ignore[arg-type]


def test_the_distance_of_shares_is_half_the_sum_of_their_differences() -> None:
    assert total_variation(np.array(["a", "a", "b", "b"]), np.array(["a", "b", "c", "c"])) == pytest.approx(0.5)
    assert total_variation(np.array(["a"]), np.array(["b"])) == 1.0


def test_a_sample_is_like_itself(against_itself: Likeness) -> None:
    assert all(column.verdict == "like" for column in against_itself.columns)
    assert all(not column.distance for column in against_itself.columns)
    assert against_itself.rank_correlation == pytest.approx(1.0)
    assert all(
        f.synthetic_rows == f.real_rows and f.synthetic_covered == f.real_covered for f in against_itself.fan_outs
    )


def test_every_child_table_has_its_fan_out(against_itself: Likeness) -> None:
    assert len(against_itself.fan_outs) == 6
    assert all(f.real_rows > 1 and 0 < f.real_covered <= 1 for f in against_itself.fan_outs)


def test_the_strongest_columns_come_first(against_itself: Likeness) -> None:
    strengths = [strength.real for strength in against_itself.strengths]
    assert strengths == sorted(strengths, reverse=True)


def test_the_report_names_every_compared_column(against_itself: Likeness) -> None:
    report = against_itself.markdown()
    assert all(f"| {c.table} | {c.column} |" in report for c in against_itself.columns)
    assert report.startswith("# Synthetic and real tables side by side")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"real_missing": 0.0300}, "like"),
        ({"real_missing": 0.0301}, "apart"),
        ({"distance": 0.1200}, "like"),
        ({"distance": 0.1201}, "apart"),
        ({"distance": 0.1000, "measure": "shares"}, "like"),
        ({"distance": 0.1001, "measure": "shares"}, "apart"),
        ({"distance": None}, "like"),
    ],
)
def test_the_verdict_changes_exactly_at_the_bounds(changes: dict[str, object], verdict: str) -> None:
    assert a_column(**changes).verdict == verdict
