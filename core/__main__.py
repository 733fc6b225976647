"""`python -m core [--data DIR] COMMAND …`: only dispatches."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from core import settings
from core.commands.console import print_refusal
from core.errors import SolventError

# command -> what it does, for --help; the module of the same name in core/commands configures and runs it
COMMANDS = {
    "setup": "make the demo portfolio and its model where they are missing",
    "import": "read the raw tables of a portfolio from a folder or one file",
    "applicants": "list applicant keys",
    "train": "build missing features, then train, calibrate and measure a model",
    "score": "score one applicant and say why",
    "people": "list, add, disable and enable people, reset a password, change a role",
}


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
    command = importlib.import_module(f"core.commands.{chosen.command}_command")
    own = argparse.ArgumentParser(prog=f"python -m core {chosen.command}", description=COMMANDS[chosen.command])
    command.configure(own)
    arguments = own.parse_args(chosen.rest)
    try:
        return int(command.run(arguments, settings.read(data_dir=chosen.data)))
    except SolventError as refusal:
        print_refusal(refusal, chosen.data)
        return refusal.exit_code
    except BrokenPipeError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
