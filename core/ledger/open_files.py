"""What a ledger has open while it is open: the two files events go to, the head, and where the chain ends."""

from __future__ import annotations

from dataclasses import dataclass

from core.ledger.chain import Link
from core.ledger.head import HeadFile
from core.ledger.journal import Journal
from core.ledger.made_good import Notice
from core.ledger.store import Store


@dataclass
class OpenFiles:
    journal: Journal
    store: Store
    head: HeadFile
    last: Link
    refusal: str = ""  # why nothing may be written although everything can be read
    notices: tuple[Notice, ...] = ()  # what was found and made good when they were opened

    def close(self) -> None:
        self.store.close()
        self.journal.close()
