from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import numpy as np
import pytest

from core.desk import Desk, open_desk
from core.desk_files import check_fit, files_identity
from core.errors import ModelRefused, PortfolioMissing, UnknownApplicant
from core.model.artefact import Model
from core.portfolio.features import FeatureStore
from tests.unit.desk_builders import FakeFeatures, FakeModel, a_desk, some_settings
from tests.unit.scoring.builders import a_contract


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path)


def test_a_stored_applicant_is_scored_from_the_models_columns_in_its_order(desk: Desk) -> None:
    score = desk.score("1")
    assert [c.feature for c in score.contributions] == ["income", "outside", "working", "children"]
    assert [c.value for c in score.contributions] == [1.0, 2.0, -400.0, 0.0]
    assert score.margin == pytest.approx(-2.5 - 0.5 - 2.0)


def test_what_is_at_risk_is_the_contracts_exposure(desk: Desk) -> None:
    second = desk.score("2")
    assert second.expected_loss == pytest.approx(second.default_probability * 0.45 * 2000)
    assert desk.score("3").expected_loss is None


def test_the_applicant_is_named_as_stored(desk: Desk) -> None:
    assert desk.score(" 2 ").applicant == "2"


def test_an_unknown_applicant_is_refused(desk: Desk) -> None:
    for asked in (desk.score, desk.application, desk.facts):
        with pytest.raises(UnknownApplicant, match="'99'"):
            cast("Callable[[str], object]", asked)("99")


def test_batches_come_in_the_models_order(desk: Desk) -> None:
    rows = desk.model_rows(["2", "1"])
    assert rows.dtype == np.float32
    assert rows[1].tolist() == [1.0, 2.0, -400.0, 0.0]
    assert rows[0][:2].tolist() == [-1.0, -2.0]
    assert math.isnan(rows[0][2])
    assert desk.scorer.score_many(rows, desk.model.features).tolist() == [
        desk.score("2").default_probability,
        desk.score("1").default_probability,
    ]


def test_facts_are_compared_with_the_models_reference(desk: Desk) -> None:
    shown = {fact.label: (fact.shown, fact.comparison) for fact in desk.facts("1")}
    assert shown["Children"] == ("0", "below more than 99 % of clients")
    assert shown["Employed"] == ("1.1 years", "longer than 100 % of clients")
    assert shown["Loan"] == ("1,000", "")  # the model does not use it, so its reference does not hold it


@pytest.mark.parametrize(("language", "label"), [("en", "Income"), ("fr", "Revenu"), ("xx", "Income")])
def test_a_desk_speaks_the_language_of_its_settings_and_english_where_the_contract_lacks_it(
    language: str, label: str, tmp_path: Path
) -> None:
    contract = a_contract()
    income = msgspec.structs.replace(contract.main_columns["INCOME"], label={"en": "Income", "fr": "Revenu"})
    loans = {**contract.columns["loans"], "INCOME": income}
    contract = msgspec.structs.replace(contract, columns={**contract.columns, "loans": loans})
    desk = a_desk(tmp_path, contract=contract, language=language)
    score = desk.score("1")
    assert [c.label for c in score.contributions if c.feature == "income"] == [label]
    assert label in [fact.label for fact in desk.facts("1")]
    assert label in [field.label for field in desk.changeable_fields]
    assert label in [feature.label for feature in desk.shown_features(score)]


def test_standing_and_peers_come_from_the_card(desk: Desk) -> None:
    peers = desk.peers(0.3)
    assert desk.standing(0.3) == peers.share_below == 0.3
    assert (peers.clients, peers.median_pd) == (4000, 0.5)


def test_a_model_on_the_stored_features_fits() -> None:
    check_fit(cast("Model", FakeModel()), cast("FeatureStore", FakeFeatures()), a_contract())


def test_a_model_that_needs_an_absent_feature_is_refused_by_its_name() -> None:
    features = cast("FeatureStore", SimpleNamespace(names=("outside", "income", "working"), fingerprint="f1"))
    with pytest.raises(ModelRefused, match=r"'children'.*train again"):
        check_fit(cast("Model", FakeModel()), features, a_contract())


def test_a_model_trained_on_other_features_is_refused() -> None:
    features = cast("FeatureStore", SimpleNamespace(names=FakeFeatures.names, fingerprint="f2"))
    with pytest.raises(ModelRefused, match=r"other tables or by other SQL; train again"):
        check_fit(cast("Model", FakeModel()), features, a_contract())


def _feature(name: str, direction: int = 0, levels: tuple[str, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(name=name, direction=direction, levels=levels)


TRADES = ("baker", "smith", "weaver")


@pytest.mark.parametrize(
    ("feature", "refusal"),
    [
        (_feature("income", -1), ""),
        (_feature("trade", 0, TRADES), ""),
        (_feature("born"), r"'born'.*protected feature \(age\) must not be used; train again"),
        (_feature("income", 0), "'income'.*direction must be -1, got 0; train again"),
        (_feature("children", 1), "'children'.*direction must be 0, got 1; train again"),
        (_feature("trade", 0, TRADES[::-1]), "'trade'.*levels must be the contract's.*train again"),
        (_feature("trade"), "'trade'.*levels must be the contract's.*train again"),
        (_feature("gone"), "'gone'.*contract must give it a meaning, got none; train again"),
    ],
)
def test_a_model_made_otherwise_than_the_contract_says_now_is_refused(feature: SimpleNamespace, refusal: str) -> None:
    model = FakeModel()
    model.card.features = (feature,)
    with pytest.raises(ModelRefused, match=refusal) if refusal else nullcontext():
        check_fit(cast("Model", model), cast("FeatureStore", FakeFeatures()), a_contract())


def test_without_a_portfolio_there_is_no_desk_but_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(PortfolioMissing, match="import"):
        open_desk(some_settings(tmp_path))


def test_a_replaced_or_removed_file_is_noticed(tmp_path: Path) -> None:
    settings = some_settings(tmp_path)
    for file in (settings.tables_file, settings.features_file, settings.models_dir / "active"):
        file.parent.mkdir(exist_ok=True)
        before = files_identity(settings)
        file.write_text("one")
        written = files_identity(settings)
        other = file.with_suffix(".part")
        other.write_text("two")
        other.replace(file)
        replaced = files_identity(settings)
        assert len({before, written, replaced}) == 3
        assert files_identity(settings) == replaced


def test_a_desk_whose_files_stand_still_has_not_changed(tmp_path: Path) -> None:
    assert a_desk(tmp_path).changed_on_disk()  # opened from other files than these
    settings = some_settings(tmp_path)
    desk = a_desk(tmp_path, files_identity(settings))
    assert not desk.changed_on_disk()
    settings.tables_file.write_text("imported again")
    assert desk.changed_on_disk()


def test_a_closed_desk_has_closed_its_files(desk: Desk) -> None:
    desk.close()
    assert (desk.tables.closed, desk.features.closed) == (True, True)  # type: ignore[attr-defined]
