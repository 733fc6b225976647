"""The Audit page: who did what, when and from where, for those who may read it; filters, pages, one event in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.accounts.roles import Role
from core.errors import LedgerUnwritable
from core.ledger.event import Actor, Draft, Event
from core.ledger.ledger import Ledger
from pages._ui import beside, cache, screen
from pages._ui.words import plain
from tests.app.audited import click, fail_to_sign_in, in_full, labels, listed, page
from tests.app.conftest import Visitor, all_text
from tests.desks import fresh_copy, session_token
from tests.ledgers import a_draft, a_sealed_draft

NUMBER = "100001"
PROVING = {"Verify", "Verify against it", "Download the head", "CSV", "Parquet", "Replay all"}


@pytest.fixture(autouse=True)
def desk(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> Path:
    """A desk whose record begins with the test; everybody has an account, and the auditor is at work."""
    folder = fresh_copy(small_desk, tmp_path / "desk", "models")
    monkeypatch.setenv("SOLVENT_DATA", str(folder))
    monkeypatch.setattr(beside, "verifying", beside.Verifying())
    session_token(folder, Role.AUDITOR)
    visitor.role = Role.AUDITOR
    return folder


def test_the_auditor_reads_a_refused_sign_in_and_where_it_came_from() -> None:
    page()
    fail_to_sign_in("officer", "10.1.2.3")
    test = page()
    assert listed(test, "Kind")[0] == "Sign-in refused"
    assert listed(test, "From")[0] == "10.1.2.3"
    assert "officer" in str(listed(test, "What")[0])
    assert "not the password" not in test.dataframe[0].value.to_csv()


def test_the_first_line_says_how_much_is_on_record_and_since_when() -> None:
    test = page()
    count = cache.ledger().head.count
    assert count > 0
    assert f"{count} events since {datetime.now(UTC):%-d %B %Y}" in all_text(test)
    assert listed(test, "#") == list(range(count, max(count - 25, 0), -1))


@pytest.mark.parametrize("role", [Role.RISK_MANAGER, Role.ADMINISTRATOR])
def test_risk_managers_and_administrators_read_only(visitor: Visitor, role: Role) -> None:
    visitor.role = role
    test = page()
    assert "Signed in" in listed(test, "Kind")
    assert not labels(test) & PROVING


def test_the_auditor_may_prove_and_take_away() -> None:
    assert labels(page()) >= PROVING


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DATA_SCIENTIST, None])
def test_the_page_is_open_to_nobody_else(visitor: Visitor, role: Role | None) -> None:
    visitor.role = role
    test = page()
    assert "Audit" not in [header.value for header in test.header]
    assert not test.dataframe


def test_on_a_phone_the_filters_are_behind_one_line_and_a_mark_stands_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "is_narrow", lambda: True)
    cache.ledger().append([a_draft("signed_in", Actor("carla.lindqvist", "officer"), "carla", {"demo": True})])
    test = page()
    assert [box.label for box in test.expander[0].selectbox] == ["When", "Who", "Rows a page"]
    assert list(test.dataframe[0].value) == ["When, UTC", "Kind", "Who"]
    assert listed(test, "Who")[-1] == "demo · carla.lindqvist"


def test_events_are_found_by_what_they_are_and_by_who_did_them() -> None:
    fail_to_sign_in("officer", "10.1.2.3")
    test = page()
    test.multiselect[0].set_value(["Refused sign-ins"]).run()
    assert listed(test, "Kind") == ["Sign-in refused"]
    test.multiselect[0].set_value(["Sign-ins", "Refused sign-ins"]).run()
    assert set(listed(test, "Kind")) == {"Signed in", "Sign-in refused"}
    actor = next(box for box in test.selectbox if box.label == "Who")
    actor.set_value("auditor").run()
    assert set(listed(test, "Kind")) == {"Signed in"}
    assert set(listed(test, "Who")) == {"auditor"}


def test_what_set_up_made_up_is_marked_in_the_list_and_where_it_is_read(visitor: Visitor) -> None:
    ledger = cache.ledger()
    page()
    made_up = a_draft("sign_in_refused", Actor("", "", "192.0.2.1"), "ama", {"rule": "wrong password", "demo": True})
    ledger.append([made_up, a_draft("signed_in", Actor("ama", "officer"), "ama", {"demo": True})])
    fail_to_sign_in("officer", "10.1.2.3")
    test = page()
    assert listed(test, "Who")[:3] == ["officer", "ama · demo", "nobody known · demo"]
    assert "Demo: set-up made it up" in all_text(in_full(test, ledger.head.count - 1))
    assert "Demo: set-up made it up" not in all_text(in_full(test, ledger.head.count))


def test_an_early_download_of_the_head_says_that_its_count_is_of_the_events_before_it() -> None:
    ledger = cache.ledger()
    before = ledger.head
    public = {"file": "head.json", "count": before.count, "hash": before.hash.hex()}
    (event,) = ledger.append([a_draft("downloaded", Actor("ada", "auditor"), "head", public)])
    full = in_full(page(), event.sequence)
    assert plain("The head was downloaded as head.json; it ends with this event.") in all_text(full)
    tables = str([table.value.to_dict() for table in full.table])
    assert "Events before it" in tables
    assert "Hash of the last of them" in tables


def test_an_event_says_when_it_happened_in_the_list_and_in_full_as_the_people_page_does() -> None:
    ledger = cache.ledger()
    at = datetime.now(UTC).replace(hour=18, minute=30, second=11, microsecond=0) - timedelta(days=1)
    happened = (at - timedelta(seconds=4.75)).isoformat()
    public = {"rule": "", "happened_at": happened}
    (event,) = ledger.append([a_draft("sign_in_refused", subject="officer", public=public, at=at)])
    test = page()
    told = next(str(what) for number, what in zip(listed(test, "#"), listed(test, "What"), strict=True) if number == 1)
    assert told == "officer was not let in. (It happened at 18:30:06 UTC.)"
    full = in_full(test, event.sequence)
    assert plain("It happened at 18:30:06 UTC") in all_text(full)
    tables = str([table.value.to_dict() for table in full.table]).replace("\\", "")
    assert f"{at.date()} 18:30:11.000000 UTC" in tables  # no sign in it that cannot be seen: copied as it stands
    assert happened in tables


def test_a_client_is_found_by_number_which_stands_in_no_address_and_no_event() -> None:
    ledger = cache.ledger()
    ledger.append([a_sealed_draft(ledger, {"applicant": NUMBER}, f"stored:{NUMBER}", NUMBER, "scored")])
    test = page()
    test.text_input[0].set_value(NUMBER).run()
    assert listed(test, "Kind") == ["Scored"]
    assert NUMBER not in str(test.query_params)
    assert NUMBER not in "".join(map(str, ledger.events()))


def test_a_question_that_nothing_fits_says_so() -> None:
    test = page()
    test.text_input[0].set_value("nobody of this name").run()
    assert "No event fits this question." in all_text(test)
    assert not test.dataframe


def test_events_of_before_the_period_are_left_out() -> None:
    ledger = cache.ledger()
    ledger.append([a_draft("exported", subject="long ago", at=datetime.now(UTC) - timedelta(days=8))])
    test = page()
    assert "Exported" in listed(test, "Kind")
    period = next(box for box in test.selectbox if box.label == "When")
    period.set_value("Last 7 days").run()
    assert "Exported" not in listed(test, "Kind")
    period = next(box for box in test.selectbox if box.label == "When")
    period.set_value("Everything").run()
    assert "Exported" in listed(test, "Kind")


def test_last_days_are_calendar_days_and_the_last_hours_are_hours() -> None:
    ledger, now = cache.ledger(), datetime.now(UTC)
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=6)
    times = {
        "day 8": first - timedelta(seconds=1),
        "day 7": first,
        "hour 25": now - timedelta(hours=24, minutes=1),
        "hour 24": now - timedelta(hours=23, minutes=50),
    }
    ledger.append([a_draft("exported", subject=name, at=at) for name, at in times.items()])
    for period, left_out in (("Last 7 days", 1), ("Last 24 hours", 3)):
        test = page()
        next(box for box in test.selectbox if box.label == "When").set_value(period).run()
        assert listed(test, "Kind").count("Exported") == len(times) - left_out


def test_days_are_whole_by_utc_and_the_last_one_belongs_to_them() -> None:
    ledger, today = cache.ledger(), datetime.now(UTC).date()
    for days in (3, 2, 1):
        at = datetime(today.year, today.month, today.day, 23, 59, 59, tzinfo=UTC) - timedelta(days=days)
        ledger.append([a_draft("exported", subject=f"{days} days ago", at=at)])
    test = page()
    next(box for box in test.selectbox if box.label == "When").set_value("Days of my choice").run()
    chosen = test.date_input[0].set_value((today - timedelta(days=3), today - timedelta(days=2))).run()
    assert not chosen.exception
    assert [str(at)[:10] for at in listed(chosen, "When, UTC")] == [
        str(today - timedelta(days=2)),
        str(today - timedelta(days=3)),
    ]


def test_older_pages_follow_and_another_question_begins_at_the_first() -> None:
    ledger = cache.ledger()
    ledger.append([a_draft("exported", subject=f"file {number}") for number in range(60)])
    test = page()
    total = ledger.head.count
    assert f"1 to 25 of {total}" in all_text(test)
    click(test, "Older")
    assert f"26 to 50 of {total}" in all_text(test)
    assert listed(test, "#")[0] == total - 25
    test.multiselect[0].set_value(["Exports and downloads"]).run()
    assert "1 to 25 of 60" in all_text(test)
    assert next(button for button in test.button if button.label == "Newer").disabled


def test_a_picked_event_is_shown_in_full_with_its_hashes() -> None:
    ledger = cache.ledger()
    public = {"default_probability": 0.1234567890123, "recommendation": "approve"}
    (event,) = ledger.append([a_sealed_draft(ledger, {"applicant": NUMBER}, "x", NUMBER, "scored", public)])
    test = in_full(page(), event.sequence)
    assert [code.value for code in test.code] == [event.previous_hash.hex(), event.hash.hex()]
    said = str([table.value.to_dict() for table in test.table]).replace("\\", "")
    assert "0.1234567890123" in said
    assert event.applicant in said
    assert NUMBER not in said


def test_account_events_wait_while_nothing_can_be_written_and_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    page()
    before = cache.ledger().head.count

    def refuse(self: Ledger, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        raise LedgerUnwritable("the disk is full")

    fail_to_sign_in("officer", "10.1.2.3")
    with monkeypatch.context() as full:
        full.setattr(Ledger, "append", refuse)
        page()
        assert cache.ledger().head.count == before
    assert listed(page(), "From")[0] == "10.1.2.3"
    assert cache.ledger().head.count == before + 1
