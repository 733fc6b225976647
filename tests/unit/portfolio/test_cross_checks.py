"""Fields that fit the contract each for itself but not each other; and what a new application cannot have yet."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from core.errors import ApplicationRefused
from core.portfolio import contract_file
from core.portfolio.application import check, check_new, problems
from core.portfolio.contract import Column, Contract, CrossCheck, Kind, Relation
from tests.unit.portfolio.builders import a_client, a_contract, en

ROOT = Path(__file__).resolve().parents[3]
HOME_CREDIT = contract_file.read(ROOT / "data" / "home_credit" / "contract.toml")
NEW = {name: value for name, value in a_client(1).items() if name not in ("client_no", "went_bad")}


def contract_with(relation: Relation) -> Contract:
    """North Bank, which also asks for an instalment and compares it with the income."""
    base = a_contract()
    rate = Column(label=en("Instalment"), kind=Kind.MONEY, minimum=-10, maximum=1e6, sentinels=(-1,), family="means")
    compared = CrossCheck(column="rate", relation=relation, other="income", rule=en("must fit the income"))
    columns = {**base.columns, "clients": {**base.main_columns, "rate": rate}}
    return msgspec.structs.replace(base, columns=columns, cross_checks=(compared,))


@pytest.mark.parametrize(
    ("relation", "fits", "breaks"),
    [
        (Relation.BELOW, 99.99, 100.0),
        (Relation.AT_MOST, 100.0, 100.01),
        (Relation.AT_LEAST, 100.0, 99.99),
        (Relation.ABOVE, 100.01, 100.0),
    ],
)
def test_each_relation_holds_up_to_its_limit_and_not_beyond(relation: Relation, fits: float, breaks: float) -> None:
    contract = contract_with(relation)
    assert problems(contract, {**NEW, "income": 100.0, "rate": fits}) == ()
    (problem,) = problems(contract, {**NEW, "income": 100.0, "rate": breaks})
    assert problem.column == "rate"


@pytest.mark.parametrize(("income", "rate"), [(None, 500.0), (100.0, None), (100.0, -1)])
def test_a_relation_with_a_side_that_is_not_known_holds(income: float | None, rate: float | None) -> None:
    contract = contract_with(Relation.AT_MOST if rate is None or rate > 0 else Relation.ABOVE)
    assert problems(contract, {**NEW, "income": income, "rate": rate}) == ()


@pytest.mark.parametrize("bad", ["much", True, float("nan"), 1e9])
def test_a_field_that_does_not_fit_by_itself_is_told_once(bad: object) -> None:
    (problem,) = problems(contract_with(Relation.AT_MOST), {**NEW, "income": 100.0, "rate": bad})
    assert problem.rule != "must fit the income"


def test_the_refusal_names_both_fields_as_a_person_reads_them() -> None:
    with pytest.raises(ApplicationRefused) as refusal:
        check(contract_with(Relation.AT_MOST), {**NEW, "income": 1_000.0, "rate": 2_500.0})
    assert str(refusal.value).splitlines()[1:] == [
        "  Instalment: must fit the income, got 2,500 with income 1,000; correct one of the two."
    ]


ESSENTIAL: dict[str, object] = {
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


@pytest.mark.parametrize(
    ("fits", "breaks", "told"),
    [
        (
            {"AMT_ANNUITY": 450_000.0},
            {"AMT_ANNUITY": 450_001.0},
            "Annuity: must not be larger than the loan, got 450,001 with credit amount 450,000",
        ),
        (
            {"DAYS_BIRTH": -7_305, "DAYS_EMPLOYED": -7_305},
            {"DAYS_BIRTH": -7_305, "DAYS_EMPLOYED": -10_958},
            "Time in the current job: must not be longer than the client's life, got 30.0 years with age 20.0 years",
        ),
        (
            {"FLAG_OWN_CAR": "Y", "OWN_CAR_AGE": 0.0},
            {"FLAG_OWN_CAR": "N", "OWN_CAR_AGE": 0.0},
            "Age of the car: must be left out without a car, got 0 years with owns a car No; correct one of the two.",
        ),
        (
            {"FLAG_OWN_CAR": "N", "OWN_CAR_AGE": None},
            {"FLAG_OWN_CAR": "N", "OWN_CAR_AGE": 5.0},
            "Age of the car: must be left out without a car, got 5 years",
        ),
        (
            {"CNT_FAM_MEMBERS": 2},
            {"CNT_FAM_MEMBERS": 1},
            "Children: must be fewer than the people in the household, got 1 with people in the household 1",
        ),
        (
            {"OBS_30_CNT_SOCIAL_CIRCLE": 2, "DEF_30_CNT_SOCIAL_CIRCLE": 2},
            {"OBS_30_CNT_SOCIAL_CIRCLE": 2, "DEF_30_CNT_SOCIAL_CIRCLE": 3},
            "Acquaintances 30 days late: must not be more than were observed, got 3",
        ),
    ],
)
def test_what_no_client_can_be_is_refused_in_words(
    fits: dict[str, object], breaks: dict[str, object], told: str
) -> None:
    check_new(HOME_CREDIT, ESSENTIAL | fits)
    with pytest.raises(ApplicationRefused) as refusal:
        check_new(HOME_CREDIT, ESSENTIAL | breaks)
    assert told in str(refusal.value)


def test_nobody_employed_is_older_than_no_employment_at_all() -> None:
    check_new(HOME_CREDIT, ESSENTIAL | {"DAYS_BIRTH": -7_305, "DAYS_EMPLOYED": 365_243})


@pytest.mark.parametrize(("name", "label", "value"), [("client_no", "Client number", 7), ("went_bad", "Went bad", 0)])
def test_number_and_outcome_are_refused_in_a_new_application_and_kept_in_a_stored_one(
    name: str, label: str, value: int
) -> None:
    with pytest.raises(ApplicationRefused) as refusal:
        check_new(a_contract(), {**NEW, name: value})
    assert f"  {label}: is no part of a new application, got {value}; leave it out." in str(refusal.value)
    assert check(a_contract(), {**NEW, name: value}).fields[name] == value
    assert check_new(a_contract(), {**NEW, name: None}).fields[name] is None


def test_whoever_wrote_json_reads_the_key_beside_the_label() -> None:
    fields = {**NEW, "income": -1.0, "colour": "red"}
    with pytest.raises(ApplicationRefused) as refusal:
        check_new(a_contract(), fields, written_as_json=True)
    lines = str(refusal.value).splitlines()
    assert lines[1].startswith("  Income (income): must lie between")
    assert lines[2].startswith("  colour: is no field of an application")
    with pytest.raises(ApplicationRefused) as on_the_form:
        check_new(a_contract(), fields)
    assert "(income)" not in str(on_the_form.value)


def test_choices_are_listed_as_they_are_written_for_whoever_wrote_json_and_left_to_the_list_on_a_form() -> None:
    with pytest.raises(ApplicationRefused) as in_json:
        check_new(HOME_CREDIT, {**ESSENTIAL, "FLAG_OWN_CAR": "maybe"}, written_as_json=True)
    told = "Owns a car (FLAG_OWN_CAR): must be one of the choices, got 'maybe'; choose one of 'N', 'Y'."
    assert told in str(in_json.value)
    with pytest.raises(ApplicationRefused) as on_the_form:
        check_new(HOME_CREDIT, {**ESSENTIAL, "FLAG_OWN_CAR": None})
    assert "  Owns a car: must be given; choose one." in str(on_the_form.value).splitlines()
