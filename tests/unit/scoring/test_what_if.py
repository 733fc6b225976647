from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ApplicationRefused
from core.policy.recommendation import Recommendation
from core.portfolio.application import check
from core.scoring.changes import Change, changeable_fields, changed, changes_between
from core.scoring.score import Score
from core.scoring.what_if import Moves, what_if
from tests.unit.scoring.builders import SCALE, a_contract, a_score

CREDIT = Change("LOAN", "Loan", "540,000", "300,000", lever=True)


def written_total(moves: Moves) -> tuple[float, float]:
    """Both sides of the written sum."""
    left, right = moves.sum_check.replace("−", "-").replace("- ", "-").replace("+ ", "+").split(" = ")
    return sum(float(term) for term in left.split()), float(right.removesuffix(" points"))


SHARES = st.floats(-2, 2)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), SHARES, SHARES), min_size=1, max_size=20), SHARES)
def test_what_moved_adds_up_to_the_difference_of_the_scores_exactly_and_as_printed(
    parts: list[tuple[str, float, float]], calibration: float
) -> None:
    before = a_score([(family, old) for family, old, _ in parts])
    after = a_score([(family, new) for family, _, new in parts], calibration=calibration)
    view = what_if(before, after, [CREDIT], SCALE, most_moves=4)
    difference = after.calibrated_log_odds - before.calibrated_log_odds
    for moves in (view.by_family, view.by_feature):
        assert sum(move.log_odds for move in moves.moves) == pytest.approx(difference, abs=1e-6)
        assert len(moves.moves) <= 4 + 2  # others and calibration
        if moves.moves:
            left, right = written_total(moves)
            assert left == pytest.approx(right, abs=1e-6)
            assert right == pytest.approx(after.points, abs=0.051)


def test_largest_moves_come_first_then_all_others_then_calibration() -> None:
    before = a_score([("a", 0.0), ("b", 0.0), ("c", 0.0), ("d", 0.0)])
    after = a_score([("a", 0.1), ("b", -0.5), ("c", 0.3), ("d", 0.2)], calibration=0.05)
    labels = [move.label for move in what_if(before, after, [CREDIT], SCALE, most_moves=2).by_family.moves]
    assert labels == ["B", "C", "All others (2)", "Calibration"]


def test_each_move_has_its_points_and_direction() -> None:
    view = what_if(a_score([("a", 0.0)]), a_score([("a", 0.5)]), [CREDIT], SCALE)
    (move,) = view.by_family.moves
    assert move.points == pytest.approx(-28.8539 * 0.5, abs=1e-3)
    assert (move.shown, move.direction) == ("−14.4", "raises risk")


def test_a_feature_that_moved_is_told_with_both_values() -> None:
    view = what_if(a_score([("a", 0.0), ("b", 0.2)]), a_score([("a", 0.5), ("b", 0.2)]), [CREDIT], SCALE)
    (move,) = view.by_feature.moves
    assert (move.label, move.before, move.after, move.family) == ("Fact 0", "0", "0", "a")


def test_before_and_after_stand_side_by_side() -> None:
    view = what_if(a_score([("a", 2.0)]), a_score([("a", 0.2)]), [CREDIT], SCALE)
    assert (view.before.pd_shown, view.after.pd_shown, view.pd_change) == ("31.0 %", "6.9 %", "−24.1 pp")
    assert view.points_change == f"+{round(view.after.points) - round(view.before.points)} points"
    assert (view.before.recommendation, view.after.recommendation) == (Recommendation.DECLINE, Recommendation.APPROVE)
    assert view.recommendation_changes
    assert view.headline == (
        "With loan 300,000 instead of 540,000: PD 6.9 % instead of 31.0 %, approve instead of decline."
    )


def with_pd(pd: float) -> Score:
    return replace(a_score(), default_probability=pd)


def test_a_pd_between_two_tenths_is_compared_as_it_is_shown() -> None:
    view = what_if(with_pd(0.0505), with_pd(0.181), [CREDIT], SCALE)
    assert (view.before.pd_shown, view.after.pd_shown, view.pd_change) == ("5.1 %", "18.1 %", "+13.0 pp")


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_the_change_of_the_pd_is_the_difference_of_the_numbers_shown(before: float, after: float) -> None:
    view = what_if(with_pd(before), with_pd(after), [CREDIT], SCALE)
    old, new = (Decimal(outcome.pd_shown.removesuffix(" %")) for outcome in (view.before, view.after))
    assert Decimal(view.pd_change.removesuffix(" pp").replace("−", "-")) == new - old


def test_nothing_changed_is_said_so() -> None:
    score = a_score()
    view = what_if(score, score, [], SCALE)
    assert view.by_family.moves == view.by_feature.moves == ()
    assert re.fullmatch(r"[\d.]+ points: nothing moved\.", view.by_family.sum_check)
    assert view.headline.startswith("Nothing is changed: PD ")
    assert (view.pd_change, view.points_change, view.recommendation_changes) == ("0.0 pp", "0 points", False)


def test_many_changes_are_counted() -> None:
    headline = what_if(a_score(), a_score(), [CREDIT, CREDIT, CREDIT], SCALE).headline
    assert "and 1 more changed: PD" in headline
    assert "as before, still decline." in headline


def an_application(**fields: object) -> dict[str, object]:
    return {"KEY": 1, "LOAN": 1_000.0, "INCOME": 5.0, "BORN": -9_000, "CHILDREN": 1, **fields}


def test_only_fields_of_the_form_and_levers_may_be_changed_never_protected_ones() -> None:
    assert [field.column for field in changeable_fields(a_contract())] == ["LOAN", "INCOME"]


def test_a_changed_field_is_in_the_new_application_and_all_others_are_as_they_were() -> None:
    contract = a_contract()
    before = check(contract, an_application())
    after = changed(contract, before, {"LOAN": 700.0})
    assert after.fields == {**before.fields, "LOAN": 700.0}
    assert [(c.label, c.before, c.after) for c in changes_between(contract, before, after)] == [
        ("Loan", "1,000", "700")
    ]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("BORN", -12_000, "Age: cannot be changed, it is a protected basis (age)"),
        ("KEY", 2, "Number: cannot be changed here, the form does not ask for it"),
        ("BAD", 0, "Defaulted: cannot be changed here"),
        ("CHILDREN", 0, "Children: cannot be changed here"),
        ("SHOE_SIZE", 44, "SHOE_SIZE: is no field of the contract"),
        ("LOAN", float("nan"), "Loan: must be a finite number"),
        ("LOAN", -1.0, "Loan: must lie between"),
        ("LOAN", "much", "Loan: must be a number"),
    ],
)
def test_a_change_that_is_not_allowed_is_refused_by_name(column: str, value: object, told: str) -> None:
    contract = a_contract()
    with pytest.raises(ApplicationRefused) as refusal:
        changed(contract, check(contract, an_application()), {column: value})
    assert told in str(refusal.value)


def test_a_field_that_keeps_its_value_is_no_change() -> None:
    contract = a_contract()
    before = check(contract, an_application())
    after = changed(contract, before, {"BORN": -9_000, "LOAN": 1_000.0})
    assert after.fields == before.fields
    assert changes_between(contract, before, after) == ()


@pytest.mark.parametrize(
    ("before", "after", "shown", "change"),
    [
        (87_419.0, 30_000.4, ("87,419", "30,000"), "−57,419"),
        (30_000.0, 87_419.0, ("30,000", "87,419"), "+57,419"),
        (30_000.2, 30_000.4, ("30,000", "30,000"), ""),
        (None, 30_000.0, ("not known", "30,000"), ""),
        (30_000.0, None, ("30,000", "not known"), ""),
    ],
)
def test_expected_loss_stands_before_and_after(
    before: float | None, after: float | None, shown: tuple[str, str], change: str
) -> None:
    old, new = replace(a_score(), expected_loss=before), replace(a_score(), expected_loss=after)
    view = what_if(old, new, [CREDIT], SCALE)
    assert (view.before.loss_shown, view.after.loss_shown) == shown
    assert view.loss_change == change
