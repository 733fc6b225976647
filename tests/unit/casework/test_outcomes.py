"""An outcome is believed when it is about an approved loan, on a possible day, and contradicts nothing unexplained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.accounts.people import CONSOLE
from core.accounts.people import Actor as Person
from core.accounts.roles import Role
from core.casework import outcomes_file, outcomes_known, outcomes_recording
from core.casework.outcomes import Outcome, Repayment
from core.casework.outcomes_file import read_outcomes
from core.casework.outcomes_recording import Teller, record_file, record_outcome
from core.casework.outcomes_report import OutcomeReport
from core.casework.readings import READINGS
from core.errors import OutcomeRefused, PermissionRefused
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from tests.ledgers import NOON, SetClock, a_draft, a_ledger

DECIDED_ON = NOON.date()
TODAY = NOON + timedelta(days=100)
ANA = Teller(Person("ana", Role.OFFICER), TODAY)
REASON = "Posted to the wrong account"


class Book:
    """A ledger in which applications are decided on at noon of the first day."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def decided(self, client: str, decision: str = "approve", lookup: str = "") -> str:
        key = self.ledger.keys.application(lookup or f"stored:{client}", client)
        draft = a_draft("decided", public={"decision": decision}, application=key.application, applicant=key.applicant)
        self.ledger.append([draft])
        return key.application

    def events(self) -> list[Event]:
        return [event for event in self.ledger.events() if event.kind in {"outcome", "corrected"}]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with a_ledger(tmp_path, READINGS, SetClock()) as ledger:
        yield Book(ledger)


def repaid(application: str, on: date = DECIDED_ON, reason: str = "") -> Outcome:
    return Outcome(application, Repayment.REPAID, on, reason)


def defaulted(application: str, on: date = DECIDED_ON, reason: str = "") -> Outcome:
    return Outcome(application, Repayment.DEFAULTED, on, reason)


def refused(book: Book, outcome: Outcome, teller: Teller = ANA) -> str:
    before = book.ledger.head.count
    with pytest.raises(OutcomeRefused) as refusal:
        record_outcome(book.ledger, outcome, teller)
    assert book.ledger.head.count == before
    return str(refusal.value)


def test_an_outcome_is_an_event_that_names_the_approval_it_belongs_to(book: Book) -> None:
    application = book.decided("7")
    event = record_outcome(book.ledger, repaid(application, date(2026, 5, 1)), replace(ANA, address="10.0.0.7"))
    assert event.kind == "outcome"
    assert (event.subject, event.application) == (application, application)
    assert event.public == {"outcome": "repaid", "observed_on": "2026-05-01", "decision": 1, "corrects": None}
    assert (event.actor.name, event.actor.role, event.actor.address) == ("ana", "officer", "10.0.0.7")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RISK_MANAGER])
def test_officers_and_risk_managers_may_record_outcomes(book: Book, role: Role) -> None:
    assert record_outcome(book.ledger, repaid(book.decided("7")), Teller(Person("eva", role), TODAY)).sequence == 2


def test_the_command_line_may_record_outcomes(book: Book) -> None:
    assert record_outcome(book.ledger, repaid(book.decided("7")), Teller(CONSOLE, TODAY)).actor.role == "console"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DATA_SCIENTIST, Role.ADMINISTRATOR])
def test_nobody_else_may_record_outcomes(book: Book, role: Role) -> None:
    teller = Teller(Person("eva", role), TODAY)
    with pytest.raises(PermissionRefused):
        record_outcome(book.ledger, repaid(book.decided("7")), teller)
    with pytest.raises(PermissionRefused):
        record_file(book.ledger, read_outcomes(b"application,outcome,observed_on\n"), teller)


def test_an_application_that_was_never_decided_here_is_refused(book: Book) -> None:
    words = refused(book, repaid("nobody's"))
    assert words == ('Outcome: application: it must be one that was decided here, got "nobody\'s"; correct the number.')


@pytest.mark.parametrize("decision", ["decline", "refer", "withdrawn"])
def test_only_approved_loans_have_an_outcome(book: Book, decision: str) -> None:
    words = refused(book, repaid(book.decided("7", decision)))
    assert f"only what was approved is repaid or not, got '{decision}'" in words


def test_an_application_referred_first_and_approved_then_has_one(book: Book) -> None:
    book.decided("7", "refer")
    event = record_outcome(book.ledger, repaid(book.decided("7", "approve")), ANA)
    assert event.public["decision"] == 2


def test_an_outcome_on_the_day_of_the_decision_is_possible_and_the_day_before_is_not(book: Book) -> None:
    application = book.decided("7")
    assert "before the decision of 2026-03-02" in refused(book, repaid(application, DECIDED_ON - timedelta(days=1)))
    assert record_outcome(book.ledger, repaid(application, DECIDED_ON), ANA).kind == "outcome"


def test_an_outcome_of_today_is_possible_and_one_of_tomorrow_is_not(book: Book) -> None:
    application = book.decided("7")
    assert "after today, 2026-06-10 (UTC)" in refused(book, repaid(application, TODAY.date() + timedelta(days=1)))
    assert record_outcome(book.ledger, repaid(application, TODAY.date()), ANA).kind == "outcome"


def test_the_same_outcome_told_twice_is_one_event(book: Book) -> None:
    application = book.decided("7")
    first = record_outcome(book.ledger, repaid(application), ANA)
    assert record_outcome(book.ledger, repaid(application), ANA) == first
    assert len(book.events()) == 1


def test_another_outcome_is_refused_without_a_reason(book: Book) -> None:
    application = book.decided("7")
    record_outcome(book.ledger, repaid(application), ANA)
    assert refused(book, defaulted(application)) == (
        "Outcome: outcome: one is recorded: 'repaid' observed on 2026-03-02 (event 2), got 'defaulted'; "
        "give a reason to correct it."
    )


def test_a_correction_points_at_the_old_event_and_seals_its_reason(book: Book) -> None:
    application = book.decided("7")
    first = record_outcome(book.ledger, repaid(application), ANA)
    event = record_outcome(book.ledger, defaulted(application, reason=REASON), ANA)
    assert (event.kind, event.public["corrects"], event.public["outcome"]) == ("corrected", first.sequence, "defaulted")
    assert book.ledger.unsealed(event)["reason"] == REASON
    assert REASON not in str(event.public)


@pytest.mark.parametrize(("length", "allowed"), [(9, False), (10, True), (500, True), (501, False)])
def test_a_reason_has_ten_to_five_hundred_characters(book: Book, length: int, allowed: bool) -> None:
    application = book.decided("7")
    record_outcome(book.ledger, repaid(application), ANA)
    correction = defaulted(application, reason="x" * length)
    if allowed:
        assert record_outcome(book.ledger, correction, ANA).kind == "corrected"
    else:
        assert f"needs 10 to 500 characters, got {length}" in refused(book, correction)


def test_a_reason_without_an_outcome_to_correct_is_refused(book: Book) -> None:
    assert "none recorded yet; leave the reason out" in refused(book, repaid(book.decided("7"), reason=REASON))


def test_a_correction_can_be_corrected_back_and_each_told_again_changes_nothing(book: Book) -> None:
    application = book.decided("7")
    told = [
        repaid(application),
        defaulted(application, reason=REASON),
        repaid(application, reason="It was the right account"),
    ]
    events = [record_outcome(book.ledger, outcome, ANA) for outcome in told]
    assert [event.public["corrects"] for event in events] == [None, 2, 3]
    assert [record_outcome(book.ledger, outcome, ANA).sequence for outcome in told] == [4, 3, 4]
    assert len(book.events()) == 3


def test_a_forgotten_application_has_no_more_outcomes(book: Book) -> None:
    application = book.decided("7")
    key = book.ledger.keys.application("stored:7", "7")
    book.ledger.append([a_draft("erased", applicant=key.applicant)])
    assert "one that was erased" in refused(book, repaid(application))


# --- files ---


def report_of(book: Book, text: str, key: str = "") -> OutcomeReport:
    return record_file(book.ledger, read_outcomes(text.encode(), key), ANA)


def test_good_lines_are_recorded_and_bad_ones_explained_line_by_line(book: Book) -> None:
    first, second, declined = book.decided("7"), book.decided("8"), book.decided("9", "decline")
    report = report_of(
        book,
        "application,outcome,observed_on,reason\n"
        f"{first},repaid,2026-05-01,\n"
        f"{declined},repaid,2026-05-01,\n"
        "\n"
        f"{second},Defaulted ,2026-05-02,\n"
        f"{first},repaid,2026-05-01,\n"
        f"{second},paid,2026-05-02,\n"
        f"{second},repaid,2/5/2026,\n"
        "=1+1,repaid,2026-05-01,\n"
        f"{second},repaid,2026-05-02,a,b\n",
    )
    assert [line.words for line in report.lines] == [
        "line 2: recorded (event 4)",
        "line 3: refused: application: only what was approved is repaid or not, got 'decline'; check the application.",
        "line 5: recorded (event 5)",
        "line 6: already there (event 4)",
        "line 7: refused: outcome: it must be 'repaid' or 'defaulted', got 'paid'; correct it.",
        "line 8: refused: observed_on: it must be a day written as 2026-11-21, got '2/5/2026'; correct it.",
        "line 9: refused: application: it must be one that was decided here, got '=1+1'; correct the number.",
        "line 10: refused: line: each cell has a name in line 1, got 1 more; quote cells with separators.",
    ]
    assert report.summary() == "8 lines: 2 recorded, 0 corrected, 1 already there, 5 refused"
    assert not report.sound


def test_the_same_file_again_records_nothing(book: Book) -> None:
    text = f"application;outcome;observed_on\n{book.decided('7')};repaid;2026-05-01\n"
    assert report_of(book, text).summary() == "1 line: 1 recorded, 0 corrected, 0 already there, 0 refused"
    assert report_of(book, text).summary() == "1 line: 0 recorded, 0 corrected, 1 already there, 0 refused"
    assert len(book.events()) == 1


def test_a_file_corrects_with_a_reason_and_again_changes_nothing(book: Book) -> None:
    application = book.decided("7")
    record_outcome(book.ledger, repaid(application), ANA)
    text = f'application,outcome,observed_on,reason\n{application},defaulted,2026-05-01,"{REASON}, they said"\n'
    assert report_of(book, text).summary() == "1 line: 0 recorded, 1 corrected, 0 already there, 0 refused"
    assert report_of(book, text).summary() == "1 line: 0 recorded, 0 corrected, 1 already there, 0 refused"


def test_a_file_that_contradicts_itself_keeps_the_first_line(book: Book) -> None:
    application = book.decided("7")
    report = report_of(
        book,
        f"application,outcome,observed_on,reason\n{application},repaid,2026-05-01,\n"
        f"{application},defaulted,2026-05-01,{REASON}\n",
    )
    assert [line.became.value for line in report.lines] == ["recorded", "refused"]
    assert "line 2 says 'repaid'" in report.lines[1].words


@pytest.mark.parametrize("column", ["applicant", "client_id", "Client ID"])
def test_a_client_number_stands_for_the_one_approved_application(book: Book, column: str) -> None:
    book.decided("7", "decline", lookup="typed:1")
    application = book.decided("7")
    report = report_of(book, f"{column},outcome,observed_on\n7,repaid,2026-05-01\n", key="client_id")
    assert report.sound
    assert book.events()[0].application == application


def test_a_client_number_of_two_approved_applications_or_of_nobody_is_refused(book: Book) -> None:
    book.decided("7"), book.decided("7", lookup="typed:1")
    book.decided("8", "decline")
    lines = "applicant,outcome,observed_on\n7,repaid,2026-05-01\n8,repaid,2026-05-01\n9,repaid,2026-05-01\n,repaid,x\n"
    report = report_of(book, lines)
    assert [line.refusal.got for line in report.lines if line.refusal] == ["2", "'8'", "'9'", "neither"]


def test_a_report_for_a_machine_holds_the_same(book: Book) -> None:
    report = report_of(book, "application,outcome,observed_on,shoe size\nx,repaid,2026-05-01,44\n")
    assert report.as_json() == {
        "counts": {"recorded": 0, "corrected": 0, "already there": 0, "refused": 1},
        "ignored_columns": ["shoe_size"],
        "lines": [
            {
                "line": 2,
                "became": "refused",
                "event": None,
                "refusal": {
                    "thing": "application",
                    "rule": "it must be one that was decided here",
                    "got": "'x'",
                    "remedy": "correct the number",
                },
            }
        ],
    }


HEAD = b"application,outcome,observed_on\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got none called application or applicant, outcome, observed_on"),
        (b"application,outcome\n", "got none called observed_on"),
        (b"application,outcome,outcome,observed_on\n", "got outcome twice"),
        ("application,outcome,observed_on\n".encode("utf-16"), "got UTF-16"),
        (b"PK\x03\x04", "got a workbook"),
        (HEAD + "a1,repaid,2026-05-01\n\u00e9".encode("latin-1"), "another encoding in line 3"),
        (HEAD + b"a\x00,repaid,2026-05-01\n", "got zero bytes"),
        (HEAD + b'a1,"repaid,2026-05-01\n', "must be CSV"),
    ],
)
def test_a_file_that_is_no_csv_of_outcomes_is_refused_as_a_whole(content: bytes, words: str) -> None:
    with pytest.raises(OutcomeRefused, match=words):
        read_outcomes(content)


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    file = read_outcomes(b"\xef\xbb\xbfApplication , Outcome,Observed on\r\n a1 ,repaid,2026-05-01\r\n")
    assert [(line.application, line.outcome, line.observed_on) for line in file.lines] == [
        ("a1", "repaid", "2026-05-01")
    ]


def test_a_file_may_be_as_large_as_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    content = HEAD + b"a1,repaid,2026-05-01\n" * 2
    monkeypatch.setattr(outcomes_file, "MOST_BYTES", len(content))
    monkeypatch.setattr(outcomes_file, "MOST_LINES", 2)
    assert len(read_outcomes(content).lines) == 2
    monkeypatch.setattr(outcomes_file, "MOST_LINES", 1)
    with pytest.raises(OutcomeRefused, match="at most 1 lines"):
        read_outcomes(content)
    monkeypatch.setattr(outcomes_file, "MOST_BYTES", len(content) - 1)
    with pytest.raises(OutcomeRefused, match="at most 73 bytes, got 74"):
        read_outcomes(content)


def test_a_cell_over_two_lines_does_not_move_the_line_numbers() -> None:
    file = read_outcomes(
        b'application,outcome,observed_on,reason\na1,repaid,2026-05-01,"one\ntwo"\na2,repaid,2026-05-01,\n'
    )
    assert [line.number for line in file.lines] == [3, 4]


def test_the_day_is_the_days_of_utc(book: Book) -> None:
    application = book.decided("7")
    late = datetime(2026, 6, 10, 23, 30, tzinfo=UTC).astimezone(datetime.strptime("+0900", "%z").tzinfo)
    tomorrow_here = Outcome(application, Repayment.REPAID, date(2026, 6, 11))
    assert "after today, 2026-06-10" in refused(book, tomorrow_here, Teller(ANA.acting, late))


def test_of_two_who_tell_at_once_one_is_recorded_and_the_other_is_told(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = book.decided("7")
    with book.ledger.reading() as cursor:
        before = outcomes_known.known_cases(cursor, [application])
    record_outcome(book.ledger, repaid(application), ANA)
    monkeypatch.setattr(outcomes_recording, "known_cases", lambda cursor, applications: before)
    with pytest.raises(OutcomeRefused, match="somebody else recorded one meanwhile, got 'repaid'"):
        record_outcome(book.ledger, defaulted(application), ANA)
    assert record_outcome(book.ledger, repaid(application), ANA).sequence == 2
    assert len(book.events()) == 1
