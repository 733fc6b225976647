"""`import`: raw tables from a folder or one file become the portfolio; a model of another portfolio retires."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.console import Console
from core.model import registry
from core.portfolio import contract_file
from core.portfolio.importing import import_tables
from core.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        required=True,
        metavar="PATH",
        help="a folder with raw tables, or the main table",
    )
    parser.add_argument(
        "--replace", action="store_true", help="put it in the place of the present portfolio and retire its model"
    )
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")


def run(arguments: argparse.Namespace, console: Console, settings: Settings) -> int:
    contract = contract_file.read(settings.contract_file)
    report = import_tables(arguments.source, contract, settings, arguments.replace, console.progress)
    registry.retire(settings.models_dir)  # whatever was active learnt from another portfolio
    if arguments.json:
        console.json(report.as_json())
    else:
        console.lines(report.lines())
    return 0
