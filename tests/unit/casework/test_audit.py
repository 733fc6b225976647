"""The chain as an auditor reads it: filters, pages, words, and who may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.accounts.events import Kind
from core.accounts.roles import Role
from core.casework import kinds
from core.casework.audit import AuditPage, AuditQuestion, actors, audit_page
from core.casework.audit_words import WORDS, Group, kinds_of, label_of, sentence_of
from core.casework.history_question import Period
from core.errors import PermissionRefused
from core.ledger.event import Actor, Public
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, SetClock, a_draft, a_ledger, a_sealed_draft


@dataclass(frozen=True)
class Signed:
    """Somebody signed in."""

    user_name: str
    role: Role


AUDITOR = Signed("ines", Role.AUDITOR)
APPLICATION, REFERENCE = "A7222222222222222", "P7222222222222222"
DECISION: Public = {"decision": "approve", "recommendation": "approve", "default_probability": 0.031}


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: SetClock) -> Iterator[Ledger]:
    """Five events, a minute apart."""
    with a_ledger(tmp_path, clock=clock) as opened:
        for draft in (
            a_draft("signed_in", Actor("ana", "officer", "10.0.0.7"), "ana.k", {"rule": ""}),
            a_draft("role_granted", Actor("admin", "administrator", "10.0.0.1"), "ana.k", {"rule": "risk_manager"}),
            a_sealed_draft(opened, {"note": "secret"}, "stored:100001", "100001", "decided", DECISION),
            a_draft("decided", Actor("bela", "risk_manager"), APPLICATION, DECISION, APPLICATION, REFERENCE),
            a_draft("exported", Actor("console", "console"), "history", {"rows": 3, "format": "csv", "filter": "all"}),
        ):
            opened.append([draft])
            clock.passes(timedelta(minutes=1))
        yield opened


def _sequences(ledger: Ledger, question: AuditQuestion) -> list[int]:
    return [row.sequence for row in audit_page(ledger, question, AUDITOR).rows]


def test_everything_is_shown_newest_first(ledger: Ledger) -> None:
    page = audit_page(ledger, AuditQuestion(), AUDITOR)
    assert [row.sequence for row in page.rows] == [5, 4, 3, 2, 1]
    assert (page.total, page.page, page.pages) == (5, 1, 1)


def test_a_row_says_who_did_what_when_and_from_where(ledger: Ledger) -> None:
    row = audit_page(ledger, AuditQuestion(groups=(Group.ROLES,)), AUDITOR).rows[0]
    assert (row.at, row.kind, row.actor, row.role, row.address, row.subject) == (
        NOON + timedelta(minutes=1),
        "Role granted",
        "admin",
        "administrator",
        "10.0.0.1",
        "ana.k",
    )
    assert row.what == "ana.k was made risk manager."
    assert row.hash == ledger.event(2).hash.hex()[:12]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (AuditQuestion(groups=(Group.DECISIONS,)), [4, 3]),
        (AuditQuestion(groups=(Group.SIGN_INS, Group.EXPORTS_AND_DOWNLOADS)), [5, 1]),
        (AuditQuestion(groups=(Group.ERASURES,)), []),
        (AuditQuestion(actor="bela"), [4]),
        (AuditQuestion(actor="bel"), []),
        (AuditQuestion(about="ana."), [2, 1]),
        (AuditQuestion(about=" ANA.K "), [2, 1]),
        (AuditQuestion(about=APPLICATION), [4]),
        (AuditQuestion(about=APPLICATION[:8].lower()), [4]),
        (AuditQuestion(about=APPLICATION.lower()), [4]),
        (AuditQuestion(about=REFERENCE), [4]),
        (AuditQuestion(about=REFERENCE.lower()), [4]),
        (AuditQuestion(about=REFERENCE[:16]), []),
        (AuditQuestion(about="100001"), [3]),
        (AuditQuestion(about="%"), []),
        (AuditQuestion(period=Period(NOON + timedelta(minutes=2), NOON + timedelta(minutes=4))), [4, 3]),
        (AuditQuestion(period=Period(end=NOON)), []),
        (AuditQuestion(groups=(Group.DECISIONS,), actor="ana", about="100001"), [3]),
    ],
)
def test_filters_let_through_what_fits_all_of_them(question: AuditQuestion, found: list[int], ledger: Ledger) -> None:
    assert _sequences(ledger, question) == found
    assert audit_page(ledger, question, AUDITOR).total == len(found)


def test_pages_are_cut_on_the_server_and_never_overlap(ledger: Ledger) -> None:
    pages = [_sequences(ledger, AuditQuestion(page=page, rows_per_page=2)) for page in (1, 2, 3)]
    assert pages == [[5, 4], [3, 2], [1]]


def test_a_page_behind_the_last_is_the_last(ledger: Ledger) -> None:
    page = audit_page(ledger, AuditQuestion(page=9, rows_per_page=2), AUDITOR)
    assert (page.page, page.pages, [row.sequence for row in page.rows]) == (3, 3, [1])


def test_an_empty_chain_is_one_empty_page(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as empty:
        assert audit_page(empty, AuditQuestion(), AUDITOR) == AuditPage((), 0, 1, 1)


@pytest.mark.parametrize(("page", "rows"), [(0, 50), (1, 0), (1, 201)])
def test_a_page_that_cannot_be_is_a_mistake(page: int, rows: int) -> None:
    with pytest.raises(ValueError, match=r"the first is 1|1 to 200"):
        AuditQuestion(page=page, rows_per_page=rows)


@pytest.mark.parametrize("role", Role)
def test_who_may_read(role: Role, ledger: Ledger) -> None:
    if role in (Role.RISK_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.CONSOLE):
        assert audit_page(ledger, AuditQuestion(), Signed("x", role)).total == 5
    else:
        with pytest.raises(PermissionRefused, match=r"Audit: .* may not read here"):
            audit_page(ledger, AuditQuestion(), Signed("x", role))


def test_nothing_sealed_is_shown(ledger: Ledger) -> None:
    assert "secret" not in repr(audit_page(ledger, AuditQuestion(), AUDITOR))


def test_who_ever_did_something(ledger: Ledger) -> None:
    assert actors(ledger) == ("admin", "ana", "bela", "console")


def test_a_filter_in_words_keeps_the_person_who_was_looked_for_out() -> None:
    question = AuditQuestion(
        period=Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        groups=(Group.SIGN_INS, Group.ROLES),
        actor="ana",
        about="100001",
    )
    assert question.in_words() == (
        "since 1 Mar 2026, 00:00 UTC; before 2 Mar 2026, 09:30 UTC; sign-ins or role changes; "
        "done by ana; about one subject"
    )
    assert AuditQuestion().in_words() == "everything"


PD: Public = {"default_probability": 0.318, "recommendation": "decline"}


@pytest.mark.parametrize(
    ("kind", "subject", "public", "said"),
    [
        ("signed_in", "ana", {"rule": ""}, "ana signed in."),
        ("sign_in_refused", "ana", {"rule": "wrong password"}, "ana was not let in: wrong password."),
        ("sign_in_refused", "", {"rule": "unknown user name."}, "Somebody unknown was not let in: unknown user name."),
        ("signed_out", "ana", {"rule": ""}, "ana signed out."),
        ("person_added", "ana", {"rule": "Ana B."}, "ana was given an account."),
        ("person_disabled", "ana", {"rule": ""}, "The account of ana was disabled."),
        ("person_enabled", "ana", {"rule": ""}, "The account of ana was enabled again."),
        ("password_reset", "ana", {"rule": ""}, "ana was given a new password."),
        ("password_changed", "ana", {"rule": ""}, "ana chose a new password."),
        ("role_granted", "ana", {"rule": "risk_manager"}, "ana was made risk manager."),
        ("role_revoked", "ana", {"rule": "officer"}, "ana is no longer officer."),
        ("change_refused", "ana", {"rule": "the last one"}, "A change to ana was refused: the last one."),
        ("scored", "A1", PD, "Recommended decline at a PD of 31.8 %."),
        ("score_refused", "X", {"rule": "the client must be known"}, "No score was made: the client must be known."),
        (
            "decided",
            "A1",
            {**PD, "decision": "decline"},
            "Decided decline, as recommended at a PD of 31.8 %.",
        ),
        (
            "decided",
            "A1",
            {**PD, "decision": "approve", "override_side": "low", "override_code": "known_client"},
            "Decided approve against the recommended decline for the reason known client at a PD of 31.8 %.",
        ),
        (
            "decided",
            "A1",
            {
                **PD,
                "recommendation": "refer",
                "decision": "approve",
                "override_side": "referral",
                "override_code": "known_client",
            },
            "Decided approve instead of a referral for the reason known client at a PD of 31.8 %.",
        ),
        (
            "decided",
            "A1",
            {**PD, "decision": "refer", "override_side": ""},
            "Decided refer, where decline was recommended at a PD of 31.8 %.",
        ),
        ("outcome", "A1", {"outcome": "repaid", "observed_on": "2026-03-01"}, "Turned out repaid on 2026-03-01."),
        (
            "corrected",
            "A1",
            {"outcome": "defaulted", "observed_on": "2026-03-01", "corrects": 1234},
            "Turned out defaulted on 2026-03-01, in the place of event 1,234.",
        ),
        ("erasure_begun", "P1", {"reason": "asked by letter"}, "Ordered that a person be forgotten: asked by letter."),
        ("erased", "P1", {"rule": "request", "reason": "asked by letter."}, "A person was forgotten: asked by letter."),
        (
            "retention_begun",
            "retention",
            {"application_ids": ["A1", "A2"], "reason": "Kept for 2,557 days."},
            "Ordered that 2 applications be forgotten: Kept for 2,557 days.",
        ),
        (
            "erased",
            "A1",
            {"rule": "retention", "reason": "Kept for 2,557 days."},
            "Destroyed the key of an application whose time was over: Kept for 2,557 days.",
        ),
        (
            "exported",
            "history",
            {"rows": 1, "format": "csv", "filter": "grade D"},
            "1 row of history left the desk as csv: grade D.",
        ),
        (
            "exported",
            "audit",
            {"rows": 2, "format": "csv", "filter": "everything", "file": "solvent-audit-20261121-120000.csv"},
            "2 rows of audit left the desk as solvent-audit-20261121-120000.csv: everything.",
        ),
        ("exported", "history", {}, "Rows of history left the desk."),
        ("downloaded", "head", {"count": 1204}, "The head was downloaded; it ends with this event."),
        (
            "downloaded",
            "head",
            {"file": "solvent-head-20261121-120000.json"},
            "The head was downloaded as solvent-head-20261121-120000.json; it ends with this event.",
        ),
        ("verified", "chain", {"sound": True, "events": 1204}, "The chain of 1,204 events was found sound."),
        (
            "verified",
            "chain",
            {"sound": False, "finding": "event 5 was edited"},
            "The chain was found not sound: event 5 was edited.",
        ),
        ("model_activated", "m-1", {}, "From here on the model m-1 scores."),
        (
            "policy_activated",
            "p-1",
            {"approve_below": 0.091, "decline_from": 0.2},
            "From here on the policy p-1 recommends, which approves below 9.1 % and declines from 20.0 %.",
        ),
        ("policy_activated", "p-1", {}, "From here on the policy p-1 recommends."),
    ],
)
def test_each_kind_says_one_plain_sentence(kind: str, subject: str, public: Public, said: str) -> None:
    assert sentence_of(kind, subject, public) == said


def test_every_kind_that_is_written_has_words() -> None:
    written = {kind.value for kind in Kind} | {
        value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)
    }
    assert written - {str(words.kind) for words in WORDS} == set()


def test_every_kind_has_a_sentence_even_where_its_fields_are_missing() -> None:
    for words in WORDS:
        assert words.sentence("", {}).endswith(".")
        assert words.sentence("", {})[0].isupper()


def test_every_group_has_kinds_and_no_kind_stands_twice() -> None:
    assert all(kinds_of(group) for group in Group)
    assert len({words.kind for words in WORDS}) == len(WORDS)


def test_a_kind_nobody_knows_yet_is_shown_under_its_own_name(ledger: Ledger) -> None:
    ledger.append([a_draft("report_made", subject="drift")])
    row = audit_page(ledger, AuditQuestion(), AUDITOR).rows[0]
    assert (row.kind, row.what) == ("Report made", "")
    assert label_of("report_made") == "Report made"


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        ("2026-03-02T12:04:59+00:00", "ana signed in. (It happened at 12:04:59 UTC.)"),
        ("2026-03-02T12:04:59.000001+00:00", "ana signed in."),
        ("2026-03-02T12:05:00+00:00", "ana signed in."),
        ("2026-03-02T12:05:00.999999+00:00", "ana signed in."),
        ("2026-03-02T12:05:01+00:00", "ana signed in. (It happened at 12:05:01 UTC.)"),
        ("2026-03-02T09:04:00-03:00", "ana signed in. (It happened at 12:04:00 UTC.)"),
        ("2026-03-01T23:59:59+00:00", "ana signed in. (It happened at 2026-03-01 23:59:59 UTC.)"),
        ("never", "ana signed in."),
    ],
)
def test_what_the_chain_heard_of_at_another_second_says_when_it_happened(
    happened: str, said: str, ledger: Ledger
) -> None:
    ledger.append([a_draft("signed_in", subject="ana", public={"rule": "", "happened_at": happened})])
    assert ledger.event(6).at == NOON + timedelta(minutes=5)
    assert audit_page(ledger, AuditQuestion(), AUDITOR).rows[0].what == said


@pytest.mark.parametrize(
    ("group", "kinds_asked"),
    [
        (Group.SIGN_INS, {"signed_in", "signed_out"}),
        (Group.REFUSED_SIGN_INS, {"sign_in_refused"}),
        (Group.ROLES, {"role_granted", "role_revoked"}),
        (Group.EXPORTS_AND_DOWNLOADS, {"exported", "downloaded"}),
        (Group.ERASURES, {"erasure_begun", "retention_begun", "erased"}),
    ],
)
def test_what_auditors_look_for_most_can_be_asked_for_alone(group: Group, kinds_asked: set[str]) -> None:
    assert set(kinds_of(group)) == kinds_asked
