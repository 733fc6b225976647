"""Deciding on the Score page: one action to agree, a reason to differ, and nothing without the record."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts.people import Actor
from core.accounts.roles import Role
from core.casework.case_state import Stage, state_of
from core.casework.decision_question import Choice
from core.casework.json_fields import text
from core.casework.opening import open_ledger
from core.desk import Desk
from core.ledger.event import Event
from core.policy.recommendation import Recommendation
from pages._ui import cache
from tests.app.conftest import Visitor, all_text
from tests.desks import fresh_copy

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = Actor("maria", Role.OFFICER)
NOTE = "The employer confirmed the new contract by phone."


@pytest.fixture
def small_desk(small_desk: Path, tmp_path: Path) -> Path:
    """Each test decides on a record of its own."""
    return fresh_copy(small_desk, tmp_path / "desk", "raw")


def client_with(desk: Desk, recommendation: Recommendation) -> str:
    return next(key for key in desk.tables.keys(200) if desk.score(key).recommendation is recommendation)


def page(client: str) -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=60)
    test.query_params["client"] = client
    test.run().switch_page("../casework/score.py").run()
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    button = next(b for b in test.button if b.label == label)
    button.click().run()
    assert not test.exception
    return test


def labels(test: AppTest) -> list[str]:
    return [button.label for button in test.button]


def choose(test: AppTest, decision: str) -> None:
    next(c for c in test.segmented_control if str(c.key).startswith("decide_")).set_value(decision)


def decisions() -> tuple[Event, ...]:
    st.cache_resource.clear()
    ledger = open_ledger(settings.read())
    try:
        return ledger.events(kinds=("decided",))
    finally:
        ledger.close()


def test_agreeing_is_one_action_and_stands_on_the_record(desk: Desk) -> None:
    test = press(page(client_with(desk, Recommendation.APPROVE)), "**Agree: approve**")
    assert "Approved by officer on" in all_text(test)
    assert "**Agree: approve**" not in labels(test)
    (event,) = decisions()
    assert (event.actor.name, event.actor.role) == ("officer", "officer")
    assert text(event.public, "decision") == text(event.public, "recommendation") == "approve"


def test_nothing_is_chosen_beforehand_and_recording_nothing_is_refused(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.DECLINE))
    assert next(b for b in test.segmented_control if str(b.key).startswith("decide_")).value is None
    press(test, "Record decision")
    assert "choose one first; nothing was recorded" in test.error[0].value
    assert decisions() == ()


def test_an_override_needs_reason_and_note_and_keeps_what_was_typed_when_refused(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.DECLINE))
    note = next(a for a in test.text_area if a.label == "Note for the file")
    note.set_value(NOTE)
    choose(test, "approve")
    press(test, "Record decision")
    assert "needs a reason from the list" in test.error[0].value
    assert next(a for a in test.text_area if a.label == "Note for the file").value == NOTE
    reason = next(s for s in test.selectbox if s.label.startswith("Reason"))
    reason.set_value("income_verified")
    press(test, "Record decision")
    (event,) = decisions()
    assert (text(event.public, "override_side"), text(event.public, "override_code")) == ("low", "income_verified")
    assert "note" not in event.public


def test_a_referred_case_waits_for_a_risk_manager_whose_decision_is_no_override(desk: Desk, visitor: Visitor) -> None:
    client = client_with(desk, Recommendation.DECLINE)
    test = page(client)
    choose(test, "refer")
    press(test, "Record decision")
    assert "Referred by officer on" in all_text(test)
    assert "Record decision" not in labels(test)
    visitor.role = Role.RISK_MANAGER
    test = page(client)
    assert not [s for s in test.selectbox if s.label.startswith("Reason")]
    choose(test, "approve")
    press(test, "Record decision")
    first, second = decisions()
    assert (text(second.public, "decision"), text(second.public, "override_side")) == ("approve", "")
    assert second.public["settles"] == first.sequence
    assert state_of([first, second]).stage is Stage.CLOSED


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST])
def test_who_may_not_decide_sees_no_card(desk: Desk, visitor: Visitor, role: Role) -> None:
    visitor.role = role
    test = page(client_with(desk, Recommendation.APPROVE))
    assert test.metric
    assert "Decide" not in [s.value for s in test.subheader]


def test_while_another_process_has_the_record_scoring_goes_on_and_deciding_says_why_not(desk: Desk) -> None:
    elsewhere = open_ledger(settings.read())
    try:
        test = page(client_with(desk, Recommendation.APPROVE))
    finally:
        elsewhere.close()
    assert test.metric
    assert "Record decision" not in labels(test)
    assert "Nothing can be decided now" in all_text(test)


def by_somebody_else(client: str, decision: str) -> None:
    """As in another window, on the record this app has open."""
    desk = cache.desk()
    assert desk.casework is not None
    case = desk.cases.stored(desk.score(client), desk.application(client))
    scored = desk.casework.record_score(case, ELSEWHERE)
    desk.casework.decide(Choice(scored.sequence, decision, idempotency_key="k" * 20), ELSEWHERE, desk.in_force)


def test_a_press_on_what_somebody_else_has_decided_meanwhile_is_answered(desk: Desk) -> None:
    client = client_with(desk, Recommendation.APPROVE)
    test = page(client)
    by_somebody_else(client, "approve")
    press(test, "**Agree: approve**")
    assert "a closed case is not decided again" in test.error[0].value
    assert "Approved by maria on" in all_text(test)
    assert len(decisions()) == 1


def test_a_risk_manager_is_led_to_what_was_referred_and_told_when_nothing_is(desk: Desk, visitor: Visitor) -> None:
    client = client_with(desk, Recommendation.DECLINE)
    page(client)
    by_somebody_else(client, "refer")
    visitor.role = Role.RISK_MANAGER
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=60)
    test.run().switch_page("../casework/score.py").run()
    press(test, "Next referred")
    assert f"Client {client}" in [h.value for h in test.header]
    choose(test, "approve")
    press(test, "Record decision")
    press(test, "Next referred")
    assert [t.value for t in test.toast][-1] == "No referred application waits."


def test_an_application_typed_in_is_found_again_and_decided_by_its_own_id(desk: Desk, visitor: Visitor) -> None:
    opened = cache.desk()
    assert opened.casework is not None
    fields = desk.application(desk.tables.keys(1)[0])
    typed = opened.cases.typed(opened.score_application(fields), fields, None)
    scored = opened.casework.record_score(typed, ELSEWHERE)
    opened.casework.decide(Choice(scored.sequence, "refer", idempotency_key="k" * 20), ELSEWHERE, opened.in_force)
    visitor.role = Role.RISK_MANAGER
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=60)
    test.query_params["application"] = scored.application
    test.run().switch_page("../casework/score.py").run()
    assert f"Application {scored.application}" in [h.value for h in test.header]
    choose(test, "decline")
    press(test, "Record decision")
    assert [text(event.public, "decision") for event in decisions()] == ["refer", "decline"]


def test_every_client_that_is_asked_for_in_vain_is_an_event_of_its_own(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.APPROVE))
    for unknown in ("999999", "999998", "999999"):
        test.text_input(key="client").set_value(unknown).run()
        test.run()  # a page that runs again asks nothing new
    st.cache_resource.clear()
    ledger = open_ledger(settings.read())
    refused = ledger.events(kinds=("score_refused",))
    ledger.close()
    assert [event.subject for event in refused] == ["UnknownApplicant"] * 3
    assert "99999" not in str([event.public for event in refused])
