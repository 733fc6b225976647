"""Earlier decisions say whether they were overrides, and on a phone all that the wide table says."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from core.casework.history import HistoryRow
from core.casework.history_question import KnownOutcome, State
from pages._ui.before_cards import _row


def a_row(override_side: str) -> HistoryRow:
    return cast(
        HistoryRow,
        SimpleNamespace(
            at=datetime(2026, 11, 4, tzinfo=UTC),
            application="A-1",
            officer="Officer",
            amount=864_932.0,
            default_probability=0.225,
            recommendation="decline",
            decision="approve",
            override_side=override_side,
            state=State.CLOSED,
            outcome=KnownOutcome.NONE,
        ),
    )


def test_a_phone_shows_a_decision_in_two_columns_with_nothing_left_out() -> None:
    wide, shown = _row(a_row("low"), "A-2", narrow=False), _row(a_row("low"), "A-2", narrow=True)
    assert list(shown) == ["Decided", "As"]
    said = " ".join(shown.values()).lower()
    assert all(cell.lower() in said for cell in wide.values())


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("low", "Approved, low\\-side override"),
        ("high", "Approved, high\\-side override"),
        ("referral", "Approved, instead of a referral"),
        ("", "Approved"),
    ],
)
def test_only_low_and_high_sides_are_called_overrides(side: str, said: str) -> None:
    assert _row(a_row(side), "A-2", narrow=False)["Decided as"] == said
