"""What starts made good in the last days: a command that opened the ledger is gone before anybody reads what it said.

A file beside the record, no part of it: it proves nothing, and a line of it that cannot be read is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

MADE_GOOD_FILE = "made_good"
KEPT = timedelta(days=7)
_MOST_BYTES = 64 << 10  # read of its end: many starts' worth


def kept_notices(folder: Path, now: datetime) -> tuple[str, ...]:
    """The notices of the last days, oldest first, each with its moment."""
    try:
        written = (folder / MADE_GOOD_FILE).read_bytes()[-_MOST_BYTES:]
    except OSError:
        return ()
    return tuple(said for line in written.splitlines() if (said := _said(line, now - KEPT)))


def keep_notices(folder: Path, notices: Sequence[str], now: datetime) -> None:
    """For those who open the ledger later; on a full disk only this process knows them."""
    if not notices:
        return
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    lines = "".join(json.dumps({"at": at, "notice": notice}) + "\n" for notice in notices)
    with suppress(OSError):
        descriptor = os.open(folder / MADE_GOOD_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, lines.encode())
        finally:
            os.close(descriptor)


def _said(line: bytes, since: datetime) -> str:
    """The notice with its moment; empty when it is older, or cannot be read."""
    try:
        match json.loads(line):
            case {"at": str(at), "notice": str(notice)} if (moment := datetime.fromisoformat(at)) > since:
                return f"{moment:%d %B %Y, %H:%M} UTC: {notice}"
    except (ValueError, TypeError, RecursionError):
        pass
    return ""
