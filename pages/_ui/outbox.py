"""Account events on their way to the chain: taken at every chance, and kept in the accounts file until there is one."""

from __future__ import annotations

import logging
from typing import Final

import anyio
import anyio.to_thread

from core.accounts import events
from core.errors import SolventError
from pages._ui import cache, errors

_EVERY_SECONDS: Final = 5.0

log = logging.getLogger("solvent")


def take() -> None:
    """What happened to accounts is on the chain when this returns, or waits for the next time."""
    try:
        store = cache.accounts()
        if not events.events_after(store, 0, 1):
            return  # nobody ever came: a set-up that is under way has the ledger to itself
        cache.outbox().take()
    except SolventError as refusal:
        log.debug("account events wait: %s", refusal)


async def keep_taking() -> None:
    """Takes every few seconds as long as the app runs: a refused sign-in passes no page that would take it."""
    while True:
        await anyio.sleep(_EVERY_SECONDS)
        await anyio.to_thread.run_sync(_take_or_log, abandon_on_cancel=True)


def _take_or_log() -> None:
    try:
        take()
    except Exception as error:  # noqa: BLE001 - nobody waits for it who could be told otherwise
        errors.logged(error, "taking account events over to the record")
