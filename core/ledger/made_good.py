"""What starts made good in the last days: a command that opened the ledger is gone before anybody reads what it said.

A file beside the record, no part of it: it proves nothing, and a line of it that cannot be read is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

MADE_GOOD_FILE = "made_good"
KEPT = timedelta(days=7)
_MOST_BYTES = 64 << 10  # read of its end: many starts' worth


@dataclass(frozen=True)
class Notice:
    """What was found and made good, in sentences."""

    words: str
    altered: bool = False  # the record was not what was written: no crash leaves it so


def kept_notices(folder: Path, now: datetime) -> tuple[Notice, ...]:
    """The notices of the last days, oldest first, each with its moment."""
    try:
        written = (folder / MADE_GOOD_FILE).read_bytes()[-_MOST_BYTES:]
    except OSError:
        return ()
    said = (_said(line, now - KEPT) for line in written.splitlines())
    return tuple(notice for notice in said if notice)


def keep_notices(folder: Path, notices: Sequence[Notice], now: datetime) -> None:
    """For those who open the ledger later; on a full disk only this process knows them."""
    if not notices:
        return
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    said = ({"at": at, "notice": notice.words, "altered": notice.altered} for notice in notices)
    lines = "".join(json.dumps(line) + "\n" for line in said)
    with suppress(OSError):
        descriptor = os.open(folder / MADE_GOOD_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, lines.encode())
        finally:
            os.close(descriptor)


def _said(line: bytes, since: datetime) -> Notice | None:
    """The notice with its moment; None when it is older, or cannot be read."""
    try:
        match json.loads(line):
            case {"at": str(at), "notice": str(words), **rest} if (moment := datetime.fromisoformat(at)) > since:
                return Notice(f"{moment:%d %B %Y, %H:%M} UTC: {words}", rest.get("altered") is True)
    except (ValueError, TypeError, RecursionError):
        pass
    return None
