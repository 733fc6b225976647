"""What became of a press is told by whatever is drawn next, and again only while it may have been overtaken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st

from pages._ui import decision_state, told
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
    answer = told.of_session()
    answer.begin()
    answer.end()
    assert shown == []
    assert not answer.waits


@pytest.mark.parametrize(("later", "times"), [(4.0, 3), (4.1, 2)])
def test_what_was_recorded_is_told_until_four_seconds_after_a_run_that_told_it_reached_its_end(
    monkeypatch: pytest.MonkeyPatch, shown: list[str], later: float, times: int
) -> None:
    answer = told.of_session()
    answer.recorded(1017)
    assert answer.waits
    at(monkeypatch, 60)  # however long the first run took to come
    answer.begin()  # and is overtaken
    assert not answer.waits
    at(monkeypatch, 120)
    answer.begin()
    answer.end()
    at(monkeypatch, 120 + later)
    answer.begin()
    answer.end()  # the time counts from the first that reached its end
    assert shown == [RECORDED] * times
    at(monkeypatch, 125)
    answer.begin()
    assert shown == [RECORDED] * times


def test_what_is_recorded_next_is_told_anew(monkeypatch: pytest.MonkeyPatch, shown: list[str]) -> None:
    answer = told.of_session()
    for second in (0, 60):
        at(monkeypatch, second)
        answer.recorded(1017)
        answer.begin()
        answer.end()
    assert shown == [RECORDED] * 2


def test_a_refusal_is_told_once_on_the_card_it_belongs_to(shown: list[str]) -> None:
    answer = told.of_session()
    answer.refused(3, "no")
    assert answer.take_refusal(4) == ""
    assert [answer.take_refusal(3), answer.take_refusal(3)] == ["no", ""]
    answer.end()
    assert shown == []


def test_a_refusal_whose_card_is_not_drawn_any_more_is_told_once_all_the_same(shown: list[str]) -> None:
    answer = told.of_session()
    answer.refused(3, "no")
    answer.begin()
    answer.end()
    answer.end()
    assert shown == ["What you pressed before: no"]


def test_what_is_recorded_is_told_although_the_session_is_asked_no_more_after_the_write(
    monkeypatch: pytest.MonkeyPatch, shown: list[str]
) -> None:
    answer, after = told.of_session(), decision_state.after(3)
    state = st.session_state
    monkeypatch.setattr(st, "session_state", None)  # where another press would end the run
    after.decided()
    answer.recorded(1017)
    monkeypatch.setattr(st, "session_state", state)
    told.of_session().begin()
    assert shown == [RECORDED]
    assert decision_state.key(3, "note") == "decide_3_note_1"
