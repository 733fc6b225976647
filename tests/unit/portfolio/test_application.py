"""Fields outside the contract are refused by name; nothing but ApplicationRefused is ever raised."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ApplicationRefused
from core.portfolio import contract_file
from core.portfolio.application import check, problems
from core.portfolio.contract import WHOLE_KINDS, Column, Contract, Kind, text

ROOT = Path(__file__).resolve().parents[3]
CONTRACT: Contract = contract_file.read(ROOT / "data" / "home_credit" / "contract.toml")
ALONE = msgspec.structs.replace(CONTRACT, cross_checks=())  # each field judged for itself
COLUMNS: Mapping[str, Column] = CONTRACT.main_columns
NAMES = sorted(COLUMNS)
NUMBERS = [name for name in NAMES if not COLUMNS[name].is_text]
WORDS = [name for name in NAMES if COLUMNS[name].is_text]
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def a_value(column: Column) -> str | float | int:
    """Some value inside the contract."""
    if column.is_text:
        return column.choices[0].value
    lowest, highest = column.limits
    inside = lowest if lowest is not None else highest if highest is not None else 0
    return int(inside) if column.kind in WHOLE_KINDS else float(inside)


ESSENTIAL = {
    name: a_value(column)
    for name, column in COLUMNS.items()
    if not column.nullable and column.kind is not Kind.IDENTIFIER
}


def refused(**fields: object) -> list[str]:
    """Columns that are refused when these fields stand in an application that is complete otherwise."""
    return [problem.column for problem in problems(ALONE, {**ESSENTIAL, **fields})]


def inside(column: Column) -> st.SearchStrategy[str | float | int | None]:
    """Every value the contract allows for this column."""
    sentinels = st.sampled_from(column.sentinels) if column.sentinels else st.nothing()
    nothing = st.none() if column.nullable or column.kind is Kind.IDENTIFIER else st.nothing()
    if column.is_text:
        return st.sampled_from([choice.value for choice in column.choices]) | sentinels | nothing
    lowest, highest = column.limits
    if column.kind in WHOLE_KINDS:
        least = -(2**53) + 1 if lowest is None else math.ceil(lowest)
        most = 2**53 - 1 if highest is None else math.floor(highest)
        return st.integers(least, most) | sentinels | nothing
    numbers = st.floats(-1e300 if lowest is None else lowest, 1e300 if highest is None else highest)
    return numbers | sentinels | nothing


APPLICATIONS = st.fixed_dictionaries({name: inside(column) for name, column in COLUMNS.items()})
FIELDS = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), inside(COLUMNS[name])))
JUNK: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.complex_numbers()
    | st.decimals()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@SOME
@given(fields=APPLICATIONS)
def test_every_application_inside_the_contract_is_accepted_unchanged(fields: dict[str, object]) -> None:
    accepted = check(ALONE, fields).fields
    assert list(accepted) == list(COLUMNS)
    assert accepted == fields


@settings(max_examples=400, deadline=None)
@given(field=FIELDS)
def test_each_allowed_value_of_each_column_is_accepted(field: tuple[str, object]) -> None:
    assert refused(**dict([field])) == []


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(NUMBERS), beyond=st.floats(min_value=1e-6, max_value=1e250), up=st.booleans())
def test_numbers_beyond_the_range_are_refused_by_name(name: str, beyond: float, up: bool) -> None:
    lowest, highest = COLUMNS[name].limits
    edge = highest if up else lowest
    if edge is None:
        return
    outside = edge + (beyond if up else -beyond)
    if outside == edge or outside in COLUMNS[name].sentinels:
        return
    value: object = (
        int(math.copysign(math.ceil(abs(outside)), outside)) if COLUMNS[name].kind in WHOLE_KINDS else outside
    )
    if value != edge and value not in COLUMNS[name].sentinels:
        assert refused(**{name: value}) == [name]


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(WORDS), word=st.text(max_size=50))
def test_unseen_categories_are_refused_by_name(name: str, word: str) -> None:
    known = word in COLUMNS[name].choice_labels or word in COLUMNS[name].sentinels
    assert refused(**{name: word}) == ([] if known else [name])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, True, False, "12", b"12", [1], {"a": 1}, 1j, object()])
@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_column_takes_anything_but_a_finite_number(name: str, bad: object) -> None:
    assert refused(**{name: bad}) == [name]


@pytest.mark.parametrize("bad", [0, 1.0, math.nan, True, b"Y", ["Y"], ""])
@pytest.mark.parametrize("name", WORDS)
def test_no_word_column_takes_anything_but_its_words(name: str, bad: object) -> None:
    assert refused(**{name: bad}) == [name]


@pytest.mark.parametrize("name", [name for name in NUMBERS if COLUMNS[name].kind in WHOLE_KINDS])
def test_whole_numbers_may_come_as_floats_but_never_with_a_fraction(name: str) -> None:
    whole = a_value(COLUMNS[name])
    assert isinstance(whole, int)
    stored = check(CONTRACT, {**ESSENTIAL, name: float(whole)}).fields[name]
    assert (stored, type(stored)) == (whole, int)
    assert refused(**{name: whole + 0.5}) == [name]


@pytest.mark.parametrize("name", [name for name in NUMBERS if COLUMNS[name].kind not in WHOLE_KINDS])
def test_other_numbers_may_come_whole_and_are_stored_as_floats(name: str) -> None:
    with_a_car = {**ESSENTIAL, "FLAG_OWN_CAR": "Y"}  # whose age may be given
    stored = check(CONTRACT, {**with_a_car, name: math.ceil(float(a_value(COLUMNS[name])))}).fields[name]
    assert type(stored) is float


@pytest.mark.parametrize(("name", "value"), [(n, s) for n in NAMES for s in COLUMNS[n].sentinels])
def test_the_contracts_sentinels_are_accepted(name: str, value: object) -> None:
    assert refused(**{name: value}) == []


@pytest.mark.parametrize("name", sorted(ESSENTIAL))
def test_what_must_be_given_is_missed_by_name(name: str) -> None:
    assert [p.column for p in problems(CONTRACT, {k: v for k, v in ESSENTIAL.items() if k != name})] == [name]
    assert refused(**{name: None}) == [name]


def test_everything_else_may_be_left_out() -> None:
    accepted = check(CONTRACT, ESSENTIAL).fields
    assert list(accepted) == list(COLUMNS)
    assert {name for name, value in accepted.items() if value is not None} == set(ESSENTIAL)


@settings(max_examples=400, deadline=None)
@given(
    fields=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=10) | st.integers() | st.none(), JUNK, max_size=6)
)
def test_junk_raises_nothing_but_a_refusal(fields: dict[object, object]) -> None:
    given_ = {**ESSENTIAL, **fields}
    found = problems(CONTRACT, given_)  # type: ignore[arg-type]
    try:
        check(CONTRACT, given_)  # type: ignore[arg-type]
    except ApplicationRefused as refusal:
        assert found
        str(refusal).encode("utf-8")
    else:
        assert not found


@pytest.mark.parametrize("junk", [None, 1, "text", [("a", 1)], math.nan, object()])
def test_what_is_no_table_of_fields_is_refused(junk: object) -> None:
    with pytest.raises(ApplicationRefused, match="must be a table of fields"):
        check(CONTRACT, junk)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NUMBERS)
def test_huge_numbers_are_refused_without_being_written_out(name: str) -> None:
    for huge in (10**5000, -(10**5000), 2**64, 1.7e308):
        (problem,) = problems(CONTRACT, {**ESSENTIAL, name: huge})
        assert problem.column == name
        assert len(str(problem)) < 400


@pytest.mark.parametrize("name", ["WORD", "NUMBER", "UNKNOWN"])
def test_a_megabyte_of_text_is_shortened_to_forty_characters(name: str) -> None:
    column = {"WORD": WORDS[0], "NUMBER": NUMBERS[0], "UNKNOWN": "UNKNOWN"}[name]
    (problem,) = problems(CONTRACT, {**ESSENTIAL, column: "x" * 1_000_000})
    assert problem.got == "'" + "x" * 39 + "…'"
    (unknown,) = problems(CONTRACT, {**ESSENTIAL, "y" * 1_000_000: 1})
    assert len(unknown.label) == 40


def test_unprintable_text_does_not_reach_the_screen() -> None:
    (problem,) = problems(CONTRACT, {**ESSENTIAL, WORDS[0]: "a\x1b[31m\ud800\n"})
    assert problem.got == "'a�[31m��'"


def test_a_refusal_names_label_rule_got_and_remedy() -> None:
    with pytest.raises(ApplicationRefused) as caught:
        check(CONTRACT, {**ESSENTIAL, "DAYS_BIRTH": 12, "EXT_SOURCE_1": 1.5, "CREDIT": 3})
    assert str(caught.value).splitlines() == [
        "3 fields need correcting before the application can be scored.",
        "  Age: must lie between -36,525 and -6,500 days, got 12 days; time before the application is negative.",
        "  External score 1: must lie between 0 and 1, got 1.5; correct it.",
        "  CREDIT: is no field of an application, got 3; leave it out or correct its name.",
    ]


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (-5.0, "-5"),
        (999, "999"),
        (20_000_000.0, "20,000,000"),
        (12_345_678.25, "12,345,678.25"),
        (1e300, "1e+300"),
        (-0.0, "0"),
    ],
)
def test_a_number_is_told_as_a_person_writes_it(value: float, got: str) -> None:
    (problem,) = problems(CONTRACT, {**ESSENTIAL, "AMT_CREDIT": value})
    assert problem.got == got


def test_where_nothing_came_nothing_is_told() -> None:
    (problem,) = problems(CONTRACT, {**ESSENTIAL, "AMT_CREDIT": None})
    assert str(problem) == "Credit amount: must be given; enter a number."
    assert problem.with_key() == "Credit amount (AMT_CREDIT): must be given; enter a number."


def test_a_refusal_of_very_many_fields_stays_readable() -> None:
    with pytest.raises(ApplicationRefused) as caught:
        check(CONTRACT, {**ESSENTIAL, **{f"FIELD_{i}": i for i in range(1000)}})
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "  and 980 more"


def test_an_accepted_application_cannot_be_changed() -> None:
    fields = check(CONTRACT, ESSENTIAL).fields
    with pytest.raises(TypeError):
        fields["AMT_CREDIT"] = 1.0  # type: ignore[index]


def test_every_label_in_a_refusal_is_the_contracts() -> None:
    found = problems(CONTRACT, dict.fromkeys(NAMES, object()))
    assert {p.column: p.label for p in found} == {name: text(COLUMNS[name].label) for name in NAMES}


def test_a_whole_number_without_a_limit_of_its_own_ends_where_a_double_is_exact() -> None:
    name, column = next((n, c) for n, c in COLUMNS.items() if c.kind in WHOLE_KINDS and c.limits[1] is None)
    assert column.kind is not Kind.TARGET
    assert refused(**{name: 2**53 - 1}) == []
    assert refused(**{name: 2**53}) == [name]
