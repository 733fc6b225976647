"""A command that works on the ledger runs where the ledger is open: in the app, or here when nobody has it open.

One that works long on what is recorded runs here in any case, and gets the records from wherever the ledger is open.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from core.commands.catalogue import BETWEEN_PROCESSES, ON_THE_LEDGER, module_of, parsed
from core.commands.channel import client
from core.commands.channel.address import ClosedToUs
from core.commands.channel.server import Dispatch
from core.commands.console import Console
from core.commands.place import Alone, Place, alone
from core.errors import LedgerLocked, LedgerUnavailable, SettingsError, SolventError
from core.settings import Settings

PATIENCE_SECONDS = 10.0  # an app that starts holds the ledger before it answers; another command soon lets it go
_LOOK_AGAIN_SECONDS = 0.2
_SAY_WHAT_WAS_MADE_GOOD = frozenset({"verify"})  # by themselves, with what earlier starts made good
_NICENESS = 10  # of long work beside the app, whose pages come first


def run_on_ledger(command: str, words: Sequence[str], settings: Settings, console: Console) -> int:
    """The exit code of the command, the same in either place."""

    def here(place: Alone) -> int:
        if command not in _SAY_WHAT_WAS_MADE_GOOD:
            _say_what_was_made_good(place, console)
        _say_what_is_open(place, console)
        return int(module_of(command).run(parsed(command, words, console), console, place))

    return _run(settings, console, partial(client.ask, settings.channel_file, [command, *words], console), here)


def run_on_records(command: str, words: Sequence[str], settings: Settings, console: Console) -> int:
    """The same for long work: always in this process."""
    from core.commands.records import ElsewhereRecords, HereRecords

    run = partial(module_of(command).run, parsed(command, words, console), console, settings)

    def beside() -> int | None:
        if not client.answered(settings.channel_file):
            return None
        os.nice(_NICENESS)
        return int(run(ElsewhereRecords(settings)))

    def here(place: Alone) -> int:
        _say_what_was_made_good(place, console)
        _say_what_is_open(place, console)
        return int(run(HereRecords(place.ledger())))

    return _run(settings, console, beside, here)


def dispatch(place: Place) -> Dispatch:
    """What the process that has the desk open does with the words of a command."""

    def run(words: Sequence[str], console: Console) -> int:
        command, *rest = words or [""]
        if command not in ON_THE_LEDGER | BETWEEN_PROCESSES:
            known = ", ".join(sorted(ON_THE_LEDGER))
            raise SettingsError(f"Channel: runs {known}, got {command[:40]!r}; run it without the app's help.")
        if command in ON_THE_LEDGER:
            _say_what_is_open(place, console)
        return int(module_of(command).run(parsed(command, rest, console), console, place))

    return run


def _say_what_was_made_good(place: Alone, console: Console) -> None:
    """By this start: whoever opened the ledger is the first to know, and perhaps the only one who reads."""
    if place.without_ledger() is None:
        for notice in place.ledger().notices:
            console.err(notice)


def _say_what_is_open(place: Place, console: Console) -> None:
    """Somebody was to be forgotten and is not yet: whoever comes next hears of it."""
    from core.casework import erasure_open

    with suppress(SolventError):  # what hinders the ledger is said by the command itself
        for notice in erasure_open.notices(place.ledger()):
            console.err(notice)


def _run(settings: Settings, console: Console, beside: Callable[[], int | None], here: Callable[[Alone], int]) -> int:
    """`beside` where an app answers, `here` where the ledger is free; waits a while for one of the two."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        closed = None
        try:
            code = beside()
        except ClosedToUs as elsewhere:
            closed, code = elsewhere, None
        if code is not None:
            return code
        with alone(settings) as place:
            if closed is not None and isinstance(place.without_ledger(), LedgerUnavailable):
                raise LedgerLocked(str(closed))  # an app has it, of an account that this one has nothing to do with
            if not isinstance(place.without_ledger(), LedgerLocked) or time.monotonic() > until:
                return here(place)
        console.progress("waiting for the process that has the ledger open")
        time.sleep(_LOOK_AGAIN_SECONDS)
