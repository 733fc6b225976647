"""An application of the record, asked for again: by its client where the portfolio has it, else by its raw fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.casework.kinds import SCORED
from core.casework.layout import sealed_score
from core.casework.recording import stored_lookup
from core.errors import UnknownRecord
from core.ledger.event import Event, Json
from core.portfolio.application import Application


@dataclass(frozen=True)
class Reopened:
    """What is needed to score it again."""

    client: str  # the number under which it lies in the portfolio; empty: it was typed in
    application: Application  # the raw fields as scored
    history_of: str | None


class Readable(Protocol):
    """What is needed of the ledger."""

    def of_application(self, application: str) -> tuple[Event, ...]: ...
    def unsealed(self, event: Event) -> dict[str, Json]: ...


def reopened(ledger: Readable, application: str) -> Reopened:
    """The application as it was last scored; UnknownRecord where it never was, ErasedRecord where it was forgotten."""
    scored = [event for event in ledger.of_application(application) if event.kind == SCORED]
    if not scored:
        raise UnknownRecord(
            f"Application {application[:40]!r}: the record has no score of it; open it from the history."
        )
    sealed = sealed_score(ledger.unsealed(scored[-1]), scored[-1].sequence)
    in_portfolio = sealed.lookup == stored_lookup(sealed.applicant)
    return Reopened(
        client=sealed.applicant if in_portfolio else "",
        application=Application(sealed.application),
        history_of=sealed.history_of,
    )
