"""Numbers in the sentences of the cards: the singular where there is one, an amount as everywhere else."""

from __future__ import annotations

import pytest

from core.policy.recommendation import Recommendation
from core.scoring.distribution import Bin
from core.scoring.field_limits import FieldLimit, FieldLimits
from pages._ui import distribution_chart, record_summary_card, similar_cards


@pytest.mark.parametrize(("clients", "words"), [(1, "1 client ("), (2, "2 clients ("), (1_200, "1,200 clients (")])
def test_the_clients_of_a_bar_are_counted(clients: int, words: str) -> None:
    one = Bin("1 to 2", 1, 2, clients, 0.01, 0, None, holds_client=False)
    assert distribution_chart.in_words(one).startswith(f"1 to 2: {words}")


@pytest.mark.parametrize(
    ("firm", "words"),
    [
        (2, "No value of income 0 or income 1 alone changes it."),
        (3, "No value of income 0, income 1 and 1 more field alone changes it."),
        (4, "No value of income 0, income 1 and 2 more fields alone changes it."),
    ],
)
def test_the_fields_that_change_nothing_are_counted(firm: int, words: str) -> None:
    items = (_field("Loan", can_change=True), *(_field(f"Income {at}", can_change=False) for at in range(firm)))
    told = similar_cards.in_short(FieldLimits(Recommendation.APPROVE, items, 9, ""))
    assert told == f"Loan. {words} Tried: 9 values."


@pytest.mark.parametrize(("loss", "shown"), [(714.62, "715"), (999.5, "1,000"), (48_722.4, "48,722")])
def test_the_expected_loss_of_a_record_is_told_in_whole_units(loss: float, shown: str) -> None:
    assert record_summary_card.expected_loss(loss, "") == [f"Expected loss then: {shown}."]


def _field(label: str, can_change: bool) -> FieldLimit:
    return FieldLimit(label, label, "1", True, (), (), can_change, 9, f"{label}.")
