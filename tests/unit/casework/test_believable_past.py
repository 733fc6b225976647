"""The believable past: made through the rules of every decision, in the order of time, marked, and the same again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.accounts.events import Kind
from core.accounts.roles import Role
from core.casework.demo.making import START_DAYS_AGO, morning
from core.casework.demo.officers import MANAGER, OFFICERS
from core.casework.kinds import DECIDED, MODEL_ACTIVATED, OUTCOME, POLICY_ACTIVATED, SCORE_REFUSED, SCORED
from core.casework.record import read
from core.errors import LedgerUnavailable
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from tests.unit.casework.builders import MODEL, a_lender
from tests.unit.casework.past_builders import EARLIER_POLICY, NOW, POLICY, SEEN_BY_FIRST, a_past

PEOPLE = {person.user_name: person for person in (*OFFICERS, MANAGER)}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with closing(a_past(tmp_path_factory.mktemp("past"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def events(ledger: Ledger) -> tuple[Event, ...]:
    return ledger.events()


@pytest.fixture(scope="module")
def decisions(events: tuple[Event, ...]) -> list[Event]:
    return [event for event in events if event.kind == DECIDED]


def test_the_chain_is_sound_and_every_event_of_it_is_marked_as_demo(ledger: Ledger, events: tuple[Event, ...]) -> None:
    assert ledger.verify().sound
    assert all(event.public["demo"] is True for event in events)
    assert {SCORED, DECIDED, OUTCOME, SCORE_REFUSED, Kind.SIGNED_IN} <= {event.kind for event in events}


def test_the_same_seed_gives_the_same_past_and_another_seed_another_one(
    events: tuple[Event, ...], tmp_path: Path
) -> None:
    def told(chain: tuple[Event, ...]) -> list[tuple[object, ...]]:
        return [(e.at, e.kind, e.actor, dict(e.public)) for e in chain]

    with closing(a_past(tmp_path / "again")) as again, closing(a_past(tmp_path / "other", seed=2)) as other:
        assert told(again.events()) == told(events)
        assert told(other.events()) != told(events)


def test_it_lies_in_the_last_ninety_days_and_nobody_works_at_night_or_on_a_sunday(events: tuple[Event, ...]) -> None:
    assert NOW - timedelta(days=90) <= events[0].at == morning(NOW, START_DAYS_AGO)
    assert events[-1].at <= NOW
    assert [event.at for event in events] == sorted(event.at for event in events)
    for event in events:
        if event.actor.name in PEOPLE:
            person, hour = PEOPLE[event.actor.name], event.at.hour + event.at.minute / 60
            assert event.at.weekday() in person.weekdays
            assert person.from_hour - 0.02 <= hour <= person.to_hour + 2  # the last decision may take its time


def test_models_and_policies_come_into_force_one_after_the_other(events: tuple[Event, ...]) -> None:
    assert [e.subject for e in events if e.kind == MODEL_ACTIVATED] == ["model-1", "model-2"]
    policies = [e for e in events if e.kind == POLICY_ACTIVATED]
    assert [e.subject for e in policies] == [EARLIER_POLICY.version, POLICY.version]
    assert [(NOW.date() - e.at.date()).days for e in policies] == [89, 35]
    versions = [(e.public["model_version"], e.public["policy_version"]) for e in events if e.kind == DECIDED]
    assert list(dict.fromkeys(versions)) == [
        ("model-1", EARLIER_POLICY.version),
        ("model-2", EARLIER_POLICY.version),
        ("model-2", POLICY.version),
    ]


def test_clients_of_the_first_model_are_none_of_its_pupils(ledger: Ledger, decisions: list[Event]) -> None:
    first = [e for e in decisions if e.public["model_version"] == "model-1"]
    keys = [ledger.keys.applicant_key(e.applicant) for e in first]
    assert len(first) > 20
    assert all(key is not None and int(key) > 100_000 + SEEN_BY_FIRST for key in keys)


def test_referred_cases_are_settled_by_the_risk_manager_alone_and_some_still_wait(decisions: list[Event]) -> None:
    referred = {e.sequence: e for e in decisions if e.public["decision"] == "refer"}
    settled = [e for e in decisions if e.public["settles"] is not None]
    assert {e.actor.role for e in settled} == {Role.RISK_MANAGER}
    assert all(e.actor.role == Role.OFFICER for e in referred.values())
    assert all(e.application == referred[int(str(e.public["settles"]))].application for e in settled)
    assert all(e.at > referred[int(str(e.public["settles"]))].at for e in settled)
    assert len(settled) <= len(referred)


def test_what_leaves_the_recommendation_has_a_reason_that_fits_and_a_note_and_there_is_every_side(
    ledger: Ledger, decisions: list[Event]
) -> None:
    leaving = [e for e in decisions if e.public["override_side"]]
    fits = {code.code: code.fits for code in a_lender().overrides}
    assert {e.public["override_side"] for e in leaving} == {"low", "high", "referral"}
    assert all(e.public["decision"] in fits[str(e.public["override_code"])] for e in leaving)
    notes = {str(ledger.unsealed(e)["note"]) for e in leaving}
    assert all(len(note) >= 10 and "{" not in note for note in notes)
    assert len(notes) > len(leaving) / 2


def test_officers_who_decide_where_a_referral_is_recommended_do_so_instead_of_it_and_most_refer(
    decisions: list[Event],
) -> None:
    instead = [e for e in decisions if e.public["override_side"] == "referral"]
    first = [e for e in decisions if e.public["recommendation"] == "refer" and e.public["settles"] is None]
    assert {(e.public["recommendation"], e.actor.role) for e in instead} == {("refer", Role.OFFICER)}
    assert [e for e in first if e.public["decision"] in ("approve", "decline")] == instead
    assert len(instead) < len(first) / 2


def test_outcomes_follow_approvals_weeks_later_and_are_true(ledger: Ledger, events: tuple[Event, ...]) -> None:
    by_number = {event.sequence: event for event in events}
    last = {e.application: e for e in events if e.kind in (OUTCOME, "corrected")}
    assert len(last) > 20
    for told in last.values():
        approval = by_number[int(str(told.public["decision"]))]
        key = ledger.keys.applicant_key(told.applicant)
        assert approval.public["decision"] == "approve"
        assert told.at >= approval.at + timedelta(days=21)
        assert approval.at.date().isoformat() < str(told.public["observed_on"]) <= told.at.date().isoformat()
        assert key is not None
        assert told.public["outcome"] == ("defaulted" if int(key) % 9 == 0 else "repaid")
        assert told.actor.name == "console"


def test_its_records_read_as_any_other(ledger: Ledger, decisions: list[Event]) -> None:
    record = read(decisions[0], ledger.unsealed(decisions[0]), a_lender(), MODEL)
    assert record.demo
    assert record.score.default_probability == decisions[0].public["default_probability"]
    assert record.score.scored_at < decisions[0].at
    assert record.lookup == f"stored:{record.score.applicant}"


def test_nobody_acts_before_having_signed_in_that_day(events: tuple[Event, ...]) -> None:
    there: set[tuple[str, object]] = set()
    for event in events:
        if event.actor.name not in PEOPLE or event.kind == Kind.SIGN_IN_REFUSED:
            continue
        if event.kind == Kind.SIGNED_IN:
            there.add((event.actor.name, event.at.date()))
        assert (event.actor.name, event.at.date()) in there


def test_a_past_beside_which_somebody_else_writes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append = Ledger.append
    doubled: list[bool] = []

    def with_another(self: Ledger, drafts):  # type: ignore[no-untyped-def]
        if not doubled:
            doubled.append(True)
            append(self, [drafts[0]])
        return append(self, drafts)

    monkeypatch.setattr(Ledger, "append", with_another)
    with pytest.raises(LedgerUnavailable, match="nobody else may write"):
        a_past(tmp_path)
