"""`replay`: what was recorded, repeated with the versions of then: the same to the last bit, or what differs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from core.accounts import roles
from core.accounts.people import CONSOLE
from core.accounts.roles import Action, Page
from core.casework.pinned import RowSource
from core.casework.replay import Replayer, open_replayer
from core.casework.replay_report import Verdict
from core.casework.row_source import open_row_source
from core.commands.console import Console
from core.commands.records import Records
from core.commands.whole_number import whole_number
from core.errors import PortfolioMissing, SettingsError
from core.portfolio import contract_file
from core.settings import Settings

SAME, DIFFERENT = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sequence", nargs="?", type=whole_number, metavar="SEQUENCE", help="number of the event to repeat"
    )
    parser.add_argument("--all", action="store_true", help="every score and decision on record")
    parser.add_argument(
        "--stored-rows", action="store_true", help="from the stored feature rows alone, not through the SQL: quicker"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, console: Console, settings: Settings, records: Records) -> int:
    if (arguments.sequence is None) == (not arguments.all):
        raise SettingsError("replay: name either the number of an event or --all.")
    roles.require(CONSOLE, Page.HISTORY, Action.REPLAY)
    with _replayer(settings, console, arguments.stored_rows) as replayer:
        work = _all if arguments.all else _one
        return work(replayer, records, arguments, console)


def _all(replayer: Replayer, records: Records, arguments: argparse.Namespace, console: Console) -> int:
    report = replayer.replay_all(records.all(), console.progress, expected=records.count())
    if arguments.json:
        console.json(report.as_json())
    else:
        console.lines(report.lines)
    return SAME if report.sound else DIFFERENT


def _one(replayer: Replayer, records: Records, arguments: argparse.Namespace, console: Console) -> int:
    replay = replayer.replay_one(records.one(arguments.sequence))
    if arguments.json:
        console.json(replay.as_json())
    else:
        console.lines([replay.words])
    return SAME if replay.verdict in (Verdict.SAME, Verdict.ERASED) else DIFFERENT


@contextmanager
def _replayer(settings: Settings, console: Console, stored_rows: bool) -> Iterator[Replayer]:
    """With the portfolio's SQL where there is a portfolio; the stored rows need none."""
    with ExitStack() as opened:
        yield open_replayer(settings, None if stored_rows else _source(settings, console, opened))


def _source(settings: Settings, console: Console, opened: ExitStack) -> RowSource | None:
    try:
        return opened.enter_context(open_row_source(settings, contract_file.read(settings.contract_file)))
    except PortfolioMissing as missing:
        console.err(f"From the stored feature rows alone: {missing}")
        return None
