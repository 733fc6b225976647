"""`verify`: whether the record is what was written; where not, the first event that is wrong and what is wrong.

A record that was made good in the last days, and was not what was written before, is no success either.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from core.accounts.people import CONSOLE
from core.casework.audit_records import Verify, recorded_head, recorded_verification
from core.commands.console import Console
from core.commands.place import Place
from core.errors import LedgerLocked, LedgerUnavailable, SettingsError, SolventError, UnknownRecord
from core.ledger.head import Head
from core.ledger.made_good import KEPT
from core.ledger.recovery import JOURNAL_FOLDER
from core.ledger.verification import Verification

SOUND, NOT_SOUND = 0, 1
_LARGEST_HEAD_BYTES = 10_000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--head", metavar="FILE", help="the chain must go through this head, kept elsewhere before")
    parser.add_argument(
        "--save-head", metavar="FILE", help="when sound, keep the head in FILE, to verify against later"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace, console: Console, place: Place) -> int:
    try:
        ledger = place.ledger()
    except LedgerUnavailable as unopened:
        if unopened.first_bad is None:
            raise _with_the_way_out(unopened, place.settings.ledger_dir / JOURNAL_FOLDER) from None
        return _damaged(unopened.first_bad, str(unopened), arguments.json, console)
    against = None if arguments.head is None else _kept(arguments.head, console)
    if arguments.save_head is not None:
        _check_place(arguments.save_head, console)  # before anything says that a head was taken along
    for notice in ledger.made_good:
        console.err(notice)
    hindered = ledger.writable
    if hindered:
        console.err(hindered)
    found = recorded_verification(ledger, CONSOLE, Verify(against), progress=console.progress)
    if found.warning:
        console.err(f"Warning: {found.warning}")
    refusal = None
    if found.sound and arguments.save_head is not None:
        try:
            taken = recorded_head(ledger, CONSOLE, name=Path(arguments.save_head).name)
            found = replace(found, head=_keep(taken, arguments.save_head, console))
        except SolventError as unsaved:
            refusal = unsaved  # what was found is said all the same
    altered = ledger.altered
    if arguments.json:
        made_good = {"made_good": list(ledger.made_good), "altered": list(altered)}
        console.json({**_as_json(found), **made_good, "unwritable": hindered})
    else:
        console.lines([*_as_lines(found, against), *_as_it_was(altered)])
    if refusal is not None:
        raise refusal
    return SOUND if found.sound and not altered else NOT_SOUND


def _with_the_way_out(unopened: LedgerUnavailable, journal: Path) -> LedgerUnavailable:
    """The same refusal, and how the chain can be checked without opening or writing anything."""
    if isinstance(unopened, LedgerLocked) or not any(journal.glob("*.jsonl")):
        return unopened
    return type(unopened)(
        f"{unopened} The links can be checked as they lie, without writing and without a key: "
        f"python core/ledger/outside.py {journal} [HEAD]"
    )


def _damaged(first_bad: int, why: str, as_json: bool, console: Console) -> int:
    """A record that cannot even be opened for damage: the same answer, with nothing but where it begins."""
    if as_json:
        console.json({"sound": False, "events": None, "first_bad": first_bad, "finding": why})
    else:
        console.lines([f"NOT SOUND from event {first_bad:,} on: {why}"])
    return NOT_SOUND


def _kept(name: str, console: Console) -> Head:
    try:
        return Head.from_json(console.read(name, _LARGEST_HEAD_BYTES).decode("utf-8", "replace"))
    except OSError as error:
        raise SettingsError(
            f"Head {name}: cannot be read ({error.strerror}); name the file that was downloaded."
        ) from None
    except UnknownRecord as unlike:
        raise SettingsError(str(unlike)) from None


def _check_place(name: str, console: Console) -> None:
    try:
        console.check_writable(name)
    except OSError as error:
        raise _unwritable(name, error) from None


def _keep(head: str, name: str, console: Console) -> Head:
    """The head that is in the file now."""
    try:
        console.write(name, head.encode())
    except OSError as error:
        raise _unwritable(name, error) from None
    return Head.from_json(head)


def _unwritable(name: str, error: OSError) -> SettingsError:
    return SettingsError(f"Head {name}: cannot be written ({error.strerror or error}); name another place.")


def _as_json(found: Verification) -> dict[str, object]:
    return {
        "sound": found.sound,
        "events": found.events,
        "first_bad": found.first_bad,
        "finding": found.finding,
        "table": found.table,
        "warning": found.warning,
        "head": {"count": found.head.count, "hash": found.head.hash.hex(), "at": found.head.at.isoformat()},
        "behind": _behind(found),
    }


def _as_lines(found: Verification, against: Head | None) -> list[str]:
    if not found.sound:
        first = found.first_bad
        where = "" if first is None else f" from event {first:,} on"
        return [f"NOT SOUND{where}: {found.finding}.", _what_holds(found, against)]
    through = f", and goes through the kept head of event {against.count:,}" if against else ""
    return [
        f"Sound: {found.events:,} events, every link holds{through}.",
        f"Head: event {found.head.count:,}, {found.head.hash.hex()}, {found.head.at:%Y-%m-%d %H:%M:%S} UTC.",
        *([_behind(found)] if _behind(found) else []),
    ]


def _behind(found: Verification) -> str:
    """Why a head that was saved counts more events than were verified, in a sentence; empty when it does not."""
    more = found.head.count - found.events
    if not found.sound or more <= 0:
        return ""
    return (
        f"The head that was saved goes {more} events further than what was verified: "
        "this verification, and that its head was taken along, are on record too."
    )


def _as_it_was(altered: tuple[str, ...]) -> list[str]:
    """What remains to be said of a record that is sound by now."""
    if not altered:
        return []
    return [
        f"NOT AS IT SHOULD BE: in the last {KEPT.days} days the record was not what was written, and was made good:",
        *altered,
    ]


def _what_holds(found: Verification, against: Head | None) -> str:
    if found.table:
        return "Every link holds; what pages show from this table is not to be trusted until it was made anew."
    if found.first_bad is None or found.events < found.first_bad:
        return f"The {found.events:,} events before it hold."
    other = "" if against is None else ", or the head that was given was altered or is not one of this record"
    return (
        f"The links of the first {found.events:,} events hold among themselves: either they were written anew{other}."
    )
