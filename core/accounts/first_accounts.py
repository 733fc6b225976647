"""The first people of a desk: one per role, with random passwords that only the machine's owner gets to see."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.accounts.changes import insert
from core.accounts.passwords import readable_password
from core.accounts.people import CONSOLE, Person, everyone
from core.accounts.roles import PERSONAL_ROLES, Role
from core.accounts.store import AccountStore
from core.errors import AccountRefused


@dataclass(frozen=True)
class FirstAccount:
    user_name: str
    role: Role
    password: str

    @property
    def line(self) -> str:
        return f"{self.role.words:<16}{self.user_name:<16}{self.password}"


def make_first_accounts(store: AccountStore, file: Path, now: datetime) -> tuple[FirstAccount, ...]:
    """What was made, to be shown once; empty when there are people already, and then nothing is touched."""
    if everyone(store):
        return ()
    made = tuple(
        FirstAccount(role.value.replace("_", "."), role, readable_password(store.rng)) for role in PERSONAL_ROLES
    )
    hashes = [store.hasher.hash(account.password.encode("ascii")) for account in made]
    with store.writing() as connection:
        if connection.execute("select 1 from people").fetchone() is not None:
            return ()
        _write_for_owner(file, made)  # before the commit: passwords that nobody can read would lock everybody out
        for account, hashed in zip(made, hashes, strict=True):
            # no forced change: whoever can read the file owns the machine, and five changes stand before a first look
            insert(connection, _person(account, now), hashed, CONSOLE)
    return made


def _person(account: FirstAccount, now: datetime) -> Person:
    shown = account.role.words.capitalize()
    return Person(account.user_name, shown, account.role, True, False, now, now)


def _write_for_owner(file: Path, made: tuple[FirstAccount, ...]) -> None:
    """A file from an interrupted start names accounts that never came to be, and is replaced."""
    try:
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write("First accounts of this desk. Hand the passwords out, then delete this file.\n\n")
            out.write("".join(f"{account.line}\n" for account in made))
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise AccountRefused(
            f"First accounts: {file.name} cannot be written ({error.strerror}); "
            "make its folder writable and start again."
        ) from error
