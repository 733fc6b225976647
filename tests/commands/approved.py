"""Approved applications on the record of a desk, for tests of what became of them."""

from __future__ import annotations

import secrets
from pathlib import Path

from core import settings
from core.accounts.people import Actor
from core.accounts.roles import Role
from core.casework.decision_question import Choice
from core.commands.place import alone
from core.desk import Desk

MANAGER, OFFICER = Actor("max", Role.RISK_MANAGER), Actor("ana", Role.OFFICER)


def approve(folder: Path, *applicants: str) -> tuple[str, ...]:
    """The ids of the applications of these clients, each approved whatever was recommended."""
    with alone(settings.read({}, data_dir=folder)) as place:
        return tuple(_approve(place.desk(), applicant) for applicant in applicants)


def _approve(desk: Desk, applicant: str) -> str:
    assert desk.casework is not None
    case = desk.cases.stored(desk.score(applicant), desk.application(applicant))
    scored = desk.casework.record_score(case, OFFICER)
    recommended = case.score.recommendation.value
    if recommended == "refer":
        refer = Choice(scored.sequence, "refer", idempotency_key=secrets.token_hex(16))
        desk.casework.decide(refer, OFFICER, desk.in_force)
    against = recommended == "decline"
    approval = Choice(
        score=scored.sequence,
        decision="approve",
        override_code=desk.contract.overrides[0].code if against else "",
        note="Known to the branch for years." if against else "",
        idempotency_key=secrets.token_hex(16),
    )
    desk.casework.decide(approval, MANAGER, desk.in_force)
    return scored.application
