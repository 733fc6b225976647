"""Manual entry: the form of the contract, pasted JSON, drafts that survive a refresh, and calm refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core import settings
from core.accounts.roles import Role
from core.casework.json_fields import table
from core.casework.opening import open_ledger
from core.desk import Desk
from core.portfolio import application as applications
from core.portfolio.wording import percent
from core.scoring.sentence import headline
from pages._ui.words import plain
from tests.app.conftest import Visitor, all_text

ROOT = Path(__file__).resolve().parents[2]
CLIENT = "100009"
SCORE = "**Score this application**"
REQUIRED = {
    "NAME_CONTRACT_TYPE": "Cash loans",
    "AMT_CREDIT": 450_000.0,
    "AMT_INCOME_TOTAL": 180_000.0,
    "NAME_INCOME_TYPE": "Working",
    "NAME_EDUCATION_TYPE": "Secondary / secondary special",
    "CNT_CHILDREN": 1,
    "NAME_HOUSING_TYPE": "House / apartment",
    "FLAG_OWN_REALTY": "Y",
    "FLAG_OWN_CAR": "N",
}


def page() -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    test.query_params["entry"] = "form"
    test.run()
    assert not test.exception
    return test


def fill(test: AppTest, fields: dict[str, object]) -> AppTest:
    drawn = {w.key: w for kind in (test.number_input, test.selectbox) for w in kind}
    for name, value in fields.items():
        drawn[f"entry_field_{name}"].set_value(value)
    return test.run()


def press(test: AppTest, label: str) -> AppTest:
    test = next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


def paste(text: str) -> AppTest:
    test = page()
    test.segmented_control(key="entry_way").set_value("paste").run()
    test.text_area(key="entry_pasted").set_value(text).run()
    return press(test, SCORE)


def stored(desk: Desk, client: str = CLIENT) -> dict[str, object]:
    return dict(desk.application(client).fields)


def test_the_form_is_a_deep_link_and_has_every_field_of_the_contract(desk: Desk) -> None:
    test = page()
    assert [h.value for h in test.header] == ["New application"]
    drawn = {
        w.key for kind in (test.number_input, test.selectbox) for w in kind if str(w.key).startswith("entry_field_")
    }
    assert drawn == {f"entry_field_{name}" for group in desk.contract.form for name in group.columns}
    assert not test.metric


def test_an_application_typed_in_is_scored_as_the_core_does(desk: Desk) -> None:
    test = press(fill(page(), REQUIRED), SCORE)
    score = desk.score_application(applications.check(desk.contract, REQUIRED))
    assert plain(headline(score)) in all_text(test)
    assert test.metric[0].value == plain(percent(score.default_probability))


def test_a_time_typed_in_years_is_stored_in_days_before_the_application(desk: Desk) -> None:
    test = press(fill(page(), REQUIRED | {"DAYS_EMPLOYED": 2.0}), SCORE)
    score = desk.score_application(applications.check(desk.contract, REQUIRED | {"DAYS_EMPLOYED": -730}))
    assert plain(headline(score)) in all_text(test)


def test_every_missing_field_is_told_by_its_label_and_nothing_is_scored(desk: Desk) -> None:
    test = press(fill(page(), {"AMT_CREDIT": 450_000.0}), SCORE)
    text = all_text(test)
    assert "This application cannot be scored yet" in text
    for name in REQUIRED:
        told = plain(f"{desk.contract.main_columns[name].label['en']}: must be given") in text
        assert told is (name != "AMT_CREDIT")
    assert not test.metric


def test_the_form_stays_open_until_it_can_be_scored(desk: Desk) -> None:
    test = press(fill(page(), {"AMT_CREDIT": 450_000.0}), SCORE)
    assert [part.proto.expanded for part in test.expander if part.label == "The application"] == [True]
    press(fill(test, REQUIRED), SCORE)
    assert [part.proto.expanded for part in test.expander if part.label == "The application"] == [False]


def test_a_number_out_of_range_is_told_with_its_range(desk: Desk) -> None:
    test = press(fill(page(), REQUIRED | {"AMT_CREDIT": 1.0}), SCORE)
    assert plain("Credit amount: must lie between 1,000 and 10,000,000, got 1;") in all_text(test)
    assert not test.metric


def test_pasted_fields_with_their_clients_history_make_the_stored_score(desk: Desk) -> None:
    fields = {name: value for name, value in stored(desk).items() if name not in ("SK_ID_CURR", "TARGET")}
    test = page()
    test.segmented_control(key="entry_way").set_value("paste").run()
    test.text_area(key="entry_pasted").set_value(json.dumps(fields)).run()
    test.text_input(key="entry_history_of").set_value(CLIENT).run()
    press(test, SCORE)
    assert plain(headline(desk.score(CLIENT))) in all_text(test)
    assert test.metric[0].value == plain(percent(desk.score(CLIENT).default_probability))


def test_a_history_that_nobody_has_is_refused(desk: Desk) -> None:
    test = page()
    test.text_input(key="entry_history_of").set_value("999999999").run()
    press(fill(test, REQUIRED), SCORE)
    assert "There is no such client to take a history from" in all_text(test)
    assert not test.metric


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing was pasted"),
        ("no json", "must be JSON, got text that cannot be read as that from line 1, column 1 on"),
        ("[1, 2]", "must be one object"),
        ('{"AMT_CREDIT": 1, "AMT_CREDIT": 2}', "must name each field once, got 'AMT_CREDIT' twice"),
        ('{"AMT_CREDIT": NaN}', "must hold finite numbers"),
        ('{"AMT_CREDIT": Infinity}', "must hold finite numbers"),
        ('{"AMT_CREDIT": 1e999}', "Credit amount (AMT_CREDIT): must be a finite number"),
        ('{"AMT_CREDIT": {"x": 1}}', "must hold single values"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested"),
        ('{"x": "' + "y" * 1_000_000 + '"}', "must not be larger than 1,000,000 bytes"),
        (json.dumps(REQUIRED | {"FAVOURITE_COLOUR": "blue"}), "FAVOURITE_COLOUR: is no field of an application"),
        (json.dumps(REQUIRED | {"NAME_INCOME_TYPE": "Pirate"}), "must be one of the choices, got 'Pirate'"),
        (json.dumps(REQUIRED | {"AMT_CREDIT": True}), "Credit amount (AMT_CREDIT): must be a number"),
        (json.dumps(REQUIRED | {"CNT_CHILDREN": 1.5}), "Children (CNT_CHILDREN): must be a whole number, got 1.5"),
        (json.dumps(REQUIRED | {"TARGET": 0}), "Payment difficulties (TARGET): is no part of a new application"),
        (json.dumps(REQUIRED | {"SK_ID_CURR": 100009}), "Client number (SK_ID_CURR): is no part of a new application"),
        (json.dumps(REQUIRED | {"AMT_ANNUITY": 500_000}), "Annuity (AMT_ANNUITY): must not be larger than the loan"),
        (json.dumps(REQUIRED | {"DAYS_EMPLOYED": 12}), "time before the application is negative"),
    ],
)
def test_bad_json_is_a_calm_sentence_and_nothing_is_scored(desk: Desk, text: str, told: str) -> None:
    test = paste(text)
    assert plain(told) in all_text(test)
    assert not test.metric


def test_the_template_to_copy_is_scored_as_it_stands(desk: Desk) -> None:
    test = page()
    test.segmented_control(key="entry_way").set_value("paste").run()
    pasted = paste(test.code[0].value)
    assert "This application cannot be scored yet" not in all_text(pasted)
    assert len(pasted.metric) == 4


def test_markup_in_pasted_fields_is_shown_as_text(desk: Desk) -> None:
    test = paste(json.dumps({"<script>alert(1)</script>": 1, "**b**": 2}))
    assert plain("<script>alert(1)</script>") in all_text(test)


def test_a_draft_survives_a_refresh_with_its_result_and_belongs_to_one_person(desk: Desk, visitor: Visitor) -> None:
    press(fill(page(), REQUIRED), SCORE)
    again = page()
    assert again.number_input(key="entry_field_AMT_CREDIT").value == 450_000.0
    assert again.selectbox(key="entry_field_NAME_INCOME_TYPE").value == "Working"
    assert len(again.metric) == 4
    visitor.role = Role.RISK_MANAGER
    other = page()
    assert other.number_input(key="entry_field_AMT_CREDIT").value is None
    assert not other.metric


def test_what_was_not_sent_yet_survives_a_refresh_too_and_is_not_scored(desk: Desk) -> None:
    fill(page(), {"AMT_CREDIT": 123_000.0})
    again = page()
    assert again.number_input(key="entry_field_AMT_CREDIT").value == 123_000.0
    assert not again.metric


def button(test: AppTest, key: str) -> Button:
    return next(b for b in test.button if b.key == key)


def test_a_restored_field_is_emptied_by_the_button_beside_it(desk: Desk) -> None:
    fill(page(), REQUIRED)
    again = page()
    button(again, "beside_entry_field_AMT_CREDIT").click().run()
    button(again, "beside_entry_field_NAME_INCOME_TYPE").click().run()
    assert again.number_input(key="entry_field_AMT_CREDIT_emptied_1").value is None
    assert again.selectbox(key="entry_field_NAME_INCOME_TYPE_emptied_1").value is None
    assert again.number_input(key="entry_field_AMT_INCOME_TOTAL").value == 180_000.0
    assert not [b for b in again.button if str(b.key).startswith("beside_entry_field_AMT_CREDIT")]
    third = page()
    assert third.number_input(key="entry_field_AMT_CREDIT").value is None
    assert third.selectbox(key="entry_field_NAME_EDUCATION_TYPE").value == "Secondary / secondary special"


def test_a_restored_field_that_was_emptied_takes_a_new_value(desk: Desk) -> None:
    fill(page(), {"AMT_CREDIT": 123_000.0})
    again = page()
    button(again, "beside_entry_field_AMT_CREDIT").click().run()
    again.number_input(key="entry_field_AMT_CREDIT_emptied_1").set_value(99_000.0).run()
    assert page().number_input(key="entry_field_AMT_CREDIT").value == 99_000.0


def test_a_form_emptied_to_the_last_field_stays_empty_after_a_refresh(desk: Desk) -> None:
    test = fill(page(), {"AMT_CREDIT": 123_000.0})
    fill(test, {"AMT_CREDIT": None})
    assert page().number_input(key="entry_field_AMT_CREDIT").value is None


def test_an_empty_form_in_a_second_window_does_not_wipe_out_the_first(desk: Desk) -> None:
    second = page()
    fill(page(), {"AMT_CREDIT": 123_000.0})
    second.run()
    assert page().number_input(key="entry_field_AMT_CREDIT").value == 123_000.0


def test_a_large_amount_is_repeated_with_its_thousands_separated(desk: Desk) -> None:
    test = fill(page(), {"AMT_CREDIT": 1_350_000.5, "CNT_CHILDREN": 2})
    assert test.number_input(key="entry_field_AMT_CREDIT").label == "Credit amount · required · 1,350,000.5"
    assert test.number_input(key="entry_field_CNT_CHILDREN").label == "Children · required"
    assert test.number_input(key="entry_field_AMT_INCOME_TOTAL").label == "Income · required"


def test_a_changed_form_says_that_the_result_is_older(desk: Desk) -> None:
    test = press(fill(page(), REQUIRED), SCORE)
    fill(test, {"AMT_CREDIT": 460_000.0})
    assert "Changed since" in all_text(test)


def test_a_draft_is_discarded_only_after_a_question(desk: Desk) -> None:
    test = press(fill(page(), REQUIRED), SCORE)
    press(test, "Discard draft")
    assert len(page().metric) == 4
    press(test, "Discard")
    again = page()
    assert again.number_input(key="entry_field_AMT_CREDIT").value is None
    assert not again.metric


def test_the_refusal_of_an_empty_form_is_put_away_by_discarding_it(desk: Desk) -> None:
    test = page()
    assert discarding(test).disabled
    press(test, SCORE)
    assert "This application cannot be scored yet" in all_text(page())
    assert not discarding(test).disabled
    press(press(test, "Discard draft"), "Discard")
    for seen in (test, page()):
        assert "This application cannot be scored yet" not in all_text(seen)
        assert discarding(seen).disabled


def discarding(test: AppTest) -> Button:
    return next(button for button in test.button if button.label == "Discard draft")


def test_an_entry_that_is_not_scored_is_written_to_no_file(desk: Desk, small_desk: Path) -> None:
    page()  # opens the record
    written = small_desk / "ledger" / "journal"
    before = {path: path.read_bytes() for path in written.iterdir()}
    fill(page(), REQUIRED)
    assert {path: path.read_bytes() for path in written.iterdir()} == before


def test_a_scored_entry_stands_in_the_record_and_in_no_file_in_clear(desk: Desk, small_desk: Path) -> None:
    press(fill(page(), REQUIRED | {"AMT_CREDIT": 451_234.5}), SCORE)
    st.cache_resource.clear()  # closes the record
    ledger = open_ledger(settings.read())
    last = ledger.events(ledger.head.count - 1)[-1]
    assert (last.kind, last.actor.name) == ("scored", "officer")
    assert table(ledger.unsealed(last), "application")["AMT_CREDIT"] == 451_234.5
    ledger.close()
    written = [path for path in (small_desk / "ledger").rglob("*") if path.is_file()]
    assert len(written) > 3
    assert not [path for path in written if b"Secondary / secondary special" in path.read_bytes()]


def test_a_refused_entry_stands_in_the_record_by_its_rule_without_its_values(desk: Desk) -> None:
    press(fill(page(), {"AMT_CREDIT": 451_234.5}), SCORE)
    st.cache_resource.clear()
    ledger = open_ledger(settings.read())
    last = ledger.events(ledger.head.count - 1)[-1]
    ledger.close()
    assert (last.kind, last.subject, last.seal) == ("score_refused", "ApplicationRefused", None)
    assert last.public == {"refusal": "ApplicationRefused", "rule": "fields must be inside the contract"}


def test_a_data_scientist_reads_and_plays_but_types_no_application_in(desk: Desk, visitor: Visitor) -> None:
    visitor.role = Role.DATA_SCIENTIST
    test = page()
    assert "Not open to your role" in [s.value for s in test.subheader]
    assert not [w for w in test.number_input if str(w.key).startswith("entry_field_")]


def test_what_if_works_on_an_application_typed_in(desk: Desk) -> None:
    test = press(fill(page(), REQUIRED), SCORE)
    lever = next(
        w for w in test.number_input if str(w.key).startswith("what_if_") and str(w.key).endswith("AMT_CREDIT")
    )
    lever.set_value(900_000.0).run()
    typed = applications.check(desk.contract, REQUIRED)
    assert plain(desk.what_if(typed, {"AMT_CREDIT": 900_000.0}).headline) in all_text(test)


def test_what_must_be_given_says_so_in_its_label_and_nothing_else_does(desk: Desk) -> None:
    test = page()
    drawn = {part.key: part.label for part in (*test.number_input, *test.selectbox)}
    for name in (name for group in desk.contract.form for name in group.columns):
        label = drawn[f"entry_field_{name}"]
        assert ("· required" in label) is not desk.contract.main_columns[name].nullable
