"""`records`: between processes only: scores and decisions in clear, for a command of the desk's owner."""

from __future__ import annotations

import argparse
from itertools import islice

from core.accounts import roles
from core.accounts.people import CONSOLE
from core.accounts.roles import Action, Page
from core.casework.stored_record import stored_records
from core.commands.console import Console
from core.commands.place import Place
from core.commands.records import RECORDS_AT_ONCE, HereRecords
from core.commands.whole_number import whole_number


def configure(parser: argparse.ArgumentParser) -> None:
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--count", action="store_true", help="how many there are")
    asked.add_argument("--one", type=whole_number, metavar="SEQUENCE", help="the record of this event")
    asked.add_argument("--after", type=whole_number, metavar="SEQUENCE", help="the next ones behind this event")


def run(arguments: argparse.Namespace, console: Console, place: Place) -> int:
    roles.require(CONSOLE, Page.HISTORY, Action.REPLAY)
    ledger = place.ledger()
    if arguments.count:
        console.json(HereRecords(ledger).count())
    elif arguments.one is not None:
        console.json(HereRecords(ledger).one(arguments.one).as_json())
    else:
        for record in islice(stored_records(ledger, arguments.after), RECORDS_AT_ONCE):
            console.json(record.as_json())
    return 0
