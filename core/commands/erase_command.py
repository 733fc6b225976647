"""`erase`: shows what forgetting a person, or what is past its time, takes away, and does it when that is confirmed."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from core.accounts.people import CONSOLE
from core.casework.erasure import Erased, ErasureOrder, Erasures
from core.casework.erasure_preview import Preview
from core.casework.erasure_rules import LONGEST_REASON, SHORTEST_REASON
from core.casework.retention import Due, Retention
from core.commands.console import Console
from core.commands.place import Place
from core.errors import ErasedRecord, SettingsError, UnknownApplicant
from core.ledger.event import Json

DONE, NOT_CONFIRMED = 0, 1
_WORD = "erase"


def configure(parser: argparse.ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--applicant", metavar="ID", help="the client with this number")
    whom.add_argument("--application", metavar="ID", help="the client of this application")
    whom.add_argument("--past-retention", action="store_true", help="all applications whose time is over")
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        default="",
        help="how it was asked for and by which right, "
        f"{SHORTEST_REASON} to {LONGEST_REASON} characters; stays on record, so name nobody",
    )
    parser.add_argument("--preview", action="store_true", help="only show what would be taken away and what would stay")
    parser.add_argument("--yes", action="store_true", help="do not ask whether it is meant")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, console: Console, place: Place) -> int:
    _check_question(arguments)
    try:
        planned = _planned(arguments, place)
    except (UnknownApplicant, ErasedRecord):
        done = None if arguments.preview else place.erasures().complete(arguments.reason)
        if done is None:
            raise
        _say(_person_erased(done), arguments.json, console)
        return DONE
    if arguments.preview:
        _say(planned.shown, arguments.json, console)
        return DONE
    if not arguments.yes and not _confirmed(planned.shown, console):
        console.err("Nothing was erased.")
        return NOT_CONFIRMED
    console.progress("erasing")  # from here on nothing cuts it short: it is finished, or resumed at the next start
    _say(planned.carry_out(), arguments.json, console)
    return DONE


@dataclass(frozen=True)
class Said:
    """The same for a machine and for a person."""

    fields: dict[str, Json]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What an erasure would do, and the doing."""

    shown: Said
    carry_out: Callable[[], Said]


def _planned(arguments: argparse.Namespace, place: Place) -> Plan:
    if arguments.past_retention or arguments.preview:
        place.ledger()  # a look begins no record, and what was never recorded is not past its time
    if arguments.past_retention:
        return _plan_retention(Retention(place.ledger(), place.settings.retention_days))
    return _plan_person(place.erasures(), arguments.applicant or arguments.application, arguments.reason)


def _check_question(arguments: argparse.Namespace) -> None:
    if arguments.applicant is not None and not (arguments.applicant.isascii() and arguments.applicant.isdecimal()):
        raise SettingsError(f"erase: --applicant expects a client's number, got {arguments.applicant[:40]!r}.")
    if arguments.application is not None and arguments.application.isdecimal():
        raise SettingsError("erase: --application expects the id of an application; a client's number is --applicant.")
    if not (arguments.past_retention or arguments.preview or arguments.reason):
        raise SettingsError(
            "erase: --reason says how it was asked for and by which right; it stays on record, so name nobody."
        )


def _confirmed(shown: Said, console: Console) -> bool:
    for line in shown.lines:
        console.err(line)
    answer = console.ask(f"This cannot be undone. Type {_WORD} to go on:")
    if answer is None:
        raise SettingsError("erase: nobody is here to confirm it; look at it with --preview, then give --yes.")
    return answer == _WORD


def _say(said: Said, as_json: bool, console: Console) -> None:
    if as_json:
        console.json(said.fields)
    else:
        console.lines(said.lines)


def _plan_person(erasures: Erasures, whom: str, reason: str) -> Plan:
    order = ErasureOrder(whom, reason, idempotency_key=secrets.token_hex(16))
    return Plan(
        _person_shown(erasures.preview(whom, CONSOLE)),
        lambda: _person_erased(erasures.carry_out(order, CONSOLE)),
    )


def _person_shown(found: Preview) -> Said:
    recorded, holdings = found.recorded, found.holdings
    fields: dict[str, Json] = {
        "applicant": found.person.applicant,
        "applications": recorded.applications,
        "events": recorded.events,
        "decisions": recorded.decisions,
        "outcomes": recorded.outcomes,
        "portfolio_rows": holdings.rows,
        "stays": list(found.stays),
    }
    lines = (
        "Taken away:",
        f"  the keys of {recorded.applications:,} applications, sealed in {recorded.events:,} events "
        f"({recorded.decisions:,} decisions, {recorded.outcomes:,} outcomes)",
        f"  {holdings.rows:,} rows of the portfolio",
        "What stays:",
        *(f"  {sentence}" for sentence in found.stays),
    )
    return Said(fields, lines)


def _person_erased(done: Erased) -> Said:
    fields: dict[str, Json] = {
        "erased": done.sequence,
        "at": done.at.isoformat(),
        "applicant": done.applicant,
        "applications": done.applications,
        "events": done.events,
        "decisions": done.decisions,
        "outcomes": done.outcomes,
        "portfolio_rows": done.portfolio_rows,
    }
    line = (
        f"Forgotten: {done.applications:,} applications in {done.events:,} events, {done.portfolio_rows:,} rows of the "
        f"portfolio; event {done.sequence:,} says so under the reference {done.applicant}."
    )
    return Said(fields, (line,))


def _plan_retention(retention: Retention) -> Plan:
    now, run = datetime.now(UTC), secrets.token_hex(16)
    due = retention.due(now, CONSOLE)

    def carry_out() -> Said:
        forgotten = retention.carry_out(due, CONSOLE, now, run) if due.applications else 0
        return Said({"applications": forgotten}, (f"Forgotten: {forgotten:,} applications whose time was over.",))

    return Plan(_due_shown(due), carry_out)


def _due_shown(due: Due) -> Said:
    fields: dict[str, Json] = {
        "before": due.before.isoformat(),
        "applications": due.applications,
        "applicants": due.applicants,
        "events": due.events,
        "first": due.first.isoformat() if due.first else None,
    }
    line = (
        f"Past their time, with nothing heard of them since {due.before:%d %B %Y}: {due.applications:,} applications "
        f"of {due.applicants:,} clients, {due.events:,} events. Their keys are destroyed; the portfolio stays as it is."
    )
    return Said(fields, (line,))
