"""Which model and which policy came into force when: an event each time it is another one."""

from __future__ import annotations

from datetime import datetime

from core.casework.kinds import MODEL_ACTIVATED, POLICY_ACTIVATED
from core.casework.versions import Provenance
from core.ledger.event import Actor, Draft
from core.policy.policy import Policy


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
