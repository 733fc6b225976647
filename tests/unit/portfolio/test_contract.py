"""The Home Credit contract, walked whole: what an officer, a model and a letter need is there for every column."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.portfolio import contract_file
from core.portfolio.contract import Column, Contract, Kind, text
from core.portfolio.feature_meaning import feature_meaning

ROOT = Path(__file__).resolve().parents[3]
CONTRACT: Contract = contract_file.read(ROOT / "data" / "home_credit" / "contract.toml")
EVERY_COLUMN = [
    pytest.param(name, column, id=f"{table}.{name}")
    for table, columns in CONTRACT.columns.items()
    for name, column in columns.items()
]
UNSCORED = {Kind.IDENTIFIER, Kind.TARGET}
MAIN = CONTRACT.main_columns


@pytest.mark.parametrize(("name", "column"), EVERY_COLUMN)
def test_a_column_has_label_description_and_family(name: str, column: Column) -> None:
    assert text(column.label)
    assert text(column.label) != name
    assert "_" not in text(column.label)
    assert text(column.description).endswith(".")
    assert column.kind in UNSCORED or column.family in CONTRACT.families


@pytest.mark.parametrize(("name", "column"), EVERY_COLUMN)
def test_a_number_has_a_range_and_words_have_labelled_choices(name: str, column: Column) -> None:
    if column.kind in UNSCORED:
        assert column.limits == ((0, 1) if column.kind is Kind.TARGET else (None, None))
    elif column.is_text:
        assert all(text(label) for label in column.choice_labels.values())
    else:
        assert None not in column.limits


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("application", 122),
        ("bureau", 17),
        ("bureau_balance", 3),
        ("previous_application", 37),
        ("pos_cash_balance", 8),
        ("installments_payments", 8),
        ("credit_card_balance", 23),
    ],
)
def test_the_contract_covers_the_published_tables(table: str, columns: int) -> None:
    assert len(CONTRACT.columns[table]) == columns


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("AMT_INCOME_TOTAL", (25_650.0, 117_000_000.0)),
        ("AMT_CREDIT", (45_000.0, 4_050_000.0)),
        ("AMT_ANNUITY", (1_615.5, 258_025.5)),
        ("CNT_CHILDREN", (0, 20)),
        ("CNT_FAM_MEMBERS", (1, 21)),
        ("OWN_CAR_AGE", (0, 91)),
        ("DAYS_BIRTH", (-25_229, -7_338)),
        ("DAYS_EMPLOYED", (-17_912, 0)),
        ("DAYS_REGISTRATION", (-24_672, 0)),
        ("DAYS_ID_PUBLISH", (-7_197, 0)),
        ("DAYS_LAST_PHONE_CHANGE", (-4_361, 0)),
        ("OBS_30_CNT_SOCIAL_CIRCLE", (0, 354)),
        ("AMT_REQ_CREDIT_BUREAU_QRT", (0, 261)),
        ("REGION_POPULATION_RELATIVE", (0.000253, 0.072508)),
    ],
)
def test_published_extremes_are_ordinary_values(name: str, values: tuple[float, float]) -> None:
    lowest, highest = MAIN[name].limits
    assert lowest is not None
    assert highest is not None
    assert lowest <= values[0] <= values[1] <= highest


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("CODE_GENDER", 3),
        ("NAME_CONTRACT_TYPE", 2),
        ("NAME_INCOME_TYPE", 8),
        ("NAME_EDUCATION_TYPE", 5),
        ("NAME_FAMILY_STATUS", 6),
        ("NAME_HOUSING_TYPE", 6),
        ("NAME_TYPE_SUITE", 7),
        ("OCCUPATION_TYPE", 18),
        ("ORGANIZATION_TYPE", 58),
        ("WALLSMATERIAL_MODE", 7),
    ],
)
def test_every_published_level_is_a_choice_or_a_sentinel(name: str, levels: int) -> None:
    assert len(MAIN[name].choices) + len(MAIN[name].sentinels) == levels


def test_flags_of_two_words_run_from_no_to_yes() -> None:
    """The position of a choice is its code: 0 is no, 1 is yes, as in the numeric flags."""
    flags = [c for columns in CONTRACT.columns.values() for c in columns.values() if c.kind is Kind.FLAG and c.is_text]
    assert flags
    assert {tuple(text(choice.label) for choice in flag.choices) for flag in flags} == {("No", "Yes")}


def test_the_protected_bases_are_marked() -> None:
    marked = {name: column.protected for name, column in MAIN.items() if column.protected}
    assert marked == {
        "CODE_GENDER": "gender",
        "NAME_FAMILY_STATUS": "family status",
        "CNT_FAM_MEMBERS": "family status",  # less the children it says whether there is a partner
        "NAME_TYPE_SUITE": "family status",  # the partner is one of its choices
        "DAYS_BIRTH": "age",
    }


def test_no_reason_names_a_protected_basis() -> None:
    for family in CONTRACT.families.values():
        said = f" {text(family.label)} {text(family.raises)} {text(family.reason)} ".lower().replace(",", " ")
        assert not [word for word in (" gender ", " sex ", " married ", " marital ", " family status ") if word in said]
        assert "your age" not in said


def test_reasons_are_sentences_and_differ() -> None:
    reasons = [text(family.reason) for family in CONTRACT.families.values()]
    assert all(reason[0].isupper() and reason.endswith(".") for reason in reasons)
    assert len(set(reasons)) == len(reasons)
    assert all(text(family.raises)[0].islower() for family in CONTRACT.families.values())


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("EXT_SOURCE_1", -1),
        ("EXT_SOURCE_2", -1),
        ("EXT_SOURCE_3", -1),
        ("AMT_INCOME_TOTAL", -1),
        ("AMT_GOODS_PRICE", -1),
        ("DAYS_EMPLOYED", 1),  # days are negative: more = shorter
        ("DAYS_LAST_PHONE_CHANGE", 1),
        ("REGION_RATING_CLIENT", 1),
        ("DEF_30_CNT_SOCIAL_CIRCLE", 1),
        ("AMT_REQ_CREDIT_BUREAU_YEAR", 1),
        ("DAYS_BIRTH", 0),
        ("AMT_CREDIT", 0),
    ],
)
def test_directions_are_those_a_credit_professional_defends(name: str, direction: int) -> None:
    assert MAIN[name].direction == direction


def test_levers_are_the_terms_of_the_loan() -> None:
    levers = {name for name, column in MAIN.items() if column.lever}
    assert levers == {"NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE"}


def test_the_form_asks_for_every_column_once_and_for_about_two_dozen_from_everybody() -> None:
    asked = [name for group in CONTRACT.form for name in group.columns]
    assert set(asked) == {name for name, column in MAIN.items() if column.kind not in UNSCORED}
    first = [group for group in CONTRACT.form if not group.optional]
    assert 4 <= len(first) <= 5
    assert 20 <= sum(len(group.columns) for group in first) <= 25


def test_the_first_policy_is_the_one_of_calibrated_probabilities() -> None:
    policy = CONTRACT.policy
    assert policy.approve_below == 1 / 11
    assert (policy.decline_from, policy.loss_given_default, policy.exposure_column) == (0.15, 0.45, "AMT_CREDIT")
    assert (policy.cost_default_approved, policy.cost_good_refused) == (10, 1)
    assert len(policy.grade_letters) == 7


def test_the_target_is_not_called_the_basel_default() -> None:
    meaning = text(CONTRACT.portfolio.target_meaning)
    assert "X days" in meaning
    assert "not the Basel definition" in meaning


def test_a_persons_decision_and_its_reason_have_codes() -> None:
    codes = [code.code for code in CONTRACT.decisions]
    assert codes == ["approve", "approve_changed_terms", "refer", "decline", "withdrawn"]
    assert len(CONTRACT.overrides) >= 8
    fits = {code.code: code.fits for code in CONTRACT.overrides}
    assert (fits["known_client"], fits["fraud_suspected"]) == (("approve",), ("decline",))
    assert fits["data_corrected"] == ("approve", "decline")
    assert fits["terms_changed"] == ("approve_changed_terms",)


def test_a_main_table_column_is_a_feature_under_its_lower_case_name() -> None:
    meaning = feature_meaning(CONTRACT, "name_education_type")
    assert meaning.label == "Education"
    assert meaning.choices[-1] == "Academic degree"
    assert len(meaning.choice_labels) == len(meaning.choices)
    with pytest.raises(KeyError):
        feature_meaning(CONTRACT, "nothing_of_the_kind")
