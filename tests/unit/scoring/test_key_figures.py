"""The figures beside a verdict: each difference is the difference of the numbers shown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scoring.key_figures import KeyFigure, Peers, key_figures
from tests.unit.scoring.builders import POLICY, a_contract, a_score

PEERS = Peers(share_below=0.978, clients=7_598, median_pd=0.05)


def figures(
    pd: float = 0.318, loss: float | None = 77_274.4, cut: float = POLICY.approve_below, peers: Peers = PEERS
) -> dict[str, KeyFigure]:
    score = replace(
        a_score(),
        default_probability=pd,
        points=POLICY.points(pd),
        grade=POLICY.grade(pd),
        expected_loss=loss,
        cut=cut,
    )
    return {figure.label: figure for figure in key_figures(score, POLICY, peers, a_contract())}


@pytest.mark.parametrize(
    ("pd", "shown", "change", "worse"),
    [(0.318, "31.8 %", "+22.7 pp", True), (0.0904, "9.0 %", "−0.1 pp", False), (1 / 11, "9.1 %", "+0.0 pp", True)],
)
def test_the_pd_is_compared_with_the_cut_off(pd: float, shown: str, change: str, worse: bool) -> None:
    figure = figures(pd)["Probability of default"]
    assert (figure.shown, figure.change, figure.worse) == (shown, change, worse)
    assert figure.comparison == "vs cut-off 9.1 %"


def test_a_cut_off_between_two_tenths_is_compared_as_it_is_shown() -> None:
    figure = figures(0.181, cut=0.0505)["Probability of default"]
    assert (figure.shown, figure.change, figure.comparison) == ("18.1 %", "+13.0 pp", "vs cut-off 5.1 %")


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_the_distance_to_the_cut_off_is_the_difference_of_the_numbers_shown(pd: float, cut: float) -> None:
    figure = figures(pd, cut=cut)["Probability of default"]
    shown, limit = (Decimal(text.removesuffix(" %")) for text in (figure.shown, figure.comparison.split("off ")[1]))
    assert Decimal(figure.change.removesuffix(" pp").replace("−", "-")) == shown - limit


@pytest.mark.parametrize(("pd", "words"), [(0.0199, "Of 1,000 clients"), (0.02, "Of 100 clients")])
def test_a_small_pd_is_told_among_a_thousand(pd: float, words: str) -> None:
    explanation = figures(pd)["Probability of default"].explanation
    assert words in explanation
    assert "about 20 default" in explanation or "about 2 default" in explanation


def test_points_are_compared_with_the_median_clients() -> None:
    """PD 5 % is 572 points, PD 20 % 527 (domain: 600 points at 50:1, 20 to double)."""
    figure = figures(0.20)["Points and grade"]
    assert (figure.shown, figure.change, figure.comparison) == ("527 · G", "−45 points", "vs median client 572")
    assert figure.worse


@pytest.mark.parametrize(
    ("pd", "words"),
    [
        (0.0024, "Grade A: a default probability below 0.25 %."),
        (0.0074, "Grade C: a default probability of 0.5 % or more, below 0.75 %."),
        (0.0075, "Grade D: a default probability of 0.75 % or more, below 2.5 %."),
        (0.0249, "Grade D: a default probability of 0.75 % or more, below 2.5 %."),
        (0.025, "Grade E: a default probability of 2.5 % or more, below 10 %."),
        (0.20, "Grade G: a default probability of 20 % or more."),
    ],
)
def test_a_grade_is_told_with_its_cuts(pd: float, words: str) -> None:
    """The cuts of the domain: 0.25, 0.5, 0.75, 2.5, 10 and 20 %."""
    assert figures(pd)["Points and grade"].explanation == f"Fewer points mean more risk. {words}"


def test_expected_loss_is_told_as_a_share_of_the_amount_at_risk() -> None:
    figure = figures(0.20)["Expected loss"]
    assert figure.shown == "77,274"
    assert figure.comparison.startswith("9.0 % of the ")


def test_without_an_amount_at_risk_there_is_no_expected_loss() -> None:
    assert "Expected loss" not in figures(loss=None)


def test_standing_names_how_many_clients_it_is_taken_from() -> None:
    figure = figures()["Standing: riskier than"]
    assert (figure.shown, figure.comparison) == ("about 98 %", "of 7,598 validation clients")


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "fewer than 1 %"),
        (0.0099, "fewer than 1 %"),
        (0.01, "about 1 %"),
        (0.834, "about 83 %"),
        (0.99, "about 99 %"),
        (0.9901, "more than 99 %"),
        (1.0, "more than 99 %"),
    ],
)
def test_standing_has_no_digit_that_the_stored_quantiles_do_not_hold(share: float, shown: str) -> None:
    figure = figures(peers=replace(PEERS, share_below=share))["Standing: riskier than"]
    assert figure.shown == shown
