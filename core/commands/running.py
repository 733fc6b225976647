"""A command that works on the ledger runs where the ledger is open: in the app, or here when nobody has it open."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Sequence

from core.commands.catalogue import ON_THE_LEDGER, module_of, parsed
from core.commands.channel import client
from core.commands.channel.server import Dispatch
from core.commands.console import Console
from core.commands.place import Place, alone
from core.errors import LedgerLocked, SettingsError
from core.settings import Settings

PATIENCE_SECONDS = 10.0  # an app that starts holds the ledger before it answers; another command soon lets it go
_LOOK_AGAIN_SECONDS = 0.2


def run_on_ledger(command: str, words: Sequence[str], settings: Settings, console: Console) -> int:
    """The exit code of the command, the same in either place."""
    asked: Namespace | None = None
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        code = client.ask(settings.channel_file, [command, *words], console)
        if code is not None:
            return code
        asked = asked or parsed(command, words, console)
        with alone(settings) as place:
            if not isinstance(place.without_ledger(), LedgerLocked) or time.monotonic() > until:
                return int(module_of(command).run(asked, console, place))
        console.progress("waiting for the process that has the ledger open")
        time.sleep(_LOOK_AGAIN_SECONDS)


def dispatch(place: Place) -> Dispatch:
    """What the process that has the desk open does with the words of a command."""

    def run(words: Sequence[str], console: Console) -> int:
        command, *rest = words or [""]
        if command not in ON_THE_LEDGER:
            known = ", ".join(sorted(ON_THE_LEDGER))
            raise SettingsError(f"Channel: runs {known}, got {command[:40]!r}; run it without the app's help.")
        return int(module_of(command).run(parsed(command, rest, console), console, place))

    return run
