"""The History page: who may read it, what filters, pages and records show, and what leaves the desk."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts.roles import Role
from core.casework.export import Form
from core.casework.history_export import Order
from core.casework.history_question import EVER, HistoryQuestion, Overridden
from core.errors import SignInRefused
from core.ledger.event import Event
from core.ledger.lock import LedgerLock
from core.policy.recommendation import Recommendation
from core.portfolio.application import check
from core.portfolio.wording import money, percent
from core.settings import Settings
from pages._ui import beside, cache, history_download
from pages._ui.history_download import Visit, making
from pages._ui.history_table import shown_pages
from pages._ui.words import plain
from tests.app.conftest import Visitor, all_text
from tests.app.downloads import offered_files
from tests.decided import ANA, BEN, NOTE, clients_with, decided, scored
from tests.desks import fresh_copy, session_token
from tests.ledgers import a_draft

ROOT = Path(__file__).resolve().parents[2]
APPROVED, DECLINED = 9, 3
READERS = (Role.OFFICER, Role.RISK_MANAGER, Role.DATA_SCIENTIST, Role.AUDITOR)


@dataclass(frozen=True)
class Past:
    events: tuple[Event, ...]  # decisions, in order: approved, declined, low side, high side
    clients: tuple[str, ...]

    @property
    def low(self) -> Event:
        return self.events[-2]

    @property
    def high(self) -> Event:
        return self.events[-1]


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the small desk with a record of its own."""
    folder = fresh_copy(small_desk, tmp_path / "desk", "raw", "policies")
    monkeypatch.setenv("SOLVENT_DATA", str(folder))
    return settings.read()


@pytest.fixture
def past(own: Settings) -> Past:
    """Twelve decisions as recommended, one override on each side."""
    desk = cache.desk()
    good = clients_with(desk, Recommendation.APPROVE, APPROVED + 1)
    bad = clients_with(desk, Recommendation.DECLINE, DECLINED + 1)
    events = [decided(desk, client, "approve") for client in good[:-1]]
    events += [decided(desk, client, "decline", BEN) for client in bad[:-1]]
    events.append(decided(desk, bad[-1], "approve", ANA, "income_verified", NOTE))
    events.append(decided(desk, good[-1], "decline", BEN, "fraud_suspected", "The papers were false, twice"))
    return Past(tuple(events), (*good[:-1], *bad[:-1], bad[-1], good[-1]))


def page(**query: str | list[str]) -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    for name, value in query.items():
        test.query_params[name] = value
    test.run().switch_page("../casework/history.py").run()
    assert not test.exception
    return test


def applications(test: AppTest) -> list[str]:
    return list(test.dataframe[0].value["Application"]) if len(test.dataframe) else []


def labels(test: AppTest) -> list[str]:
    return [button.label for button in test.button]


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


def type_into(test: AppTest, label: str, text: str) -> AppTest:
    next(field for field in test.text_input if field.label == label).set_value(text).run()
    assert not test.exception
    return test


def exports() -> tuple[Event, ...]:
    return cache.ledger().events(kinds=("exported",))


@pytest.mark.parametrize("role", READERS)
def test_every_role_but_the_administrator_reads_what_was_decided(past: Past, visitor: Visitor, role: Role) -> None:
    visitor.role = role
    test = page()
    text = all_text(test)
    assert "Decision history" in text
    assert plain("14 decisions, ") in text
    assert plain(f"{percent((APPROVED + 1) / 14)} approved, 2 overrides (1 low-side, 1 high-side).") in text
    assert applications(test) == [event.application for event in reversed(past.events)]


@pytest.mark.parametrize(("later", "said"), [(0, "up to event {n}."), (3, "up to event {n}; 3 came since.")])
def test_how_far_the_chain_was_verified_is_said_beside_the_decisions(
    past: Past, monkeypatch: pytest.MonkeyPatch, later: int, said: str
) -> None:
    page()
    verifying, ledger = beside.Verifying(), cache.ledger()
    monkeypatch.setattr(beside, "verifying", verifying)
    verifying.learn(ledger.verify())
    ledger.append([a_draft() for _ in range(later)])
    expected = said.format(n=f"{ledger.head.count - later:,}")
    assert plain(f"Chain verified {expected}") in all_text(page())


def test_an_administrator_is_refused(past: Past, visitor: Visitor) -> None:
    visitor.role = Role.ADMINISTRATOR
    test = page()
    assert "Not open to your role" in all_text(test)
    assert not test.dataframe


def test_a_link_carries_its_filters(past: Past) -> None:
    test = page(decided="Declined", by=["ben"])
    assert applications(test) == [past.high.application, *(e.application for e in reversed(past.events[9:12]))]
    assert applications(page(override="Low side")) == [past.low.application]
    assert applications(page(recommended="Approve", decided="Declined")) == [past.high.application]
    assert len(applications(page(decided="Nonsense"))) == 14


def test_what_was_decided_instead_of_a_referral_is_no_override_and_has_a_filter_a_badge_and_a_count_of_its_own(
    own: Settings,
) -> None:
    desk = cache.desk()
    (bad,), unsure = clients_with(desk, Recommendation.DECLINE, 1), clients_with(desk, Recommendation.REFER, 2)
    low = decided(desk, bad, "approve", ANA, "income_verified", NOTE)
    instead = decided(desk, unsure[0], "decline", BEN, "fraud_suspected", "The papers were false, twice")
    referred = decided(desk, unsure[1], "refer", BEN)
    test = page()
    counted = "50.0 % approved, 1 override (1 low-side, 0 high-side), 1 decided instead of a referral."
    assert plain(counted) in all_text(test)
    assert [list(badges) for badges in test.dataframe[0].value["Override"]] == [[], ["no referral"], ["low side"]]
    next(one for one in test.segmented_control if one.label == "Spread").set_value("overrides").run()
    assert plain("Decided instead of a referral, which is no override: 1 (ben 1).") in all_text(test)
    assert "An answer to a referral is no override." in all_text(test)
    assert applications(page(override="Instead of a referral")) == [instead.application]
    assert applications(page(override="Overridden")) == [low.application]
    assert applications(page(override="Not overridden")) == [referred.application, instead.application]
    record = page(record=str(instead.sequence))
    assert "Instead of a referral" in str([badge.value for badge in record.markdown])
    assert plain(", instead of a referral; reason: fraud suspected.") in all_text(
        page(record=str(instead.sequence - 1))
    )
    question = HistoryQuestion(EVER, override=Overridden.REFERRAL)
    order = Order(question, Form.CSV, "declined.csv")
    table = pa_csv.read_csv(BytesIO(making(cache.ledger(), order, visit(own))()))
    columns = ["application", "recommendation", "decision", "override_side"]
    assert [list(row.values()) for row in table.select(columns).to_pylist()] == [
        [instead.application, "refer", "decline", "referral"]
    ]
    assert exports()[0].public["filter"] == "override: instead of a referral"


def test_the_last_days_begin_at_midnight_of_the_first_of_them(past: Past) -> None:
    first = (datetime.now(UTC) - timedelta(days=6)).date()
    nothing = page(period="Last 7 days", by=["ana"], decided="Declined")
    assert plain(f"Asked for: since {first:%-d %b %Y}; decided: declined; by: ana.") in all_text(nothing)


def test_filters_are_chosen_by_hand_and_reset(past: Past) -> None:
    test = page()
    assert "Reset filters" not in labels(test)
    next(one for one in test.multiselect if one.label == "Decided").set_value(["decline"]).run()
    assert len(applications(test)) == DECLINED + 1
    assert len(applications(press(test, "Reset filters"))) == 14


def test_what_lets_everything_through_is_itself_a_choice_and_a_reset_goes_back_to_it(past: Past) -> None:
    test = page(override="Low side", state="Closed", outcome="Not known")
    assert "More (2)" in [one.proto.popover.label for one in test.get("popover")]
    press(test, "Reset filters")
    chosen = {one.label: one.value for one in test.selectbox}
    assert [chosen[label] for label in ("Override", "Outcome", "State")] == ["Any", "Any", "Everything decided"]
    assert len(applications(test)) == 14
    assert len(applications(page(override="", state=""))) == 14


def test_resetting_the_filters_leaves_no_warning_in_the_log(
    past: Past, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Streamlit warns once in a process, of a widget that has both a default and a value set by the page."""
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    monkeypatch.setattr(policies._LOGGER, "propagate", True)
    test = page(period="Last 7 days", decided="Declined")
    assert "Reset filters" in labels(test)
    press(test, "Reset filters")
    assert next(one for one in test.selectbox if one.label == "Period").value == "Last 90 days"
    assert len(applications(test)) == 14
    assert "default value" not in caplog.text
    assert not policies._shown_default_value_warning


def test_pages_are_cut_and_turned_and_another_filter_begins_at_the_first(past: Past) -> None:
    test = page(rows="10 rows")
    assert applications(test) == [event.application for event in reversed(past.events[4:])]
    press(test, "2")
    assert applications(test) == [event.application for event in reversed(past.events[:4])]
    assert "11 to 14 of 14" in all_text(test)
    next(one for one in test.multiselect if one.label == "Decided").set_value(["approve"]).run()
    assert "1 to 10 of 10" in all_text(test)


def test_rows_are_sorted_where_they_are(past: Past) -> None:
    rising = page(sort="By PD", order="Ascending").dataframe[0].value["PD"]
    assert list(rising) == sorted(100 * float(str(e.public["default_probability"])) for e in past.events)


@pytest.mark.parametrize(
    ("current", "last", "shown"),
    [(1, 1, (1,)), (1, 9, (1, 2, 3, 9)), (5, 9, (1, 3, 4, 5, 6, 7, 9)), (9, 9, (1, 7, 8, 9)), (2, 3, (1, 2, 3))],
)
def test_the_first_the_last_and_the_neighbours_have_a_button(current: int, last: int, shown: tuple[int, ...]) -> None:
    assert shown_pages(current, last) == shown


def test_a_record_is_shown_as_it_was_with_reason_note_and_what_came_before(past: Past) -> None:
    test = page(record=str(past.low.sequence))
    text, score = all_text(test), cache.desk().score(past.clients[-2])
    assert [one.value for one in test.subheader if one.value == past.low.application]
    assert f"PD {plain(percent(score.default_probability))}" in text
    assert "Approved by ana, " in text
    assert "Low-side override" in str([badge.value for badge in test.markdown])
    assert "Reason: Further income proved by documents" in text
    assert NOTE in text
    assert "Why, as shown then" in text
    assert "Nothing yet." in text
    assert plain("Scored by ana on") in text


@pytest.mark.parametrize("role", READERS)
def test_the_clients_number_is_shown_to_those_who_work_on_applications_and_the_loss_to_everybody(
    past: Past, visitor: Visitor, role: Role
) -> None:
    visitor.role = role
    text, client = all_text(page(record=str(past.low.sequence))), past.clients[-2]
    loss = cache.desk().score(client).expected_loss
    assert loss is not None
    assert plain(f"Expected loss then: {money(round(loss))}.") in text
    assert (f"Client {client}" in text) is (role in (Role.OFFICER, Role.RISK_MANAGER))


def test_a_score_that_nobody_decided_on_is_a_record_too(own: Settings) -> None:
    desk = cache.desk()
    event = scored(desk, desk.tables.keys(1)[0])
    test = page(record=str(event.sequence), state="Scored, not decided")
    assert "Scored by ana, " in all_text(test)
    assert applications(test) == [event.application]
    assert plain("1 application scored and not decided") in all_text(test)
    assert "Applications" in [one.value for one in test.subheader]
    assert "1 row, newest first" in all_text(test)


def test_a_record_says_what_was_unusual_then(own: Settings) -> None:
    desk = cache.desk()
    known = desk.application(desk.tables.keys(1)[0])
    typed = check(desk.contract, {**known.fields, desk.policy.exposure_column: 9_900_000.0})
    score = desk.score_application(typed)
    warnings = desk.extrapolation(score).warnings
    assert warnings
    assert desk.casework is not None
    event = desk.casework.record_score(desk.cases.typed(score, typed, None), ANA)
    text = all_text(page(record=str(event.sequence), state="Scored, not decided"))
    assert "Unusual for this model" in text
    assert [warning for warning in warnings if plain(warning) not in text] == []


@pytest.mark.parametrize("asked", ["999999", "1"])
def test_a_record_that_is_not_there_or_of_another_kind_is_said(past: Past, asked: str) -> None:
    test = page(record=asked)
    assert "No such record" in all_text(test)
    assert (plain("the Audit page has every event") in all_text(test)) is (asked == "1")
    assert len(applications(press(test, "Close"))) == 14


def test_an_erased_record_says_so_calmly_and_its_row_stays(past: Past) -> None:
    cache.ledger().keys.destroy_application(past.low.application)
    test = page(record=str(past.low.sequence))
    assert "This person was forgotten." in all_text(test)
    assert "backups that were made before may still hold it." in all_text(test)
    assert "anywhere" not in all_text(test)
    assert NOTE not in all_text(test)
    assert past.low.application in applications(test)


def test_a_client_is_found_by_number_which_gets_into_no_address(past: Past) -> None:
    test = type_into(page(), "Application or client", past.clients[0])
    assert applications(test) == [past.events[0].application]
    assert past.clients[0] not in str(test.query_params)
    assert applications(type_into(test, "Application or client", past.low.application.lower())) == [
        past.low.application
    ]


def test_a_number_that_nobody_has_finds_nothing_and_is_not_repeated(past: Past) -> None:
    test = type_into(page(), "Application or client", "987654321")
    assert "No application or client like that in the record" in all_text(test)
    assert "Asked for" not in all_text(test)
    assert "987654321" not in all_text(test)


def test_a_part_of_a_note_is_searched(past: Past) -> None:
    test = page()
    assert "The search in notes" not in all_text(test)
    type_into(test, "Part of a note", "zyxomma")
    assert applications(test) == [past.low.application]
    assert "Notes of the newest 14 were searched." in all_text(test)
    assert plain("14 decisions, ") in all_text(test)
    assert plain("The search in notes narrows only the list, not these figures.") in all_text(test)


def test_an_auditor_replays_a_record_and_nobody_else_may(past: Past, visitor: Visitor) -> None:
    visitor.role = Role.OFFICER
    assert "Replay" not in labels(page(record=str(past.low.sequence)))
    visitor.role = Role.AUDITOR
    test = press(page(record=str(past.low.sequence)), "Replay")
    assert plain("the same to the last bit, from the stored feature row and from the raw application") in all_text(test)


def visit(own: Settings, role: Role = Role.OFFICER) -> Visit:
    return Visit(cache.accounts(), session_token(own.data_dir, role), "10.0.0.7")


def test_an_export_holds_the_filtered_rows_and_is_an_event(past: Past, own: Settings) -> None:
    question = HistoryQuestion(EVER, decisions=("decline",))
    order = Order(question, Form.CSV, "declined.csv")
    table = pa_csv.read_csv(BytesIO(making(cache.ledger(), order, visit(own))()))
    assert table.num_rows == DECLINED + 1
    (event,) = exports()
    assert (event.actor.name, event.actor.address, event.public["rows"]) == ("officer", "10.0.0.7", DECLINED + 1)
    assert event.public["filter"] == "decided: declined"


def test_the_event_of_an_export_names_the_very_file_that_the_visitor_gets(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = offered_files(monkeypatch)
    page()
    for name, make in offered.items():
        content = make()
        told = exports()[-1].public
        assert (told["file"], told["sha256"]) == (name, hashlib.sha256(content).hexdigest())
    assert [name.partition(".")[2] for name in offered] == ["csv", "parquet"]
    assert all(re.fullmatch(r"solvent-history-\d{8}-\d{6}\.\w+", name) for name in offered)


def test_whoever_signed_out_meanwhile_gets_no_file(past: Past, own: Settings) -> None:
    order = Order(HistoryQuestion(EVER), Form.PARQUET, "all.parquet")
    export = making(cache.ledger(), order, Visit(cache.accounts(), "nonsense", ""))
    with pytest.raises(SignInRefused):
        export()
    assert exports() == ()


def test_more_rows_than_a_file_should_hold_are_refused_before_the_click(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_download, "MOST_EXPORTED_ROWS", 13)
    test = page()
    assert test.error[0].value == ("Export: at most 13 decisions in one file, got 14; choose a shorter period.")
    assert not test.get("download_button")


def record_outcome(test: AppTest, what: str, reason: str = "") -> AppTest:
    next(one for one in test.segmented_control if one.label == "Outcome").set_value(what)
    next(one for one in test.date_input if one.label.startswith("Observed")).set_value(datetime.now(UTC).date())
    if reason:
        next(one for one in test.text_area if one.label == "What was wrong").set_value(reason)
    return press(test, "Correct" if reason else "Record")


def test_an_officer_records_the_outcome_of_an_approval_and_corrects_it(past: Past) -> None:
    test = record_outcome(page(record=str(past.low.sequence)), "repaid")
    (event,) = cache.ledger().events(kinds=("outcome",))
    assert (event.application, event.public["outcome"]) == (past.low.application, "repaid")
    assert plain("Outcome: repaid, observed on") in all_text(test)
    test = record_outcome(page(record=str(past.low.sequence)), "defaulted", "It was another loan of hers")
    (corrected,) = cache.ledger().events(kinds=("corrected",))
    assert (corrected.public["outcome"], corrected.public["corrects"]) == ("defaulted", event.sequence)
    assert applications(page(outcome="Defaulted")) == [past.low.application]


def test_an_outcome_without_a_day_is_not_recorded(past: Past) -> None:
    test = page(record=str(past.low.sequence))
    next(one for one in test.segmented_control if one.label == "Outcome").set_value("repaid")
    assert "nothing was recorded" in press(test, "Record").error[0].value
    assert cache.ledger().events(kinds=("outcome",)) == ()


def test_what_was_declined_has_no_outcome_and_readers_record_none(past: Past, visitor: Visitor) -> None:
    assert "Record" not in labels(page(record=str(past.high.sequence)))
    visitor.role = Role.DATA_SCIENTIST
    assert "Record" not in labels(page(record=str(past.low.sequence)))


def test_a_desk_where_nothing_was_decided_says_so(own: Settings) -> None:
    assert "Nothing has been decided yet" in all_text(page())


def test_without_the_record_the_page_says_why(own: Settings) -> None:
    own.ledger_dir.mkdir(mode=0o700)
    lock = LedgerLock.take(own.ledger_dir)
    try:
        assert "The record is not open" in all_text(page())
    finally:
        lock.release()
