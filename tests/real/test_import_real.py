"""The published tables come in as they are: the whole related sample, and the main table alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import __main__ as command_line

pytestmark = pytest.mark.real


def run(capsys: pytest.CaptureFixture[str], *words: object) -> object:
    assert command_line.main([str(word) for word in words]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_seven_table_sample_is_imported_with_its_missing_table_said(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = real_data / "home_credit" / "subset10k"

    report = run(capsys, "--data", tmp_path, "import", "--from", source, "--json")

    assert isinstance(report, dict)
    assert (report["applicants"], report["labelled"], report["unlabelled"]) == (10_000, 5_000, 5_000)
    assert report["missing_tables"] == ["installments_payments"]
    assert report["ignored_files"] == ["installments_payments_PARTIAL.parquet"]
    assert {t["table"]: t["rows"] + t["orphan_rows"] for t in report["tables"]} == {
        "application": 10_000,
        "bureau": 49_227,
        "bureau_balance": 1_207_059,
        "previous_application": 49_100,
        "pos_cash_balance": 287_697,
        "installments_payments": 0,
        "credit_card_balance": 113_392,
    }
    assert all(not t["bad_values"] and not t["unknown_columns"] for t in report["tables"])
    keys = run(capsys, "--data", tmp_path, "applicants", "--limit", 20, "--json")
    assert isinstance(keys, list)
    assert len(keys) == 20
    assert keys == sorted(set(keys))
    unlabelled = run(capsys, "--data", tmp_path, "applicants", "--unlabelled", "--json")
    assert isinstance(unlabelled, list)
    assert len(unlabelled) == 5_000


def test_the_main_table_alone_is_imported_with_all_labels(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = real_data / "home_credit" / "application_train.parquet"

    report = run(capsys, "--data", tmp_path, "import", "--from", source, "--json")

    assert isinstance(report, dict)
    assert (report["applicants"], report["labelled"], report["unlabelled"]) == (50_649, 50_649, 0)
    assert len(report["missing_tables"]) == 6
