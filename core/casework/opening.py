"""Opens the ledger of a desk with everything that casework reads from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.casework.readings import READINGS
from core.ledger.ledger import Ledger, utc_now
from core.settings import Settings


def open_ledger(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Ledger:
    """The ledger of these settings; LedgerLocked where another process has it open, MasterKeyRefused."""
    return Ledger.open(settings.ledger_dir, settings.master_key_file, READINGS, clock)
