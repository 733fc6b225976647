"""Deciding on the Score page: one action to agree, a reason to differ, and nothing without the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from core.errors import LedgerUnwritable
from core.ledger.event import Draft, Event
from core.ledger.ledger import Ledger
from core.policy.recommendation import Recommendation
from pages._ui import cache
from pages._ui.session import visitor as visitor_module
from pages._ui.words import plain
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
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
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


def request_drawn(test: AppTest) -> str:
    """The key of the form that is on the screen."""
    (form,) = test.session_state["decisions"].values()
    return str(form.request)


def test_the_form_has_its_key_before_the_press_and_the_decision_stands_under_it(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.APPROVE))
    drawn = request_drawn(test)
    assert len(drawn) == 32
    assert request_drawn(test.run()) == drawn
    press(test, "**Agree: approve**")
    (event,) = decisions()
    assert text(event.public, "request") == drawn
    assert event.idempotency_key == f"decided:{drawn}"


def test_a_rule_that_refuses_ends_the_forms_key_and_an_empty_press_does_not(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.DECLINE))
    drawn = request_drawn(test)
    assert request_drawn(press(test, "Record decision")) == drawn
    choose(test, "approve")
    press(test, "Record decision")
    assert "needs a reason" in test.error[0].value
    after = request_drawn(test)
    assert after != drawn
    choose(test, "decline")
    press(test, "Record decision")
    assert [text(event.public, "request") for event in decisions()] == [after]


def sent_twice(test: AppTest, label: str) -> Iterator[AppTest]:
    """The very message of one press, arriving again when the first was done: the second half of a double click."""
    next(b for b in test.button if b.label == label).click()
    message = test._tree.get_widget_states()
    for untouched in [w for w in message.widgets if w.WhichOneof("value") == "trigger_value" and not w.trigger_value]:
        message.widgets.remove(untouched)  # a browser does not send them
    for _ in range(2):
        yield test._run(message)
        assert not test.exception


@pytest.mark.parametrize(
    ("recommended", "choice", "label"),
    [
        (Recommendation.APPROVE, "", "**Agree: approve**"),
        (Recommendation.DECLINE, "refer", "Record decision"),
    ],
)
def test_the_same_form_sent_twice_is_one_decision_and_both_presses_are_told_of_it(
    desk: Desk, recommended: Recommendation, choice: str, label: str
) -> None:
    test = page(client_with(desk, recommended))
    if choice:
        choose(test, choice)
    told = [
        [said.value for kind in (answer.toast, answer.error) for said in kind] for answer in sent_twice(test, label)
    ]
    (event,) = decisions()
    assert told == [[f"Recorded as event {event.sequence:,}."]] * 2


class InDoubt:
    """A record that takes a decision and says it did not, and does not find it again until it is asked to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.doubtful = True
        self._append, self._of_application = Ledger.append, Ledger.of_application
        monkeypatch.setattr(Ledger, "append", lambda ledger, drafts: self.append(ledger, drafts))
        monkeypatch.setattr(Ledger, "of_application", lambda ledger, name: self.of_application(ledger, name))

    def append(self, ledger: Ledger, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        events = self._append(ledger, drafts)
        if self.doubtful and drafts[0].kind == "decided":
            raise LedgerUnwritable("Ledger: nothing was recorded (the disk did not answer); try again.")
        return events

    def of_application(self, ledger: Ledger, application: str) -> tuple[Event, ...]:
        events = self._of_application(ledger, application)
        return tuple(event for event in events if event.kind != "decided") if self.doubtful else events


def test_after_a_write_in_doubt_that_had_been_made_the_second_press_finds_the_first_decision(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = page(client_with(desk, Recommendation.APPROVE))
    drawn = request_drawn(test)
    record = InDoubt(monkeypatch)
    press(test, "**Agree: approve**")
    assert "the disk did not answer" in test.error[0].value
    assert request_drawn(test) == drawn
    record.doubtful = False
    press(test, "**Agree: approve**")
    assert not test.error
    told = test.toast[0].value
    (event,) = decisions()
    assert told == f"Recorded as event {event.sequence:,}."
    assert text(event.public, "request") == drawn


def test_a_write_in_doubt_that_is_answered_by_another_decision_is_told_what_was_decided(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = page(client_with(desk, Recommendation.APPROVE))
    record = InDoubt(monkeypatch)
    press(test, "**Agree: approve**")
    record.doubtful = False
    choose(test, "refer")
    press(test, "Record decision")
    assert "was sent before with another content" in test.error[0].value
    assert [text(event.public, "decision") for event in decisions()] == ["approve"]


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


def reasons(test: AppTest) -> list[str]:
    """What is offered as a reason; nothing where none is asked for."""
    offered = next((field for field in test.selectbox if field.label.startswith("Reason")), None)
    if offered is None:
        return []
    first, *others = offered.options
    assert first == "Choose a reason"
    return list(others)


TO_APPROVE = [
    "Further income proved by documents",
    "Guarantor, co-applicant or collateral added",
    "Long and good relationship with the client",
    "Earlier arrears explained by a single event and settled",
    "Wrong or outdated data corrected",
]
TO_DECLINE = [
    "Wrong or outdated data corrected",
    "Debts found that the application left out",
    "Income or employment could not be confirmed",
    "Documents doubtful or contradictory",
    "Suspicion of fraud, passed to the responsible desk",
]


@pytest.mark.parametrize(
    ("recommended", "fitting"), [(Recommendation.DECLINE, TO_APPROVE), (Recommendation.APPROVE, TO_DECLINE)]
)
def test_only_reasons_that_fit_the_one_override_there_is_are_offered(
    desk: Desk, recommended: Recommendation, fitting: list[str]
) -> None:
    assert reasons(page(client_with(desk, recommended))) == fitting


def test_deciding_instead_of_a_referral_needs_a_reason_that_fits_the_choice_and_is_no_override(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.REFER))
    assert "Approving or declining instead of a referral needs a reason" in all_text(test)
    assert [s.label for s in test.selectbox if s.label.startswith("Reason")] == [
        "Reason, if you decide instead of a referral"
    ]
    offered = {}
    for decision in ("refer", "withdrawn", "decline", "approve"):
        choose(test, decision)
        offered[decision] = reasons(test.run())
    assert offered == {"refer": [], "withdrawn": [], "decline": TO_DECLINE, "approve": TO_APPROVE}
    press(test, "Record decision")
    assert test.error[0].value.startswith("Reason: approving instead of a referral needs a reason from the list")
    next(s for s in test.selectbox if s.label.startswith("Reason")).set_value("known_client")
    next(a for a in test.text_area if a.label == "Note for the file").set_value(NOTE)
    press(test, "Record decision")
    (event,) = decisions()
    assert (text(event.public, "override_side"), text(event.public, "override_code")) == ("referral", "known_client")


def test_a_reason_that_does_not_fit_another_choice_is_not_kept_for_it(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.REFER))
    next(a for a in test.text_area if a.label == "Note for the file").set_value(NOTE)
    choose(test, "approve")
    next(s for s in test.selectbox if s.label.startswith("Reason")).set_value("known_client").run()
    choose(test, "decline")
    test.run()
    press(test, "Record decision")
    assert "declining instead of a referral needs a reason from the list, got none" in test.error[0].value
    assert decisions() == ()


def test_a_risk_manager_decides_where_a_referral_is_recommended_without_a_reason(desk: Desk, visitor: Visitor) -> None:
    visitor.role = Role.RISK_MANAGER
    test = page(client_with(desk, Recommendation.REFER))
    assert reasons(test) == []
    choose(test, "approve")
    press(test, "Record decision")
    (event,) = decisions()
    assert (text(event.public, "decision"), text(event.public, "override_side")) == ("approve", "")


def test_a_referred_case_waits_for_a_risk_manager_whose_decision_is_no_override(desk: Desk, visitor: Visitor) -> None:
    client = client_with(desk, Recommendation.DECLINE)
    test = page(client)
    choose(test, "refer")
    test.text_area[0].set_value("The payslip of May is missing")
    press(test, "Record decision")
    assert "Referred by officer on" in all_text(test)
    assert "Record decision" not in labels(test)
    visitor.role = Role.RISK_MANAGER
    test = page(client)
    assert f"Client {client}: decline recommended, PD" in all_text(test)
    assert "officer: “The payslip of May is missing”" in all_text(test)
    assert not [s for s in test.selectbox if s.label.startswith("Reason")]
    choose(test, "approve")
    press(test, "Record decision")
    assert "needs a note of at least 10 characters, got 0" in test.error[0].value
    test.text_area[0].set_value(NOTE)
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
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    test.run().switch_page("../casework/score.py").run()
    press(test, "Next referred")
    assert f"Client {client}" in [h.value for h in test.header]
    choose(test, "decline")
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
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
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


def begin(test: AppTest) -> None:
    choose(test, "decline")
    test.run()
    test.text_area[0].set_value(NOTE).run()


def begun(test: AppTest) -> tuple[object, ...]:
    drawn = (*test.segmented_control, *test.selectbox, *test.text_area)
    return tuple(one.value for one in drawn if str(one.key).startswith("decide_"))


def test_a_note_that_is_begun_is_found_again_after_a_look_elsewhere_or_a_refresh_with_nothing_chosen(
    desk: Desk,
) -> None:
    client = client_with(desk, Recommendation.APPROVE)
    test = page(client)
    begin(test)
    assert begun(test) == ("decline", "", NOTE)
    test.switch_page("../casework/history.py").run().switch_page("../casework/score.py").run()
    assert begun(test) == (None, "", NOTE)
    assert begun(page(client)) == (None, "", NOTE)


def test_a_note_that_is_begun_belongs_to_one_person_and_one_application(desk: Desk, visitor: Visitor) -> None:
    one, other = [key for key in desk.tables.keys(200) if desk.score(key).recommendation is Recommendation.APPROVE][:2]
    begin(page(one))
    assert begun(page(other)) == (None, "", "")
    visitor.role = Role.RISK_MANAGER
    assert begun(page(one)) == (None, "", "")


def test_a_note_is_kept_while_it_is_refused_and_forgotten_once_it_is_recorded(desk: Desk) -> None:
    client = client_with(desk, Recommendation.APPROVE)
    test = page(client)
    begin(test)
    press(test, "Record decision")
    assert test.error  # no reason was chosen
    assert begun(page(client)) == (None, "", NOTE)
    (scored, *_) = cache.ledger().events(kinds=("scored",))
    kept = (scored.actor.name, scored.application)
    assert cache.notes().of(kept, visitor_module.now()) == NOTE
    next(box for box in test.selectbox if str(box.key).startswith("decide_")).set_value("data_corrected")
    press(test, "Record decision")
    assert "Declined by officer" in all_text(test)
    assert cache.notes().of(kept, visitor_module.now()) == ""


def pressed_at_once(test: AppTest, *names: str) -> AppTest:
    """Both presses reach the server before it answers either."""
    for name in names:
        next(button for button in test.button if button.label == name).click()
    test.run()
    assert not test.exception
    return test


def test_a_decision_is_told_to_one_who_has_gone_on_to_somebody_else_before_the_answer(desk: Desk) -> None:
    client = client_with(desk, Recommendation.APPROVE)
    test = pressed_at_once(page(client), "**Agree: approve**", "Next waiting")
    assert test.header[0].value != f"Client {client}"
    (event,) = cache.ledger().events(kinds=("decided",))
    assert [toast.value for toast in test.toast] == [f"Recorded as event {event.sequence:,}."]


def test_a_refusal_is_told_to_one_who_has_gone_on_to_somebody_else_before_the_answer(desk: Desk) -> None:
    test = page(client_with(desk, Recommendation.APPROVE))
    assert not pressed_at_once(test, "Record decision", "Next waiting").error
    assert [toast.value for toast in test.toast] == [
        f"What you pressed before: {plain('Decision: choose one first; nothing was recorded.')}"
    ]
    assert cache.ledger().events(kinds=("decided",)) == ()
    assert not test.run().toast
