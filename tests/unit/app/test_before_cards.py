"""On a phone earlier decisions take two columns and still say all that the wide table says."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from core.casework.history import HistoryRow
from core.casework.history_question import KnownOutcome
from pages._ui.before_cards import _cells, _in_two_columns


def test_a_phone_shows_a_decision_in_two_columns_with_nothing_left_out() -> None:
    row = cast(
        HistoryRow,
        SimpleNamespace(
            at=datetime(2026, 11, 4, tzinfo=UTC),
            officer="Officer",
            amount=864_932.0,
            default_probability=0.225,
            recommendation="decline",
            decision="approve",
            override_side="low",
            outcome=KnownOutcome.NONE,
        ),
    )
    shown = _in_two_columns(row)
    assert list(shown) == ["Decided", "As"]
    said = " ".join(shown.values()).lower()
    assert all(cell.lower() in said for cell in _cells(row))
