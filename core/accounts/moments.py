"""Moments as the accounts file keeps them: UTC text of one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """Such as 2026-11-21T09:30:00.000000+00:00.

    >>> written(datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
    '2026-11-21T09:30:00.000000+00:00'
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)
