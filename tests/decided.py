"""A few decisions on a whole desk, made as the pages make them, for tests of what reads them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from core.accounts.roles import Role
from core.casework.decision_question import Choice
from core.casework.recording import ScoredCase
from core.desk import Desk
from core.ledger.event import Event
from core.policy.recommendation import Recommendation

NOTE = "Zyxomma: the payslips of three months were seen"
_REQUESTS = count()


@dataclass(frozen=True)
class Somebody:
    """Acts without an account; implements `Acting`."""

    user_name: str
    role: Role = Role.OFFICER


ANA, BEN = Somebody("ana"), Somebody("ben")


def case_of(desk: Desk, client: str) -> ScoredCase:
    return desk.cases.stored(desk.score(client), desk.application(client))


def scored(desk: Desk, client: str, by: Somebody = ANA) -> Event:
    assert desk.casework is not None
    return desk.casework.record_score(case_of(desk, client), by)


def decided(desk: Desk, client: str, decision: str, by: Somebody = ANA, code: str = "", note: str = "") -> Event:
    """The client scored and decided on; its number leads nowhere from the event."""
    assert desk.casework is not None
    choice = Choice(
        scored(desk, client, by).sequence, decision, code, note, f"a-request-of-a-test-{next(_REQUESTS):08}"
    )
    return desk.casework.decide(choice, by, desk.in_force)


def clients_with(desk: Desk, recommendation: Recommendation, most: int) -> list[str]:
    found = (key for key in desk.tables.keys(300) if desk.score(key).recommendation is recommendation)
    return [key for key, _ in zip(found, range(most), strict=False)]
