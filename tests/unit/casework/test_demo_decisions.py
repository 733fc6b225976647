"""What set-up made as a demo is told apart from what people decided."""

from __future__ import annotations

import pytest

from core.casework.demo_decisions import demo_decisions, demo_sentence
from core.casework.history_question import EVER, HistoryQuestion
from tests.unit.casework.history_tables import HistoryTables


def test_only_the_filtered_ones_that_set_up_made_are_counted() -> None:
    tables = HistoryTables()
    for actor, demo in (("ana", True), ("ana", True), ("ben", True), ("ben", False)):
        tables.decided(actor=actor, demo=demo)
    assert demo_decisions(tables.cursor, HistoryQuestion(EVER)) == 3
    assert demo_decisions(tables.cursor, HistoryQuestion(EVER, officers=("ana",))) == 2
    assert demo_decisions(tables.cursor, HistoryQuestion(EVER, officers=("nobody",))) == 0


@pytest.mark.parametrize(
    ("demo", "everything", "told"),
    [
        (0, 5, ""),
        (0, 0, ""),
        (1, 5, "Of these, 1 was made by set-up as a demo."),
        (1_240, 1_300, "Of these, 1,240 were made by set-up as a demo."),
        (2, 2, "All of these were made by set-up as a demo."),
        (1, 1, "Made by set-up as a demo."),
    ],
)
def test_it_is_said_in_a_sentence_how_many_they_are(demo: int, everything: int, told: str) -> None:
    assert demo_sentence(demo, everything) == told
