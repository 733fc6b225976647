"""`import`: raw tables from a folder or one file become the portfolio; a model of another portfolio retires."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.console import ConsoleProgress, print_json, print_lines
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


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    progress = ConsoleProgress()
    try:
        contract = contract_file.read(settings.contract_file)
        report = import_tables(arguments.source, contract, settings, arguments.replace, progress)
    finally:
        progress.close()
    registry.retire(settings.models_dir)  # whatever was active learnt from another portfolio
    if arguments.json:
        print_json(report.as_json())
    else:
        print_lines(report.lines())
    return 0
