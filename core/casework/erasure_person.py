"""Who is meant by a client's number or an application's id, and what the chain holds on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from core.casework.kinds import DECIDED, DOWNLOADED, ERASED, EXPORTED, OUTCOME
from core.errors import ErasedRecord, UnknownRecord
from core.ledger.ledger import Ledger
from core.portfolio.client_number import client_number

ERASURE_BEGUN = "erasure_begun"  # somebody is being forgotten; followed by `erased`, also when killed in between
_NUMBER = re.compile(r"[0-9]{1,18}")
_CASEWORK = f"kind not in ('{ERASED}', '{ERASURE_BEGUN}')"


@dataclass(frozen=True)
class Person:
    """Somebody as the key file knows them."""

    applicant: str  # the random reference; empty: the chain never heard of them
    applicant_key: str  # the client's number; empty: nobody ever knew it
    applications: tuple[str, ...]  # whose records can still be read


@dataclass(frozen=True)
class Recorded:
    """What the chain holds on one person; it stays, and nobody can read the sealed part of it any more."""

    applications: int
    events: int
    kinds: Mapping[str, int]
    since: datetime | None  # UTC, of the first event
    copies: int  # exports and downloads since then, each of which may hold the person

    @property
    def decisions(self) -> int:
        return self.kinds.get(DECIDED, 0)

    @property
    def outcomes(self) -> int:
        return self.kinds.get(OUTCOME, 0)


def person(ledger: Ledger, whom: str) -> Person:
    """The person behind a client's number or the id of one of their applications.

    UnknownRecord for an application that nobody has, ErasedRecord for one whose person was forgotten already.
    """
    words = client_number(whom)
    if _NUMBER.fullmatch(words):
        reference = ledger.keys.reference_of(words) or ""
        return Person(reference, words, ledger.keys.applications_of(reference) if reference else ())
    reference = _reference_of(ledger, words)
    key_of_reference = ledger.keys.applicant_key(reference)
    if key_of_reference is None:
        raise ErasedRecord(f"Application {words}: its person was forgotten already; there is nothing left to erase.")
    return Person(reference, key_of_reference, ledger.keys.applications_of(reference))


def recorded(ledger: Ledger, reference: str) -> Recorded:
    """What the chain holds under this reference."""
    if not reference:
        return Recorded(0, 0, {}, None, 0)
    with ledger.reading() as cursor:
        counted = cursor.execute(
            f"select kind, count(*) from events where applicant = ? and {_CASEWORK} group by kind order by kind",
            [reference],
        ).fetchall()
        applications, since = cursor.execute(
            "select count(distinct application) filter (application <> ''), min(\"at\") "
            f"from events where applicant = ? and {_CASEWORK}",
            [reference],
        ).fetchall()[0]
        copies = cursor.execute(
            'select count(*) from events where kind in (?, ?) and "at" >= ?', [EXPORTED, DOWNLOADED, since]
        ).fetchall()[0][0]
    kinds = {str(kind): int(count) for kind, count in counted}
    return Recorded(
        applications=int(applications),
        events=sum(kinds.values()),
        kinds=kinds,
        since=since.replace(tzinfo=UTC) if since else None,
        copies=int(copies),
    )


def _reference_of(ledger: Ledger, application: str) -> str:
    events = ledger.of_application(application)
    if not events or not events[0].applicant:
        shown = repr(application if len(application) <= 40 else application[:40] + "…")
        raise UnknownRecord(
            f"Person: expected a client's number or the id of an application on record, got {shown}; "
            "look the application up in the history."
        )
    return events[0].applicant
