"""Outcomes onto the chain: one by a form, many by a file, where good lines are recorded and bad ones explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework.json_fields import text
from core.casework.outcomes import (
    AlreadyThere,
    Case,
    Outcome,
    Refusal,
    Repayment,
    ToRecord,
    judge,
    outcome_draft,
    shown,
)
from core.casework.outcomes_file import Line, OutcomeFile
from core.casework.outcomes_known import known_cases
from core.casework.outcomes_report import Became, LineReport, OutcomeReport
from core.errors import OutcomeRefused
from core.ledger.event import Actor, Event
from core.ledger.ledger import Ledger
from core.portfolio.client_number import client_number

AT_ONCE = 10_000  # events of one transaction


@dataclass(frozen=True)
class Teller:
    """Who tells it, from where and when."""

    acting: Acting
    now: datetime
    address: str = ""

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()

    @property
    def actor(self) -> Actor:
        return Actor(self.acting.user_name, self.acting.role.value, self.address)


def record_outcome(ledger: Ledger, outcome: Outcome, teller: Teller) -> Event:
    """The event of this outcome, also when it was there before; OutcomeRefused, PermissionRefused, LedgerUnwritable."""
    report = _recorded(ledger, [Told(1, outcome)], {}, teller)[0]
    if report.refusal is not None:
        raise OutcomeRefused(f"Outcome: {report.refusal.words}")
    assert report.event is not None, "what is not refused stands on the chain"
    return ledger.event(report.event)


def record_file(ledger: Ledger, file: OutcomeFile, teller: Teller) -> OutcomeReport:
    """What became of each line; the same file again records nothing twice. PermissionRefused, LedgerUnwritable."""
    roles.require(teller.acting, Page.HISTORY, Action.RECORD_OUTCOME)
    applications = _Applications(ledger, [line for line in file.lines if not line.application])
    told, reports = [], {}
    for line in file.lines:
        read = _read(line, applications)
        if isinstance(read, Refusal):
            reports[line.number] = LineReport(line.number, Became.REFUSED, refusal=read)
        else:
            told.append(Told(line.number, read))
    repeated = {line: LineReport(line, Became.REFUSED, refusal=refusal) for line, refusal in _contradictions(told)}
    lines = [*reports.values(), *_recorded(ledger, told, repeated, teller)]
    return OutcomeReport(tuple(sorted(lines, key=lambda report: report.line)), file.ignored_columns)


@dataclass(frozen=True)
class Told:
    """One outcome and the line it comes from."""

    line: int
    outcome: Outcome


def _recorded(
    ledger: Ledger, told: Sequence[Told], refused: Mapping[int, LineReport], teller: Teller
) -> list[LineReport]:
    roles.require(teller.acting, Page.HISTORY, Action.RECORD_OUTCOME)
    with ledger.reading() as cursor:
        cases = known_cases(cursor, [one.outcome.application for one in told])
    reports, allowed = [*refused.values()], []
    for one in told:
        if one.line in refused:
            continue
        judged = judge(one.outcome, cases[one.outcome.application], teller.today, lambda event: _reason(ledger, event))
        if isinstance(judged, Refusal):
            reports.append(LineReport(one.line, Became.REFUSED, refusal=judged))
        elif isinstance(judged, AlreadyThere):
            reports.append(LineReport(one.line, Became.ALREADY_THERE, event=judged.recorded.sequence))
        else:
            allowed.append((one.line, judged))
    for start in range(0, len(allowed), AT_ONCE):
        reports += _appended(ledger, allowed[start : start + AT_ONCE], teller)
    return reports


def _appended(ledger: Ledger, allowed: Sequence[tuple[int, ToRecord]], teller: Teller) -> Iterator[LineReport]:
    drafts = [outcome_draft(to_record, teller.actor) for _, to_record in allowed]
    events = ledger.append(drafts)
    written: set[int] = set()
    for (line, to_record), draft, event in zip(allowed, drafts, events, strict=True):
        if event.public != draft.public:  # somebody else was faster
            yield LineReport(line, Became.REFUSED, refusal=_overtaken(event))
        elif event.sequence in written:  # the same line twice
            yield LineReport(line, Became.ALREADY_THERE, event=event.sequence)
        else:
            written.add(event.sequence)
            became = Became.RECORDED if to_record.corrects is None else Became.CORRECTED
            yield LineReport(line, became, event=event.sequence)


def _overtaken(event: Event) -> Refusal:
    got = f"'{text(event.public, 'outcome')}' (event {event.sequence:,})"
    return Refusal("outcome", "somebody else recorded one meanwhile", got, "look at it and correct it if it is wrong")


def _reason(ledger: Ledger, sequence: int) -> str:
    return text(ledger.unsealed(ledger.event(sequence)), "reason")


def _contradictions(told: Sequence[Told]) -> Iterator[tuple[int, Refusal]]:
    """Lines that say something else of an application than a line before."""
    first: dict[str, Told] = {}
    for one in told:
        before = first.setdefault(one.outcome.application, one)
        if before.outcome != one.outcome:
            rule = f"a file says one thing of an application, and line {before.line} says '{before.outcome.outcome}'"
            got = f"'{one.outcome.outcome}' on {one.outcome.observed_on}"
            yield one.line, Refusal("outcome", rule, got, "send a correction in a file of its own")


class _Applications:
    """Which approved applications a client number stands for."""

    def __init__(self, ledger: Ledger, lines: Sequence[Line]) -> None:
        clients = {line.applicant for line in lines if line.applicant}
        self._of: dict[str, tuple[str, ...]] = {}
        for client in clients:
            reference = ledger.keys.reference_of(client_number(client))
            self._of[client] = ledger.keys.applications_of(reference) if reference else ()
        with ledger.reading() as cursor:
            self._cases = known_cases(cursor, [each for several in self._of.values() for each in several])

    def approved(self, client: str) -> tuple[Case, ...]:
        cases = (self._cases[application] for application in self._of[client])
        return tuple(case for case in cases if case.approval is not None)


def _read(line: Line, applications: _Applications) -> Outcome | Refusal:
    """The line as an outcome of one application."""
    application = line.application or _application_of(line, applications)
    if isinstance(application, Refusal):
        return application
    if line.surplus:
        return Refusal("line", "each cell has a name in line 1", f"{line.surplus} more", "quote cells with separators")
    if line.outcome.casefold() not in list(Repayment):
        choices = " or ".join(repr(choice.value) for choice in Repayment)
        return Refusal("outcome", f"it must be {choices}", shown(line.outcome), "correct it")
    day = _day(line.observed_on)
    if day is None:
        rule = "it must be a day written as 2026-11-21"
        return Refusal("observed_on", rule, shown(line.observed_on), "correct it")
    return Outcome(application, Repayment(line.outcome.casefold()), day, line.reason)


def _application_of(line: Line, applications: _Applications) -> str | Refusal:
    if not line.applicant:
        return Refusal("application", "each line names one, or a client number", "neither", "fill in one of them")
    approved = applications.approved(line.applicant)
    if len(approved) == 1:
        return approved[0].application
    if not approved:
        rule = "this client must have an approved application here"
        return Refusal("client number", rule, shown(line.applicant), "correct the number")
    rule = "it must have one approved application here to stand for it"
    return Refusal("client number", rule, f"{len(approved)}", "name the application instead")


def _day(written: str) -> date | None:
    try:
        return datetime.strptime(written, "%Y-%m-%d").date()
    except ValueError:
        return None
