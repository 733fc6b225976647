"""`people`: accounts without a browser, as the actor `console`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

from core.accounts import changes
from core.accounts.changes import FirstPassword
from core.accounts.people import CONSOLE, Person, check_display_name, check_role, check_user_name, everyone
from core.accounts.roles import PERSONAL_ROLES
from core.accounts.store import AccountStore, open_accounts, open_accounts_to_read
from core.commands.console import Console
from core.errors import AccountRefused, UnknownPerson
from core.settings import Settings

Work = Callable[[AccountStore, argparse.Namespace, datetime], Person | FirstPassword]

WORKS: dict[str, Work] = {
    "add": lambda store, asked, now: _added(store, asked, now),
    "disable": lambda store, asked, now: changes.disable(store, CONSOLE, asked.user_name, now),
    "enable": lambda store, asked, now: changes.enable(store, CONSOLE, asked.user_name, now),
    "reset": lambda store, asked, now: changes.reset_password(store, CONSOLE, asked.user_name, now),
    "role": lambda store, asked, now: changes.change_role(store, CONSOLE, asked.user_name, asked.role, now),
}


def configure(parser: argparse.ArgumentParser) -> None:
    roles = ", ".join(role.value for role in PERSONAL_ROLES)
    works = parser.add_subparsers(dest="work", required=True, metavar="list|add|disable|enable|reset|role")
    listing = works.add_parser("list", help="everybody, disabled people too")
    add = works.add_parser("add", help="a new person; prints the first password once")
    add.add_argument("user_name")
    add.add_argument("--name", required=True, help="the name others read")
    add.add_argument("--role", required=True, help=f"one of {roles}")
    disable = works.add_parser("disable", help="no sign-in any more; ends the person's sessions at once")
    enable = works.add_parser("enable", help="sign-in again, with the password as it was")
    reset = works.add_parser("reset", help="a new random password, printed once; ends the person's sessions")
    for one in (disable, enable, reset):
        one.add_argument("user_name")
    role = works.add_parser("role", help="another role; ends the person's sessions")
    role.add_argument("user_name")
    role.add_argument("role", help=f"one of {roles}")
    for one in (listing, add, disable, enable, reset, role):
        one.add_argument("--json", action="store_true", help="one JSON value on standard output")


def run(arguments: argparse.Namespace, console: Console, settings: Settings) -> int:
    if arguments.work != "add" and not settings.accounts_file.exists():  # only a first person begins the file
        return _nobody(arguments, console, settings)
    if arguments.work == "list":
        people = everyone(open_accounts_to_read(settings))
        _say([_fields(person) for person in people], [_line(person) for person in people], arguments.json, console)
    else:
        result = WORKS[arguments.work](open_accounts(settings), arguments, datetime.now(UTC))
        _say_result(result, arguments.json, console)
    return 0


def _nobody(arguments: argparse.Namespace, console: Console, settings: Settings) -> int:
    if arguments.work != "list":
        raise UnknownPerson(
            f"People: nobody has the user name {arguments.user_name[:40]!r}, there are no accounts in "
            f"{settings.data_dir} yet; add the first person: python -m core people add."
        )
    if arguments.json:
        console.json([])
    console.err(f"Nobody yet in {settings.data_dir}: python -m core people add.")
    return 0


def _added(store: AccountStore, asked: argparse.Namespace, now: datetime) -> FirstPassword:
    """All that is wrong at once: who is told of one thing at a time types the same words three times."""
    try:
        return changes.add(store, CONSOLE, asked.user_name, asked.name, asked.role, now)
    except AccountRefused as refusal:
        others = _complaint(check_user_name, asked.user_name), _complaint(check_display_name, asked.name)
        complaints = dict.fromkeys((str(refusal), *others, _complaint(check_role, asked.role)))
        raise AccountRefused(" ".join(filter(None, complaints))) from None


def _complaint(check: Callable[[object], object], typed: object) -> str:
    try:
        check(typed)
    except AccountRefused as refusal:
        return str(refusal)
    return ""


def _say(value: object, lines: list[str], as_json: bool, console: Console) -> None:
    if as_json:
        console.json(value)
    else:
        console.lines(lines)


def _say_result(result: Person | FirstPassword, as_json: bool, console: Console) -> None:
    person = result.person if isinstance(result, FirstPassword) else result
    password = {"password": result.password} if isinstance(result, FirstPassword) else {}
    shown = [f"Password, shown this once: {word}" for word in password.values()]
    _say(_fields(person) | password, [_line(person), *shown], as_json, console)


def _fields(person: Person) -> dict[str, str | bool]:
    return {
        "user_name": person.user_name,
        "display_name": person.display_name,
        "role": person.role.value,
        "enabled": person.enabled,
        "must_change_password": person.must_change_password,
        "created_at": person.created_at.isoformat(),
    }


def _line(person: Person) -> str:
    state = "" if person.enabled else "  disabled"
    return f"{person.user_name:<34}{person.role.value:<16}{person.display_name}{state}"
