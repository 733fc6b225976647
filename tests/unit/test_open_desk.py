"""The desk on real files: a small synthetic portfolio, its features and its model."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import __main__ as command_line
from core import settings as settings_module
from core.desk import Desk, open_desk
from core.errors import FeatureRowRefused, ModelMissing, ModelRefused, PortfolioMissing, UnknownApplicant
from core.model import registry
from core.portfolio import application, contract_file, features
from core.portfolio.contract import Kind
from core.portfolio.feature_row import RowBuilder
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate
from core.progress import silent
from core.settings import Settings


@pytest.fixture(scope="module")
def made(small_desk: Path) -> Settings:
    return settings_module.read({}, data_dir=small_desk)


@pytest.fixture(scope="module")
def desk(made: Settings) -> Iterator[Desk]:
    opened = open_desk(made)
    yield opened
    opened.close()


@pytest.fixture
def copied(made: Settings, tmp_path: Path) -> Settings:
    """The same desk in a folder that a test may damage."""
    shutil.copytree(made.data_dir, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("raw"))
    return settings_module.read({}, data_dir=tmp_path)


def test_a_stored_applicant_and_the_same_application_typed_in_have_the_same_score(desk: Desk) -> None:
    for key in desk.tables.keys(3):
        stored = desk.score(key)
        typed = desk.score_application(application.check(desk.contract, desk.application(key).fields), key)
        assert typed.margin == stored.margin
        assert typed.default_probability == stored.default_probability
        assert typed.contributions == stored.contributions
        assert typed.expected_loss == stored.expected_loss


def test_an_application_without_history_is_scored_too(desk: Desk) -> None:
    fields = desk.application(desk.tables.keys(1)[0]).fields
    score = desk.score_application(application.check(desk.contract, fields), None)
    assert score.applicant == ""
    assert 0 < score.default_probability < 1


def test_every_contribution_of_a_score_adds_up(desk: Desk) -> None:
    score = desk.score(desk.tables.keys(1)[0])
    assert [c.feature for c in score.contributions] == list(desk.model.features)
    total = score.base + math.fsum(c.contribution for c in score.contributions)
    assert total == pytest.approx(score.margin, abs=1e-9)


def test_facts_are_in_the_contracts_order_and_compared(desk: Desk) -> None:
    shown = desk.facts(desk.tables.keys(1)[0])
    assert len(shown) == len(desk.contract.facts)
    assert any(fact.comparison.endswith("of clients") for fact in shown)


def test_threads_that_ask_at_once_get_their_own_answers(desk: Desk) -> None:
    keys = desk.tables.keys(40)
    alone = [desk.score(key).margin for key in keys]
    with ThreadPoolExecutor(4) as threads:
        scored = list(threads.map(desk.score, keys * 3))
    assert [score.applicant for score in scored] == keys * 3
    assert [score.margin for score in scored] == alone * 3


@pytest.mark.parametrize("key", ["1", "", "abc", "-5", "1e5", "9" * 40, "100001; drop table x", "１"])
def test_a_number_that_is_nobodys_is_refused_calmly(desk: Desk, key: str) -> None:
    with pytest.raises(UnknownApplicant, match="not in this portfolio"):
        desk.score(key)


def test_without_a_model_there_is_no_desk_but_a_remedy(copied: Settings) -> None:
    registry.retire(copied.models_dir)
    with pytest.raises(ModelMissing, match="train"):
        open_desk(copied)


def test_a_changed_byte_in_the_model_is_refused(copied: Settings) -> None:
    model = registry.active(copied.models_dir) / "model.txt"
    model.write_bytes(model.read_bytes().replace(b"leaf_value=", b"leaf_value= ", 1))
    with pytest.raises(ModelRefused, match="SHA-256"):
        open_desk(copied)


def test_missing_features_are_a_missing_portfolio(copied: Settings) -> None:
    copied.features_file.unlink()
    with pytest.raises(PortfolioMissing, match="train"):
        open_desk(copied)


def test_features_of_older_sql_are_refused(copied: Settings, tmp_path: Path) -> None:
    sql = tmp_path / "sql"
    shutil.copytree(copied.sql_dir, sql)
    mart = next((sql / "mart").glob("applicant.sql"))
    mart.write_text(mart.read_text() + "\n-- another day\n")
    with pytest.raises(PortfolioMissing, match="older ones"):
        open_desk(replace(copied, sql_dir=sql))


def test_a_model_of_other_tables_is_refused_with_its_remedy(copied: Settings, tmp_path: Path) -> None:
    contract = contract_file.read(copied.contract_file)
    generate(tmp_path / "other", applicants=60, new_applications=0, seed=8, progress=silent)
    version = registry.active(copied.models_dir).name
    import_tables(tmp_path / "other", contract, copied, replace=True, progress=silent)
    features.build(copied, contract, silent)
    registry.activate(copied.models_dir, version)  # importing has retired it
    with pytest.raises(ModelRefused, match="train again"):
        open_desk(copied)


def test_a_desk_notices_that_its_model_was_retired(copied: Settings) -> None:
    opened = open_desk(copied)
    assert not opened.changed_on_disk()
    registry.retire(copied.models_dir)
    assert opened.changed_on_disk()
    opened.close()


def test_a_portfolio_imported_since_the_desk_opened_lends_it_no_history(copied: Settings, tmp_path: Path) -> None:
    opened = open_desk(copied)
    key = opened.tables.keys(1)[0]
    stored = opened.application(key)
    generate(tmp_path / "other", applicants=60, new_applications=0, seed=8, progress=silent)
    import_tables(tmp_path / "other", opened.contract, copied, replace=True, progress=silent)
    for history_of in (key, None):
        with pytest.raises(PortfolioMissing, match="open the desk again"):
            opened.score_application(stored, history_of)
    assert opened.score(key).applicant == key  # what it has open stays
    opened.close()


def test_the_command_line_scores_by_number_and_from_a_file(
    made: Settings, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = desk.tables.keys(1)[0]
    file = tmp_path / "application.json"
    later = (desk.contract.portfolio.key, desk.contract.portfolio.target)  # what no new application has
    fields = {name: value for name, value in desk.application(key).fields.items() if name not in later}
    file.write_text(json.dumps(fields))
    start = ["--data", str(made.data_dir), "score"]
    assert command_line.main([*start, key, "--json"]) == 0
    stored = json.loads(capsys.readouterr().out)
    assert command_line.main([*start, "--application", str(file), "--history-of", key, "--json"]) == 0
    typed = json.loads(capsys.readouterr().out)
    assert stored["applicant"] == int(key)
    same = stored.keys() - {"latency_ms", "scored_at"}
    assert {name: typed[name] for name in same} == {name: stored[name] for name in same}


def test_the_command_line_refuses_in_a_sentence(made: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--data", str(made.data_dir), "score", "1", "--json"]) == UnknownApplicant.exit_code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "not in this portfolio" in captured.err
    assert "Traceback" not in captured.err


def test_a_what_if_without_a_change_gives_the_very_score_that_is_stored(desk: Desk) -> None:
    for key in desk.tables.keys(3):
        view = desk.what_if_of(key, {})
        assert view.score.margin == desk.score(key).margin
        assert view.by_feature.moves == view.changes == ()


def test_a_what_if_of_a_stored_applicant_and_of_its_application_are_the_same(desk: Desk) -> None:
    key = desk.tables.keys(1)[0]
    lever = next(field.column for field in desk.changeable_fields if field.lever and field.column.startswith("AMT"))
    changes = {lever: float(str(desk.application(key).fields[lever])) * 2}
    stored, typed = desk.what_if_of(key, changes), desk.what_if(desk.application(key), changes, key)
    assert (stored.before, stored.after, stored.by_feature) == (typed.before, typed.after, typed.by_feature)
    assert [change.column for change in stored.changes] == [lever]


def test_what_surrounds_a_score_is_the_same_for_many_who_ask_at_once(desk: Desk) -> None:
    key = desk.tables.keys(1)[0]
    score = desk.score(key)
    feature = desk.shown_features(score, 1)[0].name

    def ask(_: int) -> tuple[object, ...]:
        return (
            desk.similar(score),
            desk.certificates(score),
            desk.extrapolation(score),
            desk.distribution(score, feature),
            desk.what_if_of(key, {}).after,
        )

    with ThreadPoolExecutor(8) as asking:
        first, *others = asking.map(ask, range(16))
    assert all(other == first for other in others)


def test_features_are_offered_by_size_of_their_contribution_in_words_that_all_clients_share(desk: Desk) -> None:
    first, second = (desk.score(key) for key in desk.tables.keys(2))
    by_size = sorted(first.contributions, key=lambda c: -abs(c.contribution))
    labels = {family.family: family.label for family in first.families}
    offered = desk.shown_features(first)
    assert [(each.name, each.label, each.family) for each in offered] == [
        (c.feature, c.label, labels[c.family]) for c in by_size
    ]
    assert offered[0].title == f"{offered[0].label} · {offered[0].family}"
    assert desk.shown_features(first, 3) == offered[:3]
    assert {id(each) for each in desk.shown_features(second)} == {id(each) for each in offered}


def test_a_certificate_is_given_for_each_main_feature_by_size_of_its_contribution(desk: Desk) -> None:
    score = desk.score(desk.tables.keys(1)[0])
    largest = sorted(score.contributions, key=lambda c: -abs(c.contribution))[:10]
    assert [c.feature for c in desk.certificates(score).items] == [c.feature for c in largest]
    assert desk.certificates(score, most=3).items == desk.certificates(score).items[:3]


def test_only_the_models_own_features_have_a_distribution(desk: Desk) -> None:
    score = desk.score(desk.tables.keys(1)[0])
    unknown = next(name for name in desk.features.names if name not in desk.model.features)
    with pytest.raises(FeatureRowRefused, match=f"'{unknown}'"):
        desk.distribution(score, unknown)


def test_variants_of_an_application_are_the_rows_they_would_be_one_by_one(desk: Desk) -> None:
    key = desk.tables.keys(1)[0]
    stored = desk.application(key)
    rows = RowBuilder(desk.contract, desk.settings.sql_dir, desk.settings.tables_file)
    money = [f.column for f in desk.changeable_fields if desk.contract.main_columns[f.column].kind is Kind.MONEY]
    words = [f.column for f in desk.changeable_fields if desk.contract.main_columns[f.column].choices]
    levels = [choice.value for choice in desk.contract.main_columns[words[1]].choices]
    tried = [(money[0], [1e5, 333_333.333, None]), (words[1], levels), (money[1], [54_321.0])]
    for history_of in (key, None):
        found = rows.variants(stored, history_of, tried)
        alone = [
            rows.row(application.Application({**stored.fields, column: value}), history_of)
            for column, values in tried
            for value in values
        ]
        assert np.array_equal(found, np.array(alone), equal_nan=True)
    assert np.array_equal(rows.row(stored, key), desk.features.row(key), equal_nan=True)
    rows.close()


def test_field_limits_are_values_that_keep_the_recommendation_when_they_are_scored(desk: Desk) -> None:
    key = desk.tables.keys(1)[0]
    score, stored = desk.score(key), desk.application(key)
    found = desk.field_limits(stored, score, key)
    assert {item.column for item in found.items} <= {field.column for field in desk.changeable_fields}
    assert sum(item.tried for item in found.items) == found.tried > 100
    for item in found.items:
        for interval in item.intervals:
            if math.isfinite(interval.up_to):
                changed = desk.what_if_of(key, {item.column: interval.up_to})
                assert changed.after.recommendation is score.recommendation


def test_after_the_warm_up_the_first_questions_find_everything_made(made: Settings) -> None:
    opened = open_desk(made)
    opened.warm_up()
    assert {"_surroundings"} <= vars(opened).keys()
    assert {"_neighbourhood", "_known_world", "_certifier"} <= vars(opened._surroundings).keys()
    assert opened._rows._builder is not None
    opened.close()
