"""`python -m core [--data DIR] COMMAND …`: only dispatches."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core import settings
from core.commands.catalogue import COMMANDS, ON_RECORDS, ON_THE_LEDGER, PROGRAM, module_of, parsed
from core.commands.console import TerminalConsole, typed_from_here
from core.commands.running import run_on_ledger, run_on_records
from core.errors import SettingsError, SolventError

__all__ = ["COMMANDS", "main"]

INTERRUPTED = 130  # as a shell says it


def main(words: Sequence[str] | None = None) -> int:
    parser = _parser()
    chosen = parser.parse_args(words)
    if chosen.command is None:
        parser.error(f"name a command: {', '.join(COMMANDS)}")
    console = TerminalConsole(chosen.data)
    try:
        return _run(chosen, console)
    except SolventError as refusal:
        console.err(f"{type(refusal).__name__}: {refusal}")
        return refusal.exit_code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    program = typed_from_here(PROGRAM, None)
    parser = argparse.ArgumentParser(
        prog=program,
        usage=f"{program} [-h] [--data DIR] COMMAND ...",
        description="Solvent without a browser.",
        epilog="commands:\n" + "\n".join(f"  {name:<12}{work}" for name, work in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a second desk, kept apart in DIR")
    parser.add_argument("command", nargs="?", choices=COMMANDS, metavar="COMMAND", help="one of the commands below")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _run(chosen: argparse.Namespace, console: TerminalConsole) -> int:
    command, words = chosen.command, chosen.rest
    program = typed_from_here(PROGRAM, chosen.data)
    if {"-h", "--help"} & set(words):
        parsed(command, words, program=program)
    own = settings.read(data_dir=chosen.data)
    _check_folder(own.data_dir)
    if command in ON_THE_LEDGER:
        return run_on_ledger(command, words, own, console)
    if command in ON_RECORDS:
        return run_on_records(command, words, own, console)
    return int(module_of(command).run(parsed(command, words, program=program), console, own))


def _check_folder(data_dir: Path) -> None:
    """SettingsError where something else lies there, or above: no command could make a desk of it."""
    there = next(place for place in (data_dir, *data_dir.parents) if place.exists())
    if not there.is_dir():
        raise SettingsError(f"--data {data_dir}: must be a folder, got a file at {there}; name another one.")


if __name__ == "__main__":
    sys.exit(main())
