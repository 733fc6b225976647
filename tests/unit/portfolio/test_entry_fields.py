"""How a field is asked for on a screen, and that what was typed is what is stored."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.portfolio import contract_file
from core.portfolio.application import Application, check, problems
from core.portfolio.contract import Column, Contract, FormGroup, Kind
from core.portfolio.entry_fields import EntryField, entry_field, entry_fields, raw_fields, typed_changes
from tests.unit.portfolio.builders import a_client, a_contract, en

ROOT = Path(__file__).resolve().parents[3]
HOME_CREDIT = contract_file.read(ROOT / "data" / "home_credit" / "contract.toml")
BANK = a_contract()


def of(column: Column) -> EntryField:
    contract = msgspec.structs.replace(BANK, columns={**BANK.columns, "clients": {**BANK.main_columns, "it": column}})
    return entry_field(contract, "it")


def test_the_form_asks_for_its_columns_in_its_order() -> None:
    wanted = [name for group in HOME_CREDIT.form for name in group.columns]
    assert list(entry_fields(HOME_CREDIT)) == wanted


@pytest.mark.parametrize(
    ("name", "typed", "raw"),
    [
        ("age_days", 20, -7_305),
        ("age_days", 32.85, -11_998),
        ("children", 2, 2),
        ("income", 30_000.5, 30_000.5),
        ("purpose", "car", "car"),
        ("owner", 1, 1),
        ("age_days", None, None),
    ],
)
def test_what_is_typed_is_stored_as_the_tables_have_it(name: str, typed: float | str | None, raw: object) -> None:
    assert entry_field(BANK, name).raw(typed) == raw


@pytest.mark.parametrize(
    ("name", "stored", "typed"),
    [
        ("age_days", -7_305, 20.0),
        ("age_days", -12_000, 32.85),
        ("age_days", 999_999, None),  # a sentinel
        ("purpose", "n/a", None),  # a sentinel
        ("purpose", "boat", None),  # no choice of the contract
        ("purpose", "home", "home"),
        ("children", 2.0, 2),
        ("income", 30_000, 30_000.0),
        ("income", None, None),
    ],
)
def test_what_is_stored_is_shown_as_a_person_would_type_it(
    name: str, stored: float | str | None, typed: object
) -> None:
    shown = entry_field(BANK, name).typed(stored)
    assert (shown, type(shown)) == (typed, type(typed))


@pytest.mark.parametrize("typed", [math.inf, -math.inf])
def test_an_endless_time_is_handed_on_to_be_refused(typed: float) -> None:
    raw = entry_field(BANK, "age_days").raw(typed)
    assert [p.rule for p in problems(BANK, a_client(None, age_days=raw))] == ["must be a finite number"]


@given(days=st.integers(-30_000, -6_000))
def test_a_time_that_is_not_touched_is_no_change_whatever_its_days(days: int) -> None:
    """Years of two digits are coarser than days: the days must not move because they were shown."""
    field = entry_field(BANK, "age_days")
    application = Application({"age_days": days})
    assert typed_changes({"age_days": field}, application, {"age_days": field.typed(days)}) == {}
    moved = field.raw(field.typed(days))
    assert isinstance(moved, int)
    assert abs(moved - days) <= 2


def test_only_fields_that_read_differently_are_changes() -> None:
    application = check(BANK, a_client(None))
    fields = {name: entry_field(BANK, name) for name in ("income", "children", "purpose", "age_days")}
    typed = {"income": 30_000.5, "children": None, "purpose": "home", "age_days": 20.0}
    assert typed_changes(fields, application, typed) == {"children": None, "purpose": "home", "age_days": -7_305}


def test_a_field_that_the_form_does_not_have_is_not_sent() -> None:
    fields = entry_fields(msgspec.structs.replace(BANK, form=(FormGroup(label=en("Loan"), columns=("income",)),)))
    assert raw_fields(fields, {"income": 5.0, "children": 1}) == {"income": 5.0}


@pytest.mark.parametrize(
    ("column", "label"),
    [
        (Column(label=en("Age"), kind=Kind.DAYS, unit=en("days"), maximum=0), "Age, years"),
        (Column(label=en("Due"), kind=Kind.DAYS, unit=en("days"), minimum=0, maximum=90), "Due, days"),
        (Column(label=en("Due"), kind=Kind.DAYS, unit=en("days"), maximum=90), "Due, days"),
        (Column(label=en("Floors"), kind=Kind.COUNT), "Floors"),
    ],
)
def test_the_label_says_the_unit_that_is_typed(column: Column, label: str) -> None:
    assert of(column).label == label


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        (Column(label=en("A"), kind=Kind.MONEY, minimum=1_000, maximum=10_000_000), "From 1,000 to 10,000,000."),
        (Column(label=en("A"), kind=Kind.COUNT), "At least 0."),
        (Column(label=en("A"), kind=Kind.RATIO, unit=en("%"), minimum=0, maximum=0.5), "From 0.0 % to 50.0 %."),
        (
            Column(label=en("A"), kind=Kind.DAYS, minimum=-36_525, maximum=0),
            "In years before the application, at most 100.",
        ),
        (Column(label=en("A"), kind=Kind.DAYS, maximum=0), "In years before the application."),
        (Column(label=en("A"), kind=Kind.FLAG, nullable=False), "Must be given."),
        (Column(label=en("A"), kind=Kind.FLAG), ""),
        (Column(label=en("A"), kind=Kind.MONEY, description=en("As declared.")), "As declared."),
    ],
)
def test_the_hint_says_what_the_core_will_accept(column: Column, hint: str) -> None:
    assert of(column).hint == hint


def test_sentinels_are_no_choices() -> None:
    contract: Contract = HOME_CREDIT
    for name, field in entry_fields(contract).items():
        assert not set(field.choices) & set(contract.main_columns[name].sentinels)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (None, ""),
        (999.99, ""),
        (1_000.0, "1,000"),
        (1_350_000.5, "1,350,000.5"),
        (-24_700.25, "-24,700.25"),
        (135_000, "135,000"),
        (math.inf, ""),
        (math.nan, ""),
    ],
)
def test_an_amount_is_read_with_its_thousands_separated_from_a_thousand_on(typed: float | None, read: str) -> None:
    assert entry_field(BANK, "income").read_as(typed) == read


def test_what_is_no_amount_is_not_read_again() -> None:
    assert entry_field(BANK, "age_days").read_as(5_000.0) == ""
