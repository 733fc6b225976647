"""Notes are found while their key is there, in the ledger as it is written."""

from __future__ import annotations

from pathlib import Path

from core.casework.history import history_page
from core.casework.history_notes import notes_in
from core.casework.history_question import EVER, HistoryQuestion
from core.casework.readings import READINGS
from tests.ledgers import a_ledger, a_sealed_draft


def test_notes_are_read_from_the_chain_until_they_are_erased(tmp_path: Path) -> None:
    question = HistoryQuestion(EVER, note="GUARANTOR")
    with a_ledger(tmp_path, READINGS) as ledger:
        drafts = [
            a_sealed_draft(ledger, {"note": note}, lookup, client, "decided", {"decision": "approve"})
            for lookup, client, note in (
                ("stored:1", "1", "Her guarantor came along"),
                ("stored:2", "2", "A guarantor was promised"),
                ("stored:3", "3", "Nobody came"),
            )
        ]
        ledger.append(drafts)
        with ledger.reading() as cursor:
            found = history_page(cursor, question, notes_in(ledger))
        ledger.keys.destroy_application(drafts[1].application)
        with ledger.reading() as cursor:
            left = history_page(cursor, question, notes_in(ledger))
    assert [row.sequence for row in found.rows] == [2, 1]
    assert [row.sequence for row in left.rows] == [1]
    assert left.notes_searched == 3
