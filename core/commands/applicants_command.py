"""`applicants`: the keys of the portfolio's applicants, in ascending order."""

from __future__ import annotations

import argparse

from core.commands.console import Console
from core.commands.whole_number import whole_number
from core.portfolio import contract_file
from core.portfolio.tables import Tables
from core.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=whole_number, metavar="N", help="at most N keys")
    parser.add_argument("--unlabelled", action="store_true", help="only applicants without an outcome")
    parser.add_argument("--json", action="store_true", help="a JSON array of numbers")


def run(arguments: argparse.Namespace, console: Console, settings: Settings) -> int:
    tables = Tables.open(settings.tables_file, contract_file.read(settings.contract_file))
    try:
        keys = tables.keys(arguments.limit, labelled=False if arguments.unlabelled else None)
    finally:
        tables.close()
    if arguments.json:
        console.json([int(key) for key in keys])
    elif keys:
        console.lines(keys)
    return 0
