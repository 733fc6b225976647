"""The invented application that whoever writes JSON starts from: made from the contract, accepted as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.portfolio import contract_file
from core.portfolio.application import check_new, problems_of_new
from core.portfolio.application_json import read_pasted
from core.portfolio.application_template import template
from core.portfolio.contract import Contract
from tests.unit.portfolio.builders import a_contract

ROOT = Path(__file__).resolve().parents[3]
HOME_CREDIT = contract_file.read(ROOT / "data" / "home_credit" / "contract.toml")
SMALL = contract_file.read(Path(__file__).parent / "small_contract.toml")


@pytest.mark.parametrize("contract", [HOME_CREDIT, SMALL, a_contract()], ids=["home credit", "small", "north bank"])
def test_the_template_is_an_application_as_it_stands(contract: Contract) -> None:
    pasted = read_pasted(template(contract).as_json())
    assert pasted == template(contract).fields
    check_new(contract, pasted, written_as_json=True)


def test_the_fields_that_must_be_given_stand_first_and_none_is_missing() -> None:
    made = template(HOME_CREDIT)
    first = list(made.fields)[: made.required]
    assert {name: HOME_CREDIT.main_columns[name].nullable for name in first} == dict.fromkeys(first, False)
    assert {problem.column for problem in problems_of_new(HOME_CREDIT, {})} == set(first)
    assert len(made.fields) > made.required


def test_a_field_that_the_others_contradict_is_left_out() -> None:
    made = template(HOME_CREDIT).fields
    assert made["FLAG_OWN_CAR"] == "N"
    assert "OWN_CAR_AGE" not in made


def test_every_field_has_a_line_of_its_own() -> None:
    made = template(HOME_CREDIT)
    assert len(made.as_json().splitlines()) == len(made.fields) + 2
    assert json.loads(made.as_json())["AMT_CREDIT"] == 100_000
