"""What became of a press is told by whatever is drawn next, and again only while it may have been overtaken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st

from pages._ui import told
from pages._ui.session import visitor

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORDED = "Recorded as event 1,017."


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages of a session without a browser."""
    messages: list[str] = []
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "toast", lambda words, **_: messages.append(words))
    return messages


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(visitor, "now", lambda: NOON + timedelta(seconds=seconds))


def test_nothing_is_told_where_nothing_was_pressed(shown: list[str]) -> None:
    told.begin()
    told.end()
    assert shown == []
    assert not told.waits()


@pytest.mark.parametrize(("later", "times"), [(4.0, 3), (4.1, 2)])
def test_what_was_recorded_is_told_until_four_seconds_after_a_run_that_told_it_reached_its_end(
    monkeypatch: pytest.MonkeyPatch, shown: list[str], later: float, times: int
) -> None:
    told.recorded(1017)
    assert told.waits()
    at(monkeypatch, 60)  # however long the first run took to come
    told.begin()  # and is overtaken
    assert not told.waits()
    at(monkeypatch, 120)
    told.begin()
    told.end()
    at(monkeypatch, 120 + later)
    told.begin()
    told.end()  # the time counts from the first that reached its end
    assert shown == [RECORDED] * times
    at(monkeypatch, 125)
    told.begin()
    assert shown == [RECORDED] * times


def test_a_refusal_is_told_once_on_the_card_it_belongs_to(shown: list[str]) -> None:
    told.refused(3, "no")
    assert told.take_refusal(4) == ""
    assert [told.take_refusal(3), told.take_refusal(3)] == ["no", ""]
    told.end()
    assert shown == []


def test_a_refusal_whose_card_is_not_drawn_any_more_is_told_once_all_the_same(shown: list[str]) -> None:
    told.refused(3, "no")
    told.begin()
    told.end()
    told.end()
    assert shown == ["What you pressed before: no"]
