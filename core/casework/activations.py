"""Which model and which policy came into force when: an event each time it is another one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from core.accounts.roles import Role
from core.casework.kinds import MODEL_ACTIVATED, POLICY_ACTIVATED
from core.casework.versions import Provenance
from core.errors import LedgerUnwritable
from core.ledger.event import Actor, Draft, Event
from core.policy.policy import Policy

CONSOLE = Actor(Role.CONSOLE.value, Role.CONSOLE.value)


class Chain(Protocol):
    """What is needed of the ledger."""

    def append(self, drafts: Sequence[Draft]) -> tuple[Event, ...]: ...
    def latest(self, kind: str, subject: str = "") -> Event | None: ...


def record_in_force(ledger: Chain, model_version: str, provenance: Provenance, policy: Policy) -> None:
    """Events for a model or a policy that is another one than the chain says is in force.

    As long as nothing can be written nothing is decided either; the next opening makes it good.
    """
    wanted = (
        (MODEL_ACTIVATED, model_draft(model_version, provenance, CONSOLE)),
        (POLICY_ACTIVATED, policy_draft(policy, CONSOLE)),
    )
    drafts = [draft for kind, draft in wanted if _last_subject(ledger, kind) != draft.subject]
    if drafts:
        with suppress(LedgerUnwritable):
            ledger.append(drafts)


def _last_subject(ledger: Chain, kind: str) -> str:
    last = ledger.latest(kind)
    return "" if last is None else last.subject


def model_draft(
    version: str, provenance: Provenance, actor: Actor, demo: bool = False, at: datetime | None = None
) -> Draft:
    """From here on this model scores."""
    return Draft(
        kind=MODEL_ACTIVATED,
        actor=actor,
        subject=version,
        public={
            "model_version": version,
            "model_sha256": provenance.model_sha256,
            "calibrator_version": provenance.calibrator_version,
            "software_version": provenance.software_version,
            "demo": demo,
        },
        at=at,
    )


def policy_draft(policy: Policy, actor: Actor, demo: bool = False, at: datetime | None = None) -> Draft:
    """From here on this policy recommends."""
    return Draft(
        kind=POLICY_ACTIVATED,
        actor=actor,
        subject=policy.version,
        public={
            "policy_version": policy.version,
            "approve_below": policy.approve_below,
            "decline_from": policy.decline_from,
            "demo": demo,
        },
        at=at,
    )
