"""Whoever acts, as the chain says it for good."""

from __future__ import annotations

from core.accounts.roles import Acting
from core.ledger.event import Actor


def actor_of(acting: Acting, address: str) -> Actor:
    """With the role of this moment."""
    return Actor(acting.user_name, acting.role.value, address)
