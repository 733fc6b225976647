"""`outcomes`: what became of approved loans, read from a CSV file; good lines are recorded, bad ones explained."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from core.accounts.people import CONSOLE
from core.casework.outcomes_file import COLUMNS, MOST_BYTES, OutcomeFile, read_outcomes
from core.casework.outcomes_recording import Teller, record_file
from core.casework.outcomes_report import OutcomeReport
from core.commands.console import Console
from core.commands.place import Place
from core.errors import OutcomeRefused
from core.portfolio import contract_file

ALL_ON_RECORD, SOME_REFUSED = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="FILE",
        help=f"CSV with the columns {', '.join(COLUMNS)}; application or applicant, reason for corrections; - reads "
        "standard input",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, console: Console, place: Place) -> int:
    ledger = place.ledger()
    contract = contract_file.read(place.settings.contract_file)
    console.progress("reading the file of outcomes")
    file = _file(arguments.source, contract.portfolio.key, console)
    console.progress(f"recording {len(file.lines):,} outcomes")
    report = record_file(ledger, file, Teller(CONSOLE, datetime.now(UTC)))
    if arguments.json:
        console.json(report.as_json())
    else:
        console.lines(_as_lines(report))
    return ALL_ON_RECORD if report.sound else SOME_REFUSED


def _file(name: str, key: str, console: Console) -> OutcomeFile:
    try:
        return read_outcomes(console.read(name, MOST_BYTES + 1), key)
    except OSError as error:
        raise OutcomeRefused(f"File of outcomes {name}: cannot be read ({error.strerror}); name a CSV file.") from None


def _as_lines(report: OutcomeReport) -> list[str]:
    ignored = ", ".join(report.ignored_columns)
    return [
        *(line.words for line in report.lines),
        *([f"Columns that say nothing here: {ignored}."] if ignored else []),
        f"{report.summary()}.",
    ]
