"""Numbers as a person reads them."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.portfolio import contract_file, wording
from core.portfolio.contract import Kind
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.wording import (
    inside_sentence,
    money,
    number,
    percent,
    percent_figure,
    points,
    shortened,
    shown,
    shown_as_feature,
    shown_in_column,
    span,
)

CONTRACT = contract_file.read(Path(__file__).resolve().parents[3] / "data" / "home_credit" / "contract.toml")


@pytest.mark.parametrize(
    ("share", "digits", "written"),
    [
        (0.318, 1, "31.8 %"),
        (1 / 11, 1, "9.1 %"),
        (1 / 11, 2, "9.09 %"),
        (0.0, 1, "0.0 %"),
        (1.0, 1, "100.0 %"),
        (0.00049, 1, "< 0.1 %"),
        (0.0005, 1, "0.1 %"),
        (0.99949, 1, "99.9 %"),
        (0.99951, 1, "> 99.9 %"),
        (0.004, 0, "< 1 %"),
        (12.5, 0, "1,250 %"),
        (-0.05, 1, "-5.0 %"),
    ],
)
def test_a_share_is_written_in_percent_and_is_never_0_or_100_unless_it_is(
    share: float, digits: int, written: str
) -> None:
    assert percent(share, digits) == written


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (0, "0 days"),
        (-1, "1 day"),
        (-60, "60 days"),
        (-61, "2 months"),
        (-364, "12 months"),
        (-365, "1.0 years"),
        (-400, "1.1 years"),
        (-15_000, "41.1 years"),
        (30, "in 30 days"),
        (800, "in 2.2 years"),
    ],
)
def test_a_time_span_is_written_in_the_unit_a_person_would_choose(days: float, written: str) -> None:
    assert span(days) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [(540_000, "540,000"), (202_500.0, "202,500"), (1615.5, "1,616"), (999.5, "999.50"), (12.0, "12"), (-0.2, "-0.20")],
)
def test_cents_are_written_only_where_they_matter(amount: float, written: str) -> None:
    assert money(amount) == written
    assert money(amount, "EUR") == f"{written} EUR"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, "3"),
        (0.0188, "0.019"),
        (12.345, "12.35"),
        (123.45, "123.5"),
        (1234.5, "1,234"),
        (-0.0001, "0.000"),
        (0, "0"),
    ],
)
def test_a_number_keeps_about_three_figures(value: float, written: str) -> None:
    assert number(value) == written


def test_points_are_whole() -> None:
    assert (points(553.6), points(-0.4), points(1204)) == ("554", "0", "1,204")


@pytest.mark.parametrize(
    ("value", "kind", "unit", "written"),
    [
        (540_000.0, Kind.MONEY, "", "540,000"),
        (540_000.0, Kind.MONEY, "EUR", "540,000 EUR"),
        (-400, Kind.DAYS, "days", "1.1 years"),
        (-1, Kind.MONTHS, "months", "1 month"),
        (-14, Kind.MONTHS, "", "14 months"),
        (2, Kind.MONTHS, "", "in 2 months"),
        (9.0, Kind.YEARS, "years", "9 years"),
        (1.0, Kind.YEARS, "years", "1 year"),
        (9.25, Kind.YEARS, "", "9.2 years"),
        (0.25, Kind.RATIO, "", "0.250"),
        (0.318, Kind.RATIO, "%", "31.8 %"),
        (0.512, Kind.SCORE, "", "0.512"),
        (3, Kind.COUNT, "", "3"),
        (3, Kind.COUNT, "days", "3 days"),
        (1, Kind.FLAG, "", "yes"),
        (0.0, Kind.FLAG, "", "no"),
        (0.5, Kind.FLAG, "", "0.500"),
        (1, Kind.TARGET, "", "yes"),
        (100_002, Kind.IDENTIFIER, "", "100002"),
        (None, Kind.MONEY, "", "not given"),
        (math.nan, Kind.DAYS, "", "not given"),
        (math.inf, Kind.RATIO, "", "infinite"),
        ("Working", Kind.CATEGORY, "", "Working"),
        (" ", Kind.CATEGORY, "", "not given"),
    ],
)
def test_every_kind_is_written_in_its_own_way(value: wording.Value, kind: Kind, unit: str, written: str) -> None:
    assert shown(value, kind, unit) == written


def test_a_category_is_written_by_its_label() -> None:
    assert shown("Y", Kind.FLAG, labels={"N": "No", "Y": "Yes"}) == "Yes"
    assert shown("Z", Kind.FLAG, labels={"N": "No", "Y": "Yes"}) == "Z"


def test_a_column_is_written_in_the_contracts_words() -> None:
    columns = CONTRACT.main_columns
    assert shown_in_column("State servant", columns["NAME_INCOME_TYPE"]) == "Civil servant"
    assert shown_in_column(-400, columns["DAYS_EMPLOYED"]) == "1.1 years"
    assert shown_in_column(365243, columns["DAYS_EMPLOYED"]) == "not available"
    assert shown_in_column("XNA", columns["ORGANIZATION_TYPE"]) == "not available"
    assert shown_in_column(None, columns["DAYS_EMPLOYED"]) == "not given"


def test_a_categorys_code_is_written_by_its_label() -> None:
    meaning = feature_meaning(CONTRACT, "name_contract_type")
    assert shown_as_feature(0.0, meaning) == "Cash loan"
    assert shown_as_feature(1.0, meaning) == "Revolving loan"
    assert shown_as_feature(7.0, meaning) == "unknown level 7"
    assert shown_as_feature(None, meaning) == "not given"
    assert shown_as_feature(math.nan, meaning) == "not given"
    assert shown_as_feature(-400.0, feature_meaning(CONTRACT, "days_employed")) == "1.1 years"


@pytest.mark.parametrize(
    ("label", "inside"),
    [("External score 2", "external score 2"), ("IBAN checks", "IBAN checks"), ("A", "a"), ("", "")],
)
def test_inside_a_sentence_a_label_loses_its_capital_but_an_abbreviation_keeps_it(label: str, inside: str) -> None:
    assert inside_sentence(label) == inside


@pytest.mark.parametrize(("share", "figure"), [(0.1496, "15.0"), (0.1494, "14.9"), (0.0909, "9.1"), (0.00025, "0.0")])
def test_the_figure_of_a_percentage_is_rounded_as_it_is_shown(share: float, figure: str) -> None:
    assert percent_figure(share) == Decimal(figure)


@given(share=st.floats(0.001, 0.999))
def test_the_figure_of_a_percentage_is_the_one_that_is_printed(share: float) -> None:
    assert percent(share) == f"{percent_figure(share)} %"


def test_foreign_text_is_cut_to_forty_printable_characters() -> None:
    assert shortened("x" * 40) == "x" * 40
    assert shortened("x" * 41) == "x" * 39 + "…"
    assert shortened("a\nb\ud800") == "a�b�"


@given(value=st.floats() | st.integers(-(2**63), 2**63) | st.none() | st.text(), kind=st.sampled_from(Kind))
def test_every_value_can_be_written(value: wording.Value, kind: Kind) -> None:
    assert shown(value, kind)
    assert "\n" not in shown(value, kind)
