"""`python -m core [--data DIR] COMMAND …`: only dispatches."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core import settings
from core.commands.catalogue import COMMANDS, ON_RECORDS, ON_THE_LEDGER, module_of, parsed
from core.commands.console import TerminalConsole, print_refusal
from core.commands.running import run_on_ledger, run_on_records
from core.errors import SolventError

__all__ = ["COMMANDS", "main"]

INTERRUPTED = 130  # as a shell says it


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m core",
        description="Solvent without a browser.",
        epilog="commands:\n" + "\n".join(f"  {name:<12}{work}" for name, work in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a second desk, kept apart in DIR")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of the commands below")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    try:
        return _run(chosen)
    except SolventError as refusal:
        print_refusal(refusal, chosen.data)
        return refusal.exit_code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(chosen: argparse.Namespace) -> int:
    command, words = chosen.command, chosen.rest
    if {"-h", "--help"} & set(words):
        parsed(command, words)
    own = settings.read(data_dir=chosen.data)
    if command in ON_THE_LEDGER:
        return run_on_ledger(command, words, own, TerminalConsole(chosen.data))
    if command in ON_RECORDS:
        return run_on_records(command, words, own, TerminalConsole(chosen.data))
    return int(module_of(command).run(parsed(command, words), own))


if __name__ == "__main__":
    sys.exit(main())
