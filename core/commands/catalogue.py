"""The commands there are, what each does, and how one is found and parsed."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import IO, NoReturn

from core.commands.console import Console

# command -> what it does, for --help; the module of the same name in core/commands configures and runs it
COMMANDS = {
    "setup": "make the demo portfolio, its model and its past where they are missing",
    "import": "read the raw tables of a portfolio from a folder or one file",
    "applicants": "list applicant keys",
    "train": "build missing features, then train, calibrate and measure a model",
    "score": "score one applicant and say why",
    "verify": "check every link of the record and name the first event that is wrong",
    "replay": "repeat recorded scores and decisions, to the last bit",
    "outcomes": "record what became of approved loans, from a CSV file",
    "erase": "forget a person on request, or the applications whose time is over",
    "people": "list, add, disable and enable people, reset a password, change a role",
}
# these work on the ledger, which one process opens: `run(arguments, console, place)`, wherever that process is;
# the others open what several processes may: `run(arguments, console, settings)`
ON_THE_LEDGER = frozenset({"score", "verify", "outcomes", "erase"})
# these work long on records, always in a process of their own: `run(arguments, console, settings, records)`
ON_RECORDS = frozenset({"replay"})
# what such a command asks of the process that has the ledger open; nobody types it
BETWEEN_PROCESSES = frozenset({"records"})

PROGRAM = "python -m core"  # a console shows it as it must be typed from where somebody sits
_USAGE = 2  # what argparse ends with


def module_of(command: str) -> ModuleType:
    return importlib.import_module(f"core.commands.{command}_command")


def parsed(
    command: str, words: Sequence[str], console: Console | None = None, program: str = PROGRAM
) -> argparse.Namespace:
    """What these words ask of a command; SystemExit after --help and for words it does not know.

    With a console, both are said there: the command may have been typed in another process. `program` is how this
    one was called.
    """
    title = f"{program} {command}"
    own = argparse.ArgumentParser(title) if console is None else _SaidElsewhere(title, console)
    own.description = COMMANDS.get(command)
    module_of(command).configure(own)
    return own.parse_args(words)


class _SaidElsewhere(argparse.ArgumentParser):
    def __init__(self, prog: str, console: Console) -> None:
        super().__init__(prog)
        self._console = console

    def print_help(self, file: IO[str] | None = None) -> None:  # type: ignore[override]  # argparse's own is private
        self._console.out(self.format_help().rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        self._console.err(f"{self.format_usage()}{self.prog}: error: {message}")
        raise SystemExit(_USAGE)
