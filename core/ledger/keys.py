"""Who an application is about, and the key that opens its records; forgetting a person is destroying keys here."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from base64 import b32encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import LedgerUnavailable, MasterKeyRefused
from core.ledger.keys_cipher import KeyCipher
from core.ledger.keys_file import REMEDY, KeyFile, make_key_file
from core.ledger.keys_master import KEY_BYTES, derived, make_master_key, read_master_key, remove_unfinished

KEY_FILE = "keys.sqlite"
ID_BYTES = 10  # 80 random bits: two applications never get the same id


@dataclass(frozen=True)
class ApplicationKey:
    """Our names for an application and for its applicant; neither says anything about the person."""

    application: str
    applicant: str


class KeyStore:
    """Applications, applicants and their keys; safe to share between threads."""

    def __init__(self, file: KeyFile, master_key: bytes, rng: Callable[[int], bytes]) -> None:
        self._file = file
        self._master_key = master_key
        self._rng = rng
        self._cipher = KeyCipher(master_key, rng)

    @classmethod
    def open(cls, folder: Path, master_key_file: Path, rng: Callable[[int], bytes] = secrets.token_bytes) -> KeyStore:
        """The keys of the ledger in this folder; both files are made when there is no ledger yet, and only then."""
        path = folder / KEY_FILE
        for made in (path, master_key_file):
            remove_unfinished(made)
        if not path.exists():
            if _holds_records(folder):
                raise LedgerUnavailable(f"Key file {path.name}: it is missing, and there are records; {REMEDY}.")
            known = master_key_file.exists()
            master_key = read_master_key(master_key_file) if known else make_master_key(master_key_file, rng)
            make_key_file(path, {"check": _check_value(master_key)})
        master_key = read_master_key(master_key_file)
        file = KeyFile(path)
        try:
            _require_right(master_key, master_key_file, file)
        except BaseException:
            file.close()
            raise
        return cls(file, master_key, rng)

    def application(self, lookup: str, applicant_key: str) -> ApplicationKey:
        """The application of this lookup, made (and on the disk) when there is none; without an applicant's key
        nobody is known, and the reference is of this application alone."""
        (found,) = self.applications([(lookup, applicant_key)])
        return found

    def applications(self, lookups: Sequence[tuple[str, str]]) -> list[ApplicationKey]:
        """One application for each (lookup, applicant's key), in one transaction."""
        with self._file.reading() as connection:
            known = [self._known(connection, lookup) for lookup, _ in lookups]
        if None not in known:
            return [found for found in known if found is not None]
        with self._file.writing() as connection:
            return [self._get_or_make(connection, lookup, applicant_key) for lookup, applicant_key in lookups]

    def known(self, lookup: str) -> ApplicationKey | None:
        with self._file.reading() as connection:
            return self._known(connection, lookup)

    def key_of(self, application: str) -> bytes | None:
        """The key that opens this application's records; None: destroyed, or never there."""
        with self._file.reading() as connection:
            row = connection.execute(
                "select reference, lookup, wrapped_key from applications where application = ?", (application,)
            ).fetchone()
        return self._unwrapped(row[2], application, row[0], row[1]) if row else None

    def applicant_key(self, reference: str) -> str | None:
        """Which applicant this reference is: None when forgotten, empty when nobody was ever known."""
        with self._file.reading() as connection:
            row = connection.execute(
                "select lookup, wrapped_key from applicants where reference = ?", (reference,)
            ).fetchone()
        return self._unwrapped(row[1], reference, row[0]).decode() if row else None

    def reference_of(self, applicant_key: str) -> str | None:
        with self._file.reading() as connection:
            return self._reference_of(connection, applicant_key)

    def applications_of(self, reference: str) -> tuple[str, ...]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select application from applications where reference = ? order by application", (reference,)
            ).fetchall()
        return tuple(application for (application,) in rows)

    def with_a_key(self) -> frozenset[str]:
        """The applications that have one."""
        with self._file.reading() as connection:
            return frozenset(name for (name,) in connection.execute("select application from applications"))

    def destroy_application(self, application: str) -> None:
        self.destroy_applications([application])

    def destroy_applications(self, applications: Sequence[str]) -> None:
        """Destroys these applications' keys for good, and forgets applicants of whom no application is left."""
        with self._file.writing() as connection:
            for application in applications:
                row = connection.execute(
                    "delete from applications where application = ? returning reference", (application,)
                ).fetchone()
                if row:
                    connection.execute(
                        "delete from applicants where reference = ? "
                        "and not exists (select 1 from applications where applications.reference = ?)",
                        (row[0], row[0]),
                    )
            _sweep_is_due(connection)
        self._file.sweep()

    def destroy_applicant(self, reference: str) -> None:
        """Forgets the applicant: who it was and the keys of all applications."""
        with self._file.writing() as connection:
            connection.execute("delete from applications where reference = ?", (reference,))
            connection.execute("delete from applicants where reference = ?", (reference,))
            _sweep_is_due(connection)
        self._file.sweep()

    def check(self) -> int:
        """How many applications have a key; LedgerUnavailable unless each key and each applicant opens."""
        with self._file.reading() as connection:
            applicants = connection.execute("select reference, lookup, wrapped_key from applicants").fetchall()
            rows = connection.execute("select application, reference, lookup, wrapped_key from applications").fetchall()
        for reference, lookup, wrapped in applicants:
            self._unwrapped(wrapped, reference, lookup)
        for application, reference, lookup, wrapped in rows:
            self._unwrapped(wrapped, application, reference, lookup)
        return len(rows)

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for this purpose, the same as long as the master key is."""
        return derived(self._master_key, f"purpose {purpose}")

    @property
    def ledger_id(self) -> str:
        """Which ledger this is, for files that leave it: 16 hexadecimal digits."""
        return self.derived("ledger id")[:8].hex()

    def close(self) -> None:
        self._file.close()

    def _known(self, connection: sqlite3.Connection, lookup: str) -> ApplicationKey | None:
        row = connection.execute(
            "select application, reference from applications where lookup = ?",
            (self._cipher.application_token(lookup),),
        ).fetchone()
        return ApplicationKey(*row) if row else None

    def _reference_of(self, connection: sqlite3.Connection, applicant_key: str) -> str | None:
        row = connection.execute(
            "select reference from applicants where lookup = ?", (self._cipher.applicant_token(applicant_key),)
        ).fetchone()
        return str(row[0]) if row else None

    def _get_or_make(self, connection: sqlite3.Connection, lookup: str, applicant_key: str) -> ApplicationKey:
        known = self._known(connection, lookup)  # again: another thread may have been faster
        if known:
            return known
        reference = self._reference_of(connection, applicant_key) if applicant_key else None
        if reference is None:
            reference = self._add_applicant(connection, applicant_key)
        made = ApplicationKey(self._new_id("A"), reference)
        token = self._cipher.application_token(lookup)
        wrapped = self._cipher.wrapped(self._rng(KEY_BYTES), made.application, reference, token)
        connection.execute(
            "insert into applications (application, reference, lookup, wrapped_key) values (?, ?, ?, ?)",
            (made.application, reference, token, wrapped),
        )
        return made

    def _add_applicant(self, connection: sqlite3.Connection, applicant_key: str) -> str:
        reference = self._new_id("P")
        token = self._cipher.applicant_token(applicant_key) if applicant_key else None
        wrapped = self._cipher.wrapped(applicant_key.encode(), reference, token)
        connection.execute(
            "insert into applicants (reference, lookup, wrapped_key) values (?, ?, ?)", (reference, token, wrapped)
        )
        return reference

    def _new_id(self, letter: str) -> str:
        return letter + b32encode(self._rng(ID_BYTES)).decode()

    def _unwrapped(self, wrapped: bytes, *row: str | bytes | None) -> bytes:
        key = self._cipher.unwrapped(wrapped, *row)
        if key is None:
            raise self._file.damaged("one of its keys does not open, so it was changed or is damaged")
        return key


def _holds_records(folder: Path) -> bool:
    """Whether this folder was a ledger already: its keys must then exist, and new ones would help nobody."""
    segments = folder.glob("journal/*")
    return (folder / "head").exists() or any(segment.stat().st_size > 0 for segment in segments)


def _require_right(master_key: bytes, master_key_file: Path, file: KeyFile) -> None:
    with file.reading() as connection:
        row = connection.execute("select value from about where name = 'check'").fetchone()
    if row is None:
        raise file.damaged("it does not say which master key it belongs to")
    if not hmac.compare_digest(row[0], _check_value(master_key)):
        raise MasterKeyRefused(
            f"Master key {master_key_file.name}: it is not the one that {file.path.name} was made with; "
            "restore the right one from its backup."
        )


def _check_value(master_key: bytes) -> bytes:
    return derived(master_key, "check")


def _sweep_is_due(connection: sqlite3.Connection) -> None:
    # in the transaction that deletes: a kill before the sweep is made good at the next start
    connection.execute("insert or replace into about (name, value) values ('sweep due', x'')")
