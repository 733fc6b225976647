"""Whether every sealed record can still be read, unless somebody had it erased.

The chain is sound without any key: an older key file put back in place of a newer one shows here alone.
"""

from __future__ import annotations

from dataclasses import replace

from core.casework.stored_record import Forgotten
from core.errors import LedgerUnavailable
from core.ledger.ledger import Ledger
from core.ledger.verification import Verification
from core.portfolio.wording import counted


def unreadable_applications(ledger: Ledger) -> int:
    """How many applications on record have no key, though no event says that they were to be forgotten."""
    # in this order: a key is there before its first event, and goes after the event that orders it
    with ledger.reading() as cursor:
        sealed = cursor.execute(
            "select distinct application, applicant from events where ciphertext is not null"
        ).fetchall()
    keys = ledger.keys.with_a_key()
    lost = [(application, applicant) for application, applicant in sealed if application not in keys]
    if not lost:
        return 0
    forgotten = Forgotten(ledger)
    forgotten.read_on()
    return sum(not forgotten.holds(application, applicant) for application, applicant in lost)


def with_warning(found: Verification, ledger: Ledger) -> Verification:
    """What was found, and a warning where records of a sound chain cannot be read."""
    if not found.sound:
        return found
    try:
        return replace(found, warning=_sentence(unreadable_applications(ledger)))
    except LedgerUnavailable as refusal:
        return replace(found, warning=str(refusal))


def _sentence(count: int) -> str:
    if not count:
        return ""
    what = counted(count, "application")
    return f"{what} cannot be read though nobody erased them; restore keys.sqlite from a newer backup."
