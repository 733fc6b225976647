"""A ledger of its own beside the demo desk, and what an officer does there: cases, scores, decisions."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from core.accounts.roles import Role
from core.casework.casework import Casework
from core.casework.decision_question import Choice
from core.casework.json_fields import text
from core.casework.opening import open_ledger
from core.casework.recording import Ruling, ScoredCase, ScoredRecord, decided_draft
from core.desk import Desk, open_desk
from core.ledger.event import Actor, Draft, Event
from core.ledger.ledger import Ledger
from core.settings import Settings

ON_DISK = Path("/var/tmp")  # /tmp is often kept in memory, where nothing has to be flushed


@dataclass(frozen=True)
class Officer:
    """Whoever decides; implements `Acting`."""

    user_name: str = "bench"
    role: Role = Role.OFFICER


OFFICER = Officer()


@contextmanager
def folder_on_disk() -> Iterator[Path]:
    """A folder whose files must be flushed like those of a desk; it is removed."""
    folder = Path(tempfile.mkdtemp(prefix="solvent-bench-", dir=ON_DISK if ON_DISK.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def beside(own: Settings, folder: Path) -> Settings:
    """The same portfolio and model, with ledger and policies in `folder`."""
    for shared in ("tables.duckdb", "features.duckdb"):
        (folder / shared).symlink_to(own.data_dir / shared)
    return replace(own, data_dir=folder, apart_master_key=None)


class Work:
    """One ledger, and a desk that decides in it; every call of a method is the next case. Threads may call."""

    def __init__(self, own: Settings, clients: int) -> None:
        self.ledger: Ledger = open_ledger(own)
        self.desk: Desk = open_desk(own, ledger=self.ledger)
        assert self.desk.casework is not None
        self.casework: Casework = self.desk.casework
        self._cases = itertools.cycle([self._case(key) for key in self.desk.tables.keys(clients)])
        keys = self.desk.tables.keys(None)[clients:]
        self._scored, self._recorded = itertools.cycle(keys), itertools.cycle(keys)
        self._numbers = itertools.count(time.time_ns())  # new in a ledger that was worked in before
        self._undecided: SimpleQueue[Event] = SimpleQueue()

    def score_only(self) -> None:
        """The next stored applicant, scored and explained."""
        self.desk.score(next(self._scored))

    def score_stored(self) -> None:
        """The next stored applicant, scored, explained and recorded."""
        self.casework.record_score(self._case(next(self._recorded)), OFFICER)

    def record_score(self) -> None:
        """The record of a score that is made already, of an application that nobody has seen."""
        case = replace(next(self._cases), lookup=f"typed:{next(self._numbers)}")
        self._undecided.put(self.casework.record_score(case, OFFICER))

    def decide(self) -> None:
        """The officer agrees to the oldest score that is waiting."""
        scored = self._undecided.get_nowait()
        agreed = text(scored.public, "recommendation")
        choice = Choice(scored.sequence, agreed, idempotency_key=f"bench-decision-{next(self._numbers)}")
        self.casework.decide(choice, OFFICER, self.desk.in_force)

    def score_and_decide(self) -> None:
        self.record_score()
        self.decide()

    def decided_drafts(self) -> Iterator[Draft]:
        """Decisions as casework hands them to the ledger, each with a key of its own, without end."""
        self.record_score()
        scored = self._undecided.get_nowait()
        record = ScoredRecord(
            scored.sequence, scored.application, scored.applicant, scored.public, self.ledger.unsealed(scored)
        )
        decided = decided_draft(record, Ruling(text(scored.public, "recommendation")), Actor("bench", "officer"))
        return map(partial(_with_key, decided), self._numbers)  # unlike a generator, threads may share it

    def close(self) -> None:
        self.desk.close()
        self.ledger.close()

    def _case(self, key: str) -> ScoredCase:
        score = self.desk.score(key)
        return self.desk.cases.stored(score, self.desk.application(key))


def _with_key(draft: Draft, number: int) -> Draft:
    return replace(draft, idempotency_key=f"decided:draft-{number}")


def size_of(draft: Draft) -> str:
    """How large the record is, in words."""
    public, sealed = (len(json.dumps(dict(part or {}))) for part in (draft.public, draft.sealed))
    return f"{public / 1e3:.1f} kB in clear, {sealed / 1e3:.1f} kB sealed"
