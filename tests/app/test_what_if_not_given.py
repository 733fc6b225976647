"""What-if plays with a field left out, where the contract lets it be missing, and leads back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.desk import Desk
from pages._ui.words import plain
from tests.app.conftest import all_text
from tests.app.test_score_cards import CLIENT, page, reset

FIELD = "AMT_ANNUITY"
KEY = f"what_if_{CLIENT}_{FIELD}"


def beside(test: AppTest, key: str) -> Button | None:
    return next((b for b in test.button if b.key == f"beside_{key}"), None)


def press(test: AppTest, key: str) -> AppTest:
    found = beside(test, key)
    assert found is not None
    found.click().run()
    assert not test.exception
    return test


def test_a_field_is_taken_as_not_given_and_back(desk: Desk) -> None:
    test = press(page(), KEY)
    headline = desk.what_if_of(CLIENT, {FIELD: None}).headline
    assert "annuity not given instead of" in headline
    assert plain(headline) in all_text(test)
    assert test.number_input(key=f"{KEY}_emptied_1").value is None
    press(test, f"{KEY}_emptied_1")
    assert "As it is" in all_text(test)
    assert test.number_input(key=f"{KEY}_emptied_2").value == desk.application(CLIENT).fields[FIELD]


def test_a_field_taken_as_not_given_takes_another_value(desk: Desk) -> None:
    test = press(page(), KEY)
    test.number_input(key=f"{KEY}_emptied_1").set_value(9_000.0).run()
    assert plain(desk.what_if_of(CLIENT, {FIELD: 9_000.0}).headline) in all_text(test)


def test_back_to_the_application_gives_it_again(desk: Desk) -> None:
    test = reset(press(page(), KEY))
    assert "As it is" in all_text(test)
    assert test.number_input(key=f"{KEY}_1").value == desk.application(CLIENT).fields[FIELD]


@pytest.mark.parametrize("field", ["AMT_CREDIT", "NAME_CONTRACT_TYPE"])
def test_a_field_that_must_be_given_cannot_be_left_out(desk: Desk, field: str) -> None:
    assert not desk.contract.main_columns[field].nullable
    assert beside(page(), f"what_if_{CLIENT}_{field}") is None


def test_a_fact_to_correct_is_left_out_the_same_way(desk: Desk) -> None:
    test = page()
    test.multiselect(key=f"what_if_{CLIENT}").set_value(["EXT_SOURCE_2"]).run()
    press(test, f"what_if_{CLIENT}_EXT_SOURCE_2")
    assert plain(desk.what_if_of(CLIENT, {"EXT_SOURCE_2": None}).headline) in all_text(test)


def test_a_change_beyond_what_the_model_has_seen_is_said_beside_its_result(desk: Desk) -> None:
    test = page()
    test.number_input(key=f"what_if_{CLIENT}_AMT_CREDIT").set_value(10_000_000.0).run()
    assert not test.exception
    changed = desk.what_if_of(CLIENT, {"AMT_CREDIT": 10_000_000.0})
    warnings = desk.extrapolation(changed.score).warnings
    beyond = set(warnings) - set(desk.extrapolation(desk.score(CLIENT)).warnings)
    assert beyond
    assert all(plain(one) in all_text(test) for one in warnings)
    assert (changed.after.loss_shown, f"from {changed.before.loss_shown}") in [
        (metric.value, metric.proto.delta_description) for metric in test.metric if metric.label == "Expected loss"
    ]
