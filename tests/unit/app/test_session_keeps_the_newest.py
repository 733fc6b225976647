"""What a session remembers of many things: the newest of each kind, and always what is on the screen."""

from __future__ import annotations

import pytest
import streamlit as st

from pages._ui import (
    decide_form,
    decision_state,
    entry_state,
    history_state,
    shown,
    standing_state,
    told,
    what_if_state,
)
from pages._ui.newest import MOST, Newest


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A session without a browser."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def test_everything_of_a_kind_lies_under_one_key(session: dict[str, object]) -> None:
    known: Newest[str, int] = Newest("kind")
    for number in range(5):
        known.keep(f"case {number}", number)
    assert list(session) == ["kind"]
    assert [known.of(f"case {number}", -1) for number in range(6)] == [0, 1, 2, 3, 4, -1]


def test_one_more_than_the_most_drops_the_oldest_alone() -> None:
    known: Newest[int, str] = Newest("kind")
    for number in range(MOST):
        known.keep(number, "kept")
    known.keep(0, "kept again")
    known.keep(MOST, "kept")
    assert known.of(1, "dropped") == "dropped"
    assert (known.of(0, "dropped"), known.of(2, "dropped"), known.of(MOST, "dropped")) == ("kept again", "kept", "kept")


def test_what_is_asked_for_at_every_run_is_never_dropped() -> None:
    known: Newest[int, str] = Newest("kind")
    known.keep(0, "on the screen")
    for number in range(1, 3 * MOST):
        assert known.of(0, "dropped") == "on the screen"
        known.keep(number, "looked at")


def test_a_field_of_what_if_has_a_new_widget_for_every_time_it_starts_anew() -> None:
    keys = [what_if_state.field_key("7", "amount")]
    for step in (what_if_state.take_as_not_given_or_back,) * 2:
        step("7", "amount")
        keys.append(what_if_state.field_key("7", "amount"))
    what_if_state.reset("7")
    keys.append(what_if_state.field_key("7", "amount"))
    what_if_state.take_as_not_given_or_back("7", "amount")
    keys.append(what_if_state.field_key("7", "amount"))
    numbered = ("", "_emptied_1", "_emptied_2", "_1", "_1_emptied_1")
    assert keys == [f"what_if_7_amount{number}" for number in numbered]
    assert what_if_state.taken_as_not_given("7", "amount")
    assert not what_if_state.taken_as_not_given("7", "income")
    assert (what_if_state.corrected_key("7"), what_if_state.corrected_key("8")) == ("what_if_7_1", "what_if_8")


def test_a_widget_on_the_screen_keeps_its_start_and_one_that_comes_back_takes_the_new_one(
    session: dict[str, object],
) -> None:
    assert what_if_state.started_with("7", "amount", 100.0) == 100.0
    session["what_if_7_amount"] = 250.0  # drawn, and typed in
    assert what_if_state.started_with("7", "amount", 250.0) == 100.0
    del session["what_if_7_amount"]  # another page was drawn meanwhile
    assert what_if_state.started_with("7", "amount", 250.0) == 250.0


def test_a_field_of_the_entry_form_starts_with_the_draft_again_when_it_was_emptied(session: dict[str, object]) -> None:
    assert entry_state.started_with("amount", 100.0) == 100.0
    session[entry_state.field_key("amount")] = 100.0
    entry_state.empty_field("amount")
    assert entry_state.started_with("amount", None) is None
    assert entry_state.field_key("amount") == "entry_field_amount_emptied_1"
    entry_state.forget()
    assert (entry_state.field_key("amount"), entry_state.key("way")) == ("entry_field_amount_1", "entry_way_1")


def test_the_request_of_a_decision_stays_the_same_while_its_form_is_on_the_screen() -> None:
    request = decision_state.request(0)
    for score in range(1, 3 * MOST):
        assert decision_state.key(0, "note") == "decide_0_note"  # the form is drawn
        decision_state.request(score)
    assert decision_state.request(0) == request


def test_what_was_refused_or_decided_is_followed_by_another_request_and_only_a_decision_by_an_empty_form() -> None:
    first = decision_state.request(3)
    decision_state.after(3).refused()
    second = decision_state.request(3)
    assert decision_state.key(3, "note") == "decide_3_note"
    decision_state.after(3).decided()
    assert len({first, second, decision_state.request(3)}) == 3
    assert decision_state.key(3, "note") == "decide_3_note_1"


def test_every_table_of_the_history_keeps_the_row_it_started_with_while_it_is_on_the_page(
    session: dict[str, object],
) -> None:
    assert history_state.first_selection("one table", 3)["selection"] == {"rows": [3]}
    assert history_state.first_selection("another", None)["selection"] == {"rows": []}
    session["one table"] = "drawn"
    assert history_state.first_selection("one table", None)["selection"] == {"rows": [3]}
    del session["one table"]
    assert len(session) == 1
    assert history_state.first_selection("one table", None)["selection"] == {"rows": []}


def keys_of_the_page() -> tuple[str, str, str]:
    return (what_if_state.field_key("7", "amount"), decision_state.key(3, "note"), standing_state.key("7"))


def test_widgets_stay_while_the_same_is_looked_at_and_are_new_for_whoever_comes_back() -> None:
    shown.begin("client 7")
    first = keys_of_the_page()
    shown.begin("client 7")
    assert keys_of_the_page() == first == ("what_if_7_amount", "decide_3_note", "feature_7")
    shown.begin("history")
    shown.begin("client 7")
    assert keys_of_the_page() == ("what_if_7_look1_amount", "decide_3_note_look1", "feature_7_look1")


def test_what_was_played_with_at_an_earlier_look_is_not_there_at_the_next() -> None:
    shown.begin("client 7")
    what_if_state.take_as_not_given_or_back("7", "amount")
    shown.begin("client 8")
    shown.begin("client 7")
    assert not what_if_state.taken_as_not_given("7", "amount")


def test_a_decision_pressed_on_somebody_whom_the_page_has_left_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(st, "toast", lambda words, icon: said.append(words))
    monkeypatch.setattr(decide_form.visitor, "acting", lambda *_: pytest.fail("it was decided all the same"))
    shown.begin("client 7")
    look, request = shown.look(), decision_state.request(3)
    shown.begin("client 8")
    decide_form._decide(3, look, request, "approve")
    assert said == ["You had already gone on to somebody else: nothing was recorded."]
    assert not told.of_session().waits


def test_the_note_of_a_decision_starts_with_the_same_as_long_as_it_is_drawn() -> None:
    shown.begin("client 7")
    assert decision_state.first_note(decision_state.key(3, "note"), "") == ""
    assert decision_state.first_note(decision_state.key(3, "note"), "begun") == ""
    shown.begin("history")
    shown.begin("client 7")
    assert decision_state.first_note(decision_state.key(3, "note"), "begun") == "begun"
