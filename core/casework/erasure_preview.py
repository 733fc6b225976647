"""What forgetting a person would take away, and what would stay, before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from core.casework.erasure_person import Person, Recorded, person, recorded
from core.errors import UnknownApplicant
from core.ledger.ledger import Ledger
from core.portfolio import erasing
from core.portfolio.contract import Contract
from core.portfolio.erasing import Holdings
from core.settings import Settings


@dataclass(frozen=True)
class Preview:
    """One person: what there is, what an erasure takes away and what it leaves."""

    person: Person
    recorded: Recorded
    holdings: Holdings
    stays: tuple[str, ...]  # in sentences


def preview(ledger: Ledger, settings: Settings, contract: Contract, whom: str) -> Preview:
    """What there is on the person behind a client's number or an application's id.

    UnknownApplicant for a number that is neither in the portfolio nor on record; UnknownRecord, ErasedRecord.
    """
    found = person(ledger, whom)
    held = erasing.holdings(settings, contract, [found.applicant_key] if found.applicant_key else [])
    on_record = recorded(ledger, found.applicant)
    if not found.applicant and not held.rows:
        raise UnknownApplicant(
            f"Client {found.applicant_key}: is neither in the portfolio nor on record, or was forgotten already; "
            "check the number."
        )
    return Preview(found, on_record, held, _stays(settings, found, on_record, held))


def _stays(settings: Settings, found: Person, on_record: Recorded, held: Holdings) -> tuple[str, ...]:
    said = []
    if on_record.events:
        said.append(
            f"On the chain, under the random reference {found.applicant}: when something happened and who did it, "
            "recommendation, decision, default probability, points, grade and amount, without the client's number. "
            "Whoever knows the amount and the time of a credit from elsewhere may still recognise it."
        )
    if on_record.copies:
        said.append(
            f"{on_record.copies:,} exports and downloads were made since the person's first event: files that left "
            "the desk are out of reach."
        )
    if held.feature_rows:
        said.append(
            "The model learnt from past clients, and its reference sample may hold this client's feature row, without "
            "a number; training a new model leaves the client out."
        )
    said += held.out_of_reach
    said += _set_aside(settings)
    said.append("Backups and copies of the desk's folder, and what the disk has freed but not yet overwritten.")
    return tuple(said)


def _set_aside(settings: Settings) -> tuple[str, ...]:
    """Damaged files that were put away: what they hold of a person is sealed by a key that will be gone."""
    names = sorted(file.name for file in settings.ledger_dir.rglob("*.damaged-*"))
    if not names:
        return ()
    return (f"Damaged files of the ledger that were set aside ({', '.join(names)}): sealed by the same keys.",)
