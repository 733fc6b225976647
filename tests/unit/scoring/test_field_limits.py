from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.policy.recommendation import Recommendation
from core.portfolio.application import Value, check
from core.portfolio.contract import Contract, CrossCheck, FormGroup, Relation
from core.scoring.field_limits import FieldLimit, Tried, field_limits
from tests.unit.scoring.builders import a_contract

DECLINE, APPROVE = Recommendation.DECLINE, Recommendation.APPROVE
SAMPLES = {"outside": np.linspace(0, 1, 500, dtype=np.float32), "children": np.arange(10, dtype=np.float32)}


def asking(*columns: str) -> Contract:
    """A contract whose form asks for these columns only."""
    return msgspec.structs.replace(a_contract(), form=(FormGroup(label={"en": "Form"}, columns=columns),))


def limit_of(column: str, own: Value, keeps: Callable[[Value], bool]) -> FieldLimit:
    """The limits of one field of a client who is declined, where `keeps` says which values stay so."""
    contract = asking(column)
    application = check(contract, {"KEY": 1, column: own})

    def ask(tried: Tried) -> list[Recommendation]:
        return [DECLINE if keeps(value) else APPROVE for _, values in tried for value in values]

    found = field_limits(contract, application, DECLINE, SAMPLES, ask)
    assert found.recommendation is DECLINE
    (item,) = found.items
    assert f"{item.tried} values were scored" in found.note
    return item


@settings(max_examples=50, deadline=None)
@given(limit=st.floats(0.02, 0.98), own=st.floats(0, 1))
def test_a_limit_lies_on_the_safe_side_and_close_to_the_true_one(limit: float, own: float) -> None:
    item = limit_of("OUTSIDE", own, lambda value: (float(value or 0) < limit) is (own < limit))
    (interval,) = item.intervals
    assert own in interval
    told = interval.up_to if own < limit else interval.above
    first = math.nextafter(told, 1)
    assert (limit - 0.0101 < told < limit) if own < limit else (limit <= first < limit + 0.0101)


def test_a_narrow_range_in_the_middle_that_loses_the_recommendation_is_not_told_to_keep_it() -> None:
    item = limit_of("OUTSIDE", 0.2, lambda value: not 0.701 < float(value or 0) < 0.712)
    assert [0.2 in interval for interval in item.intervals] == [True, False]
    assert not any(value in interval for interval in item.intervals for value in np.linspace(0.7011, 0.7119, 50))
    assert item.can_change


LOANS = np.geomspace(1_000, 5_000_000, 500).astype(np.float32)
TIMES = -np.linspace(0, 20_000, 500).astype(np.float32)


def typed_in(item: FieldLimit) -> list[list[float]]:
    """The ends of each range told, as the fields that somebody types them into would hold them."""
    ranges = re.split(r", | or ", item.text.split(" is ", 1)[1].split(" and ")[0].rstrip("."))
    return [ends_of(told) for told in ranges]


def ends_of(told: str) -> list[float]:
    found = re.findall(r"([\d,]*\d(?:\.\d+)?)(?: (year|day))?", told)
    ends = [(float(number.replace(",", "")), unit or found[-1][1]) for number, unit in found]
    return [{"year": -float(round(end * 365.25)), "day": -end, "": end}[unit] for end, unit in ends]


WHAT_IS_TYPED = {
    "LOAN": (st.floats(1_000, 5_000_000) | st.integers(1_000, 5_000_000).map(float), LOANS),
    "OUTSIDE": (st.floats(0, 1), SAMPLES["outside"]),
    "WORKING": (st.integers(-20_000, 0), TIMES),
}


@settings(max_examples=200, deadline=None)
@given(column=st.sampled_from(sorted(WHAT_IS_TYPED)), data=st.data())
def test_every_limit_as_it_is_printed_keeps_the_recommendation_when_it_is_typed_in(
    column: str, data: st.DataObject
) -> None:
    values, sample = WHAT_IS_TYPED[column]
    own = data.draw(values)
    cuts = sorted(data.draw(st.lists(values, max_size=6)))

    def keeps(value: float) -> bool:
        return (bisect(cuts, value) - bisect(cuts, own)) % 2 == 0

    contract = asking(column)
    application = check(contract, {"KEY": 1, column: own})

    def ask(tried: Tried) -> list[Recommendation]:
        return [DECLINE if keeps(float(str(value))) else APPROVE for _, values in tried for value in values]

    (item,) = field_limits(contract, application, DECLINE, {column.lower(): sample}, ask).items
    if not item.can_change:
        return
    assert all(keeps(raw) for ends in typed_in(item) for raw in ends), item.text


@pytest.mark.parametrize(("own", "cut"), [(450_000.0, 450_000.5), (23_800.0, 23_900.0), (1_234.5, 1_300.0)])
def test_a_value_at_its_own_limit_is_told_as_it_stands_and_a_step_more_does_not_hold(own: float, cut: float) -> None:
    contract = asking("LOAN")
    application = check(contract, {"KEY": 1, "LOAN": own})

    def ask(tried: Tried) -> list[Recommendation]:
        return [DECLINE if float(str(value)) < cut else APPROVE for _, values in tried for value in values]

    (item,) = field_limits(contract, application, DECLINE, {"loan": LOANS}, ask).items
    ((told,),) = typed_in(item)
    assert own <= told < cut <= told * 1.01
    assert "." not in item.text.removesuffix(".") or not own.is_integer()


def test_a_field_that_changes_nothing_is_said_so() -> None:
    item = limit_of("OUTSIDE", 0.3, lambda _: True)
    assert not item.can_change
    assert item.text == "No value of outside score alone changes it."


def test_whole_fields_are_tried_at_whole_values_only_and_told_exactly() -> None:
    item = limit_of("CHILDREN", 1, lambda value: isinstance(value, int) and value < 4)
    assert item.text == "Decline holds while children is up to 3."


def test_every_category_is_tried() -> None:
    item = limit_of("TRADE", "baker", lambda value: value != "weaver")
    assert (item.tried, item.levels, item.shown) == (3, ("Baker", "Smith"), "Baker")
    assert item.text == "Decline holds unless trade is “Weaver”."


def test_a_field_that_is_not_given_is_told_what_it_would_have_to_be() -> None:
    item = limit_of("OUTSIDE", None, lambda value: value is None or float(value) < 0.5)
    assert item.shown == "not given"
    assert item.text == "Outside score is not given; if it were, decline would hold up to 0.49."


def test_a_category_that_is_not_given_is_told_what_it_might_be() -> None:
    item = limit_of("TRADE", None, lambda value: value != "weaver")
    assert item.shown == "not given"
    assert item.text == "Trade is not given; if it were, decline would hold for any but “Weaver”."


def test_protected_fields_and_the_key_are_never_tried() -> None:
    contract = asking("OUTSIDE", "BORN", "KEY")
    seen: set[str] = set()

    def ask(tried: Tried) -> list[Recommendation]:
        seen.update(name for name, _ in tried)
        return [DECLINE for _, values in tried for _ in values]

    application = check(contract, {"KEY": 1, "OUTSIDE": 0.3, "BORN": -9_000})
    field_limits(contract, application, DECLINE, SAMPLES, ask)
    assert seen == {"OUTSIDE"}


def test_fields_that_can_change_the_recommendation_come_first() -> None:
    contract = asking("CHILDREN", "OUTSIDE")
    application = check(contract, {"KEY": 1, "OUTSIDE": 0.3, "CHILDREN": 1})

    def ask(tried: Tried) -> list[Recommendation]:
        return [
            APPROVE if name == "OUTSIDE" and float(str(v)) > 0.5 else DECLINE for name, values in tried for v in values
        ]

    assert [i.column for i in field_limits(contract, application, DECLINE, SAMPLES, ask).items] == [
        "OUTSIDE",
        "CHILDREN",
    ]


@pytest.mark.parametrize("own", [None, 0.3])
def test_nothing_outside_the_contract_is_tried(own: float | None) -> None:
    contract = asking("LOAN")
    seen: list[Value] = []

    def ask(tried: Tried) -> list[Recommendation]:
        seen.extend(value for _, values in tried for value in values)
        return [DECLINE for _, values in tried for _ in values]

    sample = {"loan": np.array([-5.0, 1.0, 2e9], dtype=np.float32)}
    field_limits(contract, check(contract, {"KEY": 1, "LOAN": own}), DECLINE, sample, ask)
    assert min(float(str(v)) for v in seen) == 0
    assert max(float(str(v)) for v in seen) == 1e9


def test_no_value_is_tried_that_what_if_would_refuse_beside_the_other_fields() -> None:
    fewer = CrossCheck(column="LOAN", relation=Relation.AT_MOST, other="INCOME", rule={"en": "must not exceed it"})
    contract = msgspec.structs.replace(asking("LOAN"), cross_checks=(fewer,))
    column = contract.main_columns["LOAN"]
    application = check(contract, {"KEY": 1, "LOAN": 2_000.0, "INCOME": 3_000.0})
    asked: list[Value] = []

    def ask(tried: Tried) -> list[Recommendation]:
        asked.extend(value for _, values in tried for value in values)
        return [DECLINE for _, values in tried for _ in values]

    spread = np.linspace(column.limits[0] or 0, 10_000, 200, dtype=np.float32)
    field_limits(contract, application, DECLINE, {"loan": spread}, ask)
    assert 2_000.0 in asked
    assert max(float(value) for value in asked if value is not None) <= 3_000.0
    assert len(asked) > 5
