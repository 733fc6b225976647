"""Moments as the store keeps them: UTC without saying so."""

from __future__ import annotations

from datetime import UTC, datetime


def stored(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
