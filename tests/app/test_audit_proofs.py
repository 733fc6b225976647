"""What the Audit page proves: the chain verified, also against a kept head; files taken away; everything replayed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts import sessions
from core.accounts.people import CONSOLE
from core.accounts.roles import Role
from core.casework.audit import AuditQuestion
from core.casework.audit_records import Order, Verify, recorded_verification
from core.casework.audit_words import Group
from core.casework.export import Form
from core.errors import PermissionRefused, SignInRefused
from core.ledger.head import Head
from core.ledger.ledger import Ledger
from pages._ui import audit_files, audit_replay, beside, cache
from pages._ui.session import visitor as visitor_module
from tests.app.audited import click, journal_file, page
from tests.app.conftest import Visitor, all_text
from tests.app.downloads import offered_files
from tests.desks import fresh_copy, session_token
from tests.ledgers import a_draft, a_sealed_draft


@pytest.fixture(autouse=True)
def desk(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> Path:
    folder = fresh_copy(small_desk, tmp_path / "desk")
    monkeypatch.setenv("SOLVENT_DATA", str(folder))
    monkeypatch.setattr(beside, "verifying", beside.Verifying())
    monkeypatch.setattr(visitor_module, "address", lambda: "10.0.0.9")
    session_token(folder, Role.AUDITOR)
    visitor.role = Role.AUDITOR
    return folder


@pytest.fixture
def ledger() -> Ledger:
    opened = cache.ledger()
    opened.append([a_draft("exported", subject=f"file {number}") for number in range(5)])
    return opened


@pytest.fixture
def replaying(monkeypatch: pytest.MonkeyPatch) -> Iterator[audit_replay.Replaying]:
    own = audit_replay.Replaying()
    monkeypatch.setattr("pages._ui.audit_replay_card.replaying", own)
    yield own
    own.end()


def against(test: AppTest, content: bytes) -> AppTest:
    test.file_uploader[0].set_value(("head.json", content, "application/json")).run()
    assert not test.exception
    return test


def replaced(file: Path, old: bytes, new: bytes) -> None:
    before = file.read_bytes()
    assert before.count(old) == 1
    file.write_bytes(before.replace(old, new))


def test_a_sound_chain_is_said_to_be_sound_and_the_verifying_is_on_it(ledger: Ledger) -> None:
    test = click(page(), "Verify")
    count = ledger.head.count
    assert f"All {count - 1} events are what was written" in test.success[0].value
    assert f"Verified up to event {count - 1}" in all_text(test)
    assert "1 came since" in all_text(test)
    assert f"Event {count} is this verification itself" in test.success[0].value
    event = ledger.event(count)
    assert (event.kind, event.actor.name, event.actor.address) == ("verified", "auditor", "10.0.0.9")
    assert event.public["sound"] is True


def test_an_edited_journal_is_named_by_its_first_bad_event_and_everybody_is_told(
    ledger: Ledger, visitor: Visitor
) -> None:
    replaced(journal_file(), b'"subject":"file 2"', b'"subject":"file 7"')
    test = click(page(), "Verify")
    assert "Not sound from event 3 on" in all_text(test)
    assert "Event 3 was edited" in all_text(test).replace("\\", "")
    visitor.role = Role.ADMINISTRATOR
    told = page().error[0].value.replace("\\", "")
    assert told.startswith("From event 3 on it is not what was written: event 3 was edited")
    visitor.role = Role.OFFICER
    assert page("casework/score").error[0].value.replace("\\", "") == told


def test_records_that_cannot_be_read_are_named_beside_a_sound_chain(ledger: Ledger) -> None:
    (event,) = ledger.append([a_sealed_draft(ledger, {"n": 1})])
    ledger.keys.destroy_application(event.application)
    test = click(page(), "Verify")
    assert test.success
    assert "1 application cannot be read though nobody erased them" in all_text(test)


def test_the_chain_is_verified_against_a_head_that_was_downloaded(ledger: Ledger) -> None:
    head = audit_files.head_maker(ledger, "head.json")()
    assert json.loads(head)["count"] == ledger.head.count
    assert ledger.event(ledger.head.count).kind == "downloaded"
    test = click(against(page(), head.encode()), "Verify against it")
    assert f"the head you gave: event {json.loads(head)['count']}" in test.success[0].value


def test_a_head_counts_whatever_its_file_is_called_and_a_wrong_file_takes_its_place(ledger: Ledger) -> None:
    test = page()
    assert not test.file_uploader[0].proto.type  # a file that the browser refused would leave the one before in force
    test.file_uploader[0].set_value(("kept", kept_head(ledger).encode(), "")).run()
    assert not next(button for button in test.button if button.label == "Verify against it").disabled
    against(test, b"no head")
    assert next(button for button in test.button if button.label == "Verify against it").disabled


def kept_head(ledger: Ledger) -> str:
    return audit_files.head_maker(ledger, "head.json")()


def forged(ledger: Ledger) -> bytes:
    return json.dumps(json.loads(kept_head(ledger)) | {"hash": "ab" * 32}).encode()


def test_a_head_that_the_chain_does_not_go_through_stays_said_until_another_one_holds(
    ledger: Ledger, visitor: Visitor
) -> None:
    kept, other = kept_head(ledger), forged(ledger)
    count = json.loads(other)["count"]
    click(page(), "Verify")
    click(against(page(), other), "Verify against it")
    for test in (page(), click(page(), "Verify")):  # as after a reload, and after the chain itself was verified again
        said = all_text(test).replace("\\", "")
        assert "Not sound from event 1 on" in said
        assert "The chain was rewritten" in said
        assert f"against a kept head of event {count}" in said
        assert "Chain sound" not in said
        assert "By itself the chain holds. Verified up to event" in said
    assert "not sound" in all_text(page("casework/history"))
    visitor.role = Role.OFFICER
    assert not page("casework/score").error  # a forged head is no alarm for everybody
    visitor.role = Role.AUDITOR
    assert "Chain sound" in all_text(click(against(page(), kept.encode()), "Verify against it"))
    assert "Chain sound" in all_text(page())


def test_what_a_command_beside_the_app_found_is_known_to_the_page(ledger: Ledger) -> None:
    count = ledger.head.count
    recorded_verification(ledger, CONSOLE)
    assert f"Verified up to event {count}" in all_text(page())
    head = Head.from_json(forged(ledger).decode())
    recorded_verification(ledger, CONSOLE, Verify(head))
    assert "Not sound from event 1 on" in all_text(page())  # no head before the forged one agrees with the chain


def test_a_head_of_another_desk_is_a_finding_for_the_auditor_to_judge(ledger: Ledger) -> None:
    click(page(), "Verify")
    other = json.dumps(json.loads(audit_files.head_maker(ledger, "head.json")()) | {"ledger": "another"}).encode()
    said = all_text(click(against(page(), other), "Verify against it")).replace("\\", "")
    assert "Not sound from event 1 on" in said
    assert "The head that was given is of the ledger 'another'" in said
    assert "By itself the chain holds." in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "this is no head of a ledger"),
        (b"[]", "this is no head of a ledger"),
        (b"{" + b" " * 20_000 + b"}", "this is no head of a ledger"),
    ],
)
def test_a_wrong_file_is_named_and_cannot_be_verified_against(ledger: Ledger, content: bytes, words: str) -> None:
    test = against(page(), content)
    assert words in test.error[0].value.replace("\\", "")
    assert next(button for button in test.button if button.label == "Verify against it").disabled


@pytest.mark.parametrize("form", list(Form))
def test_the_filtered_events_leave_as_a_file_and_that_is_an_event(ledger: Ledger, form: Form) -> None:
    question = AuditQuestion(groups=(Group.EXPORTS_AND_DOWNLOADS,))
    content = audit_files.export_maker(ledger, Order(question, form, "exports"))()
    assert (content.count(b"\n") == 6) if form is Form.CSV else content.startswith(b"PAR1")
    event = ledger.event(ledger.head.count)
    assert (event.kind, event.actor.name, event.actor.address) == ("exported", "auditor", "10.0.0.9")
    assert (event.public["rows"], event.public["format"]) == (5, form.value)


def test_the_event_of_a_file_names_the_very_file_that_the_visitor_gets(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = offered_files(monkeypatch)
    page()
    for name, make in offered.items():
        make()
        assert ledger.event(ledger.head.count).public["file"] == name
    assert {re.sub(r"\d{8}-\d{6}", "<moment>", name) for name in offered} >= {
        "solvent-audit-<moment>.csv",
        "solvent-audit-<moment>.parquet",
        "solvent-head-<moment>.json",
    }


def test_nothing_is_exported_before_the_click(ledger: Ledger) -> None:
    page()
    page()
    assert len(ledger.events(kinds=["exported", "downloaded"])) == 5


def test_a_click_after_the_session_has_ended_gives_no_file(ledger: Ledger, visitor: Visitor) -> None:
    order = Order(AuditQuestion(), Form.CSV, "all.csv")
    head, export = audit_files.head_maker(ledger, "head.json"), audit_files.export_maker(ledger, order)
    sessions.sign_out(cache.accounts(), visitor.token(), None, visitor_module.now())
    for make in (head, export):
        with pytest.raises(SignInRefused):
            make()
    visitor.role = Role.ADMINISTRATOR
    with pytest.raises(PermissionRefused):
        audit_files.head_maker(ledger, "head.json")()
    assert len(ledger.events(kinds=["exported", "downloaded"])) == 5


def test_what_a_start_made_good_is_said_at_work(ledger: Ledger) -> None:
    ledger.close()
    cache._ledger.clear()
    (settings.read().ledger_dir / "ledger.duckdb").write_bytes(b"no database any more")
    test = page()
    assert test.info[0].value.replace("\\", "") == "\n\n".join(cache.ledger().notices)
    assert cache.ledger().notices


def test_everything_is_replayed_beside_the_app_and_answered_in_a_sentence(replaying: audit_replay.Replaying) -> None:
    open_desk = cache.desk()
    with beside.commands():
        for key in cache.examples(open_desk)[:2]:
            scored(settings.read(), key)
        test = click(page(), "Replay all")
    assert [error.value for error in test.error] == []
    assert "2 of 2 scores and decisions came out the same to the last bit" in test.success[0].value
    assert not replaying.running


def test_a_second_replay_is_not_begun_and_a_cancelled_one_is_said_until_it_is_dismissed(
    ledger: Ledger, replaying: audit_replay.Replaying
) -> None:
    assert replaying.begin()
    assert not replaying.begin()
    assert replaying.running
    replaying.end()
    assert not replaying.running
    assert "Cancelled before the first records were repeated" in page().info[0].value
    assert not click(page(), "Dismiss").info


@pytest.mark.parametrize("role", [Role.RISK_MANAGER, Role.ADMINISTRATOR])
def test_replaying_is_offered_to_the_auditor_alone(ledger: Ledger, visitor: Visitor, role: Role) -> None:
    visitor.role = role
    assert "Replay all" not in {button.label for button in page().button}


def scored(own: settings.Settings, key: str) -> None:
    from core.commands.channel import client
    from tests.commands.heard import Heard

    assert client.ask(own.channel_file, ["score", key, "--json"], Heard()) == 0
