"""Builders of ledgers, drafts and clocks for tests: what a test does not say is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.ledger.event import Actor, Draft, Public
from core.ledger.ledger import Ledger
from core.ledger.reading import Reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFICER = Actor("ana", "officer", "10.0.0.7")
NOTES = Reading(
    "notes",
    (("sequence", "bigint"), ("at", "timestamp"), ("words", "varchar"), ("weight", "double")),
    frozenset({"noted"}),
    lambda event: (event.sequence, event.at.replace(tzinfo=None), event.public.get("words"), event.public.get("w")),
)


@dataclass
class SetClock:
    """A clock that stands still until it is set."""

    now: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


def nothing(name: str) -> None:
    """Passes a named point of a write."""


@contextmanager
def a_ledger(
    folder: Path,
    readings: Sequence[Reading] = (),
    clock: Callable[[], datetime] | None = None,
    passing: Callable[[str], None] = nothing,
) -> Iterator[Ledger]:
    """The ledger in `folder`/ledger, open until the block ends; the same folder again is the same ledger."""
    ledger = Ledger.open(folder / "ledger", folder / "master.key", readings, clock or SetClock(), passing)
    try:
        yield ledger
    finally:
        ledger.close()


def a_draft(
    kind: str = "noted",
    actor: Actor = OFFICER,
    subject: str = "thing",
    public: Public | None = None,
    application: str = "",
    applicant: str = "",
    sealed: Public | None = None,
    idempotency_key: str = "",
    at: datetime | None = None,
) -> Draft:
    return Draft(kind, actor, subject, public or {}, application, applicant, sealed, idempotency_key, at)


def a_sealed_draft(
    ledger: Ledger,
    sealed: Public,
    lookup: str = "stored:1",
    applicant_key: str = "1",
    kind: str = "noted",
    public: Public | None = None,
    idempotency_key: str = "",
) -> Draft:
    """A draft whose sealed part only the key of the application at `lookup` opens."""
    key = ledger.keys.application(lookup, applicant_key)
    return a_draft(
        kind,
        subject=key.application,
        public=public,
        application=key.application,
        applicant=key.applicant,
        sealed=sealed,
        idempotency_key=idempotency_key,
    )
