"""What is past its time is forgotten by application, in bulk, and an event for each says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from core.accounts.people import CONSOLE, Actor
from core.accounts.roles import PERSONAL_ROLES, Role
from core.casework.erasure import ErasureOrder, Erasures
from core.casework.json_fields import texts
from core.casework.kinds import DECIDED, ERASED, OUTCOME, RETENTION_BEGUN, SCORED
from core.casework.readings import READINGS
from core.casework.retention import Due, Retention
from core.casework.stored_record import stored_record
from core.errors import ErasedRecord, ErasureRefused, LedgerUnwritable, PermissionRefused
from core.ledger.event import Draft, Event
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, SetClock, a_draft, a_ledger, a_sealed_draft
from tests.unit.portfolio.builders import a_contract, some_settings

ADA = Actor("ada", Role.ADMINISTRATOR, "10.0.0.9")
DAYS = 100
LATER = NOON + timedelta(days=DAYS)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: SetClock) -> Iterator[Ledger]:
    with a_ledger(tmp_path, READINGS, clock) as opened:
        yield opened


@pytest.fixture
def retention(ledger: Ledger) -> Retention:
    return Retention(ledger, DAYS)


def record(ledger: Ledger, lookup: str, applicant_key: str, kind: str = SCORED) -> str:
    drafts = [a_sealed_draft(ledger, {"income": 1.5}, lookup, applicant_key, kind, {"amount": 5.0})]
    return ledger.append(drafts)[0].application


def erased(ledger: Ledger) -> list[str]:
    return [event.application for event in ledger.events(kinds=[ERASED])]


def test_an_application_is_due_when_its_last_event_is_older_than_the_time_of_keeping(
    ledger: Ledger, retention: Retention, clock: SetClock
) -> None:
    application = record(ledger, "a", "1")

    assert retention.due(LATER, ADA).applications == 0
    due = retention.due(LATER + timedelta(microseconds=1), ADA)
    assert (due.applications, due.applicants, due.events, due.first) == (1, 1, 1, NOON)
    assert [(one.application, one.last_event) for one in due.examples] == [(application, NOON)]

    clock.passes(timedelta(days=1))
    ledger.append([a_draft(OUTCOME, application=application, applicant=due.examples[0].applicant)])
    assert retention.due(LATER + timedelta(hours=1), ADA).applications == 0


def test_only_the_key_of_the_application_goes_and_the_person_stays_known_while_another_is_kept(
    ledger: Ledger, retention: Retention, clock: SetClock
) -> None:
    old = record(ledger, "a", "1")
    clock.passes(timedelta(days=2))
    young = record(ledger, "b", "1")

    done = retention.carry_out(retention.due(LATER + timedelta(days=1), ADA), ADA, LATER + timedelta(days=1), "r1")

    assert done == 1
    assert (ledger.keys.key_of(old), ledger.keys.reference_of("1") is not None) == (None, True)
    with pytest.raises(ErasedRecord):
        ledger.unsealed(ledger.of_application(old)[0])
    assert ledger.unsealed(ledger.of_application(young)[0]) == {"income": 1.5}


def test_a_person_of_whom_nothing_is_kept_is_known_no_more(ledger: Ledger, retention: Retention) -> None:
    record(ledger, "a", "1")
    far = LATER + timedelta(days=1)
    retention.carry_out(retention.due(far, ADA), ADA, far, "r1")
    assert ledger.keys.reference_of("1") is None


def test_an_event_for_each_says_which_rule_and_who(ledger: Ledger, retention: Retention, clock: SetClock) -> None:
    applications = [record(ledger, lookup, lookup) for lookup in "abc"]
    clock.now = far = LATER + timedelta(days=1)
    steps: list[str] = []

    retention.carry_out(retention.due(far, ADA), ADA, far, "r1", "10.0.0.9", lambda step, done=None: steps.append(step))

    events = ledger.events(kinds=[ERASED])
    assert sorted(event.application for event in events) == sorted(applications)
    assert {event.subject == event.application for event in events} == {True}
    assert [dict(event.public) for event in events] == [
        {"rule": "retention", "reason": "Kept for 100 days.", "run": "r1"}
    ] * 3
    assert {(event.actor.name, event.actor.address) for event in events} == {("ada", "10.0.0.9")}
    assert [(run.at, run.actor, run.applications) for run in retention.past()] == [(far, "ada", 3)]
    assert steps[-1] == "the applications are forgotten"


def test_the_sums_of_decisions_stay(ledger: Ledger, retention: Retention) -> None:
    record(ledger, "a", "1", DECIDED)
    far = LATER + timedelta(days=1)
    retention.carry_out(retention.due(far, ADA), ADA, far, "r1")
    with ledger.reading() as cursor:
        assert cursor.execute("select count(*), sum(amount) from decisions").fetchall() == [(1, 5.0)]


def test_what_was_forgotten_is_not_due_again(ledger: Ledger, retention: Retention, tmp_path: Path) -> None:
    record(ledger, "a", "1")
    on_request = record(ledger, "b", "2")
    far = LATER + timedelta(days=1)
    order = ErasureOrder(on_request, "Asked for by letter", "k1")
    Erasures(ledger, some_settings(tmp_path / "desk"), a_contract()).carry_out(order, ADA)

    due = retention.due(far, ADA)
    assert due.applications == 1
    retention.carry_out(due, ADA, far, "r1")
    assert retention.due(far + timedelta(days=5_000), ADA).applications == 0
    with pytest.raises(ErasureRefused, match="nothing to erase"):
        retention.carry_out(due, ADA, far, "r2")


def test_a_run_that_was_killed_after_the_keys_is_finished_by_the_next_one(ledger: Ledger, retention: Retention) -> None:
    application = record(ledger, "a", "1")
    far = LATER + timedelta(days=1)
    ledger.keys.destroy_application(application)
    assert retention.carry_out(retention.due(far, ADA), ADA, far, "r1") == 1
    assert erased(ledger) == [application]


def killed_in(monkeypatch: pytest.MonkeyPatch, retention: Retention, where: str, ledger: Ledger) -> None:
    """A run that ends before anything (`destroy_applications`), or once the keys are gone (`append`)."""
    due = retention.due(LATER + timedelta(days=1), ADA)
    real = ledger.append

    def killed(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    def only_begun(drafts: Sequence[Draft]) -> tuple[Event, ...]:
        return killed() if drafts[0].kind == ERASED else real(drafts)

    with monkeypatch.context() as patched:
        if where == "keys":
            patched.setattr(ledger.keys, "destroy_applications", killed)
        else:
            patched.setattr(ledger, "append", only_begun)
        with pytest.raises(KeyboardInterrupt):
            retention.carry_out(due, ADA, LATER + timedelta(days=1), "r1", "10.0.0.9")


@pytest.mark.parametrize("where", ["keys", "events"])
def test_a_run_that_was_killed_is_finished_at_the_next_start_in_the_name_of_who_ordered_it(
    ledger: Ledger, retention: Retention, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    application = record(ledger, "a", "1")
    killed_in(monkeypatch, retention, where, ledger)
    assert (ledger.keys.key_of(application) is None) is (where == "events")
    (begun,) = ledger.events(kinds=[RETENTION_BEGUN])
    assert (begun.public["application_ids"], begun.application, begun.applicant) == ([application], "", "")
    if where == "events":
        assert stored_record(ledger, 1).erased

    assert Retention(ledger, DAYS).resume() == 1
    (event,) = ledger.events(kinds=[ERASED])
    assert (event.application, event.actor.name, event.public["run"]) == (application, "ada", "r1")
    assert ledger.keys.key_of(application) is None
    assert retention.resume() == 0
    assert len(retention.past()) == 1


def test_an_application_that_was_heard_of_since_the_run_was_killed_is_kept(
    ledger: Ledger, retention: Retention, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard_of, silent = record(ledger, "a", "1"), record(ledger, "b", "2")
    clock.now = LATER + timedelta(days=1)
    killed_in(monkeypatch, retention, "keys", ledger)
    record(ledger, "a", "1", DECIDED)

    assert retention.resume() == 1
    assert erased(ledger) == [silent]
    assert ledger.keys.key_of(heard_of) is not None


def test_an_application_whose_key_was_gone_already_is_told_even_if_it_was_heard_of_since(
    ledger: Ledger, retention: Retention, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = record(ledger, "a", "1")
    clock.now = LATER + timedelta(days=1)
    killed_in(monkeypatch, retention, "events", ledger)
    ledger.append([a_draft(OUTCOME, application=application)])
    assert retention.resume() == 1
    assert erased(ledger) == [application]


def test_the_next_run_finishes_one_that_was_killed_and_nothing_is_told_twice(
    ledger: Ledger, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = record(ledger, "a", "1")
    killed_in(monkeypatch, retention, "events", ledger)
    far = LATER + timedelta(days=1)
    assert retention.carry_out(retention.due(far, ADA), ADA, far, "r2") == 1
    assert erased(ledger) == [application]


def test_no_key_is_destroyed_while_the_chain_cannot_say_so(
    ledger: Ledger, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = record(ledger, "a", "1")
    far = LATER + timedelta(days=1)
    due = retention.due(far, ADA)
    with monkeypatch.context() as full:
        full.setattr("core.ledger.writer_room.ROOM_BYTES", 2**62)
        with pytest.raises(LedgerUnwritable, match="make room"):
            retention.carry_out(due, ADA, far, "r1")
    assert ledger.keys.key_of(application) is not None
    assert retention.carry_out(due, ADA, far, "r1") == 1


def test_nothing_within_the_time_of_keeping_can_be_forgotten(ledger: Ledger, retention: Retention) -> None:
    record(ledger, "a", "1")
    due = replace(retention.due(LATER, ADA), before=NOON + timedelta(days=50))
    with pytest.raises(ErasureRefused, match="kept for 100 days"):
        retention.carry_out(due, ADA, LATER, "r1")
    assert erased(ledger) == []


def test_what_became_due_after_the_preview_waits_for_the_next_one(
    ledger: Ledger, retention: Retention, clock: SetClock
) -> None:
    first = record(ledger, "a", "1")
    clock.passes(timedelta(days=1))
    record(ledger, "b", "2")
    due = retention.due(LATER + timedelta(hours=1), ADA)
    assert retention.carry_out(due, ADA, LATER + timedelta(days=2), "r1") == 1
    assert erased(ledger) == [first]


def test_many_are_forgotten_in_one_go(ledger: Ledger, retention: Retention) -> None:
    keys = ledger.keys.applications([(f"typed:{n}", str(n)) for n in range(2_500)])
    ledger.append([a_draft(SCORED, application=key.application, applicant=key.applicant) for key in keys])
    far = LATER + timedelta(days=1)
    due: Due = retention.due(far, ADA, examples=3)
    assert (due.applications, len(due.examples)) == (2_500, 3)
    assert retention.carry_out(due, ADA, far, "r1") == 2_500
    assert [len(texts(begun.public, "application_ids")) for begun in ledger.events(kinds=[RETENTION_BEGUN])] == [
        1_000,
        1_000,
        500,
    ]
    assert sorted(erased(ledger)[:1_000] + [e.application for e in ledger.events(3_503, 5_000, [ERASED])]) == sorted(
        key.application for key in keys
    )


@pytest.mark.parametrize("role", [role for role in PERSONAL_ROLES if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_or_the_command_line_may(ledger: Ledger, retention: Retention, role: Role) -> None:
    record(ledger, "a", "1")
    far: datetime = LATER + timedelta(days=1)
    due = retention.due(far, CONSOLE)
    with pytest.raises(PermissionRefused):
        retention.due(far, Actor("ana", role))
    with pytest.raises(PermissionRefused):
        retention.carry_out(due, Actor("ana", role), far, "r1")
    assert retention.carry_out(due, CONSOLE, far, "r1") == 1
