from __future__ import annotations

import math
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
    assert (limit - 1e-3 < told < limit) if own < limit else (limit <= math.nextafter(told, 1) < limit + 1e-3)


def test_a_field_that_changes_nothing_is_said_so() -> None:
    item = limit_of("OUTSIDE", 0.3, lambda _: True)
    assert not item.can_change
    assert item.text == "No value of outside score alone changes it."


def test_whole_fields_are_tried_at_whole_values_only_and_told_exactly() -> None:
    item = limit_of("CHILDREN", 1, lambda value: isinstance(value, int) and value < 4)
    assert item.text == "Decline holds while children stays 3 or less."


def test_every_category_is_tried() -> None:
    item = limit_of("TRADE", "baker", lambda value: value != "weaver")
    assert (item.tried, item.levels, item.shown) == (3, ("Baker", "Smith"), "Baker")
    assert item.text == "Decline holds unless trade is “Weaver”."


def test_a_field_that_is_not_given_is_told_what_it_would_have_to_be() -> None:
    item = limit_of("OUTSIDE", None, lambda value: value is None or float(value) < 0.5)
    assert item.shown == "not given"
    assert item.text == "Outside score is not given; decline holds once it stays below 0.49."


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
