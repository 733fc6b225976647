"""The notes of decisions in clear, for a search in them: read together, opened one by one, forgotten ones left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.casework.history import Notes
from core.casework.json_fields import text
from core.ledger.event import Seal
from core.ledger.ledger import Ledger
from core.ledger.sealing import unseal

_SEALED = """
    select sequence, application, nonce, ciphertext, plaintext_sha256 from events
    where sequence in (select unnest($sequences)::bigint) and ciphertext is not null order by sequence desc"""


def notes_in(ledger: Ledger) -> Notes:
    """What `history_page` asks for notes; LedgerUnavailable where one was changed since it was written."""

    def notes(sequences: Sequence[int]) -> Mapping[int, str]:
        with ledger.reading() as cursor:
            rows = cursor.execute(_SEALED, {"sequences": list(sequences)}).fetchall()
        found: dict[int, str] = {}
        for sequence, application, *sealed in rows:
            key = ledger.keys.key_of(application)
            if key is not None:
                found[sequence] = text(unseal(Seal(*sealed), key, application), "note")
        return found

    return notes
