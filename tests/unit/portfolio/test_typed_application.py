"""A filled-in form is refused in its own order, and times in the unit they were typed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ApplicationRefused
from core.portfolio import contract_file
from core.portfolio.entry_fields import Typed
from core.portfolio.typed_application import check_typed

HOME_CREDIT = contract_file.read(Path(__file__).resolve().parents[3] / "data" / "home_credit" / "contract.toml")
REQUIRED: dict[str, Typed] = {
    "NAME_CONTRACT_TYPE": "Cash loans",
    "AMT_CREDIT": 450_000.0,
    "AMT_INCOME_TOTAL": 180_000.0,
    "NAME_INCOME_TYPE": "Working",
    "NAME_EDUCATION_TYPE": "Higher education",
    "CNT_CHILDREN": 0,
    "NAME_HOUSING_TYPE": "House / apartment",
    "FLAG_OWN_REALTY": "Y",
    "FLAG_OWN_CAR": "N",
}


def refusal(**typed: Typed) -> list[str]:
    with pytest.raises(ApplicationRefused) as refused:
        check_typed(HOME_CREDIT, REQUIRED | typed)
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


@pytest.mark.parametrize(("years", "days"), [(17.8, -6_501), (99.99, -36_521), (100, -36_525)])
def test_a_time_inside_its_limits_is_kept_in_days(years: float, days: int) -> None:
    assert check_typed(HOME_CREDIT, REQUIRED | {"DAYS_BIRTH": years}).fields["DAYS_BIRTH"] == days


@pytest.mark.parametrize(
    ("years", "got"), [(17.79, "17.79 years"), (100.01, "100.01 years"), (150, "150 years"), (-3, "-3 years")]
)
def test_a_time_outside_its_limits_is_told_in_years(years: float, got: str) -> None:
    assert refusal(DAYS_BIRTH=years) == [f"Age: must lie between 17.8 and 100 years, got {got}; correct it."]


def test_problems_come_in_the_order_of_the_form() -> None:
    order = [name for group in HOME_CREDIT.form for name in group.columns]
    told = refusal(**dict.fromkeys(REQUIRED), DAYS_BIRTH=150, DAYS_EMPLOYED=-3.0)
    labels = [line.partition(":")[0] for line in told]
    wrong = [name for name in order if name in {*REQUIRED, "DAYS_BIRTH", "DAYS_EMPLOYED"}]
    assert labels == [HOME_CREDIT.main_columns[name].label["en"] for name in wrong]
    assert len(labels) == len(REQUIRED) + 2


def test_other_fields_are_refused_as_everywhere() -> None:
    assert refusal(AMT_CREDIT=-5.0) == ["Credit amount: must lie between 1,000 and 10,000,000, got -5; correct it."]
