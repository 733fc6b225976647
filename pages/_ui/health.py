"""`/healthz`: whether this desk can score and write down what is decided right now, as JSON; 200 only when it can."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.errors import (
    LedgerLocked,
    LedgerUnavailable,
    LedgerUnwritable,
    MasterKeyRefused,
    ModelMissing,
    ModelRefused,
    PortfolioMissing,
    SolventError,
)
from core.ledger.ledger import Ledger
from pages._ui import cache, errors, warmup

UNAVAILABLE = 503
# anybody may ask: the sentence of a refusal, which names files and people's numbers, goes to the log alone
_IN_WORDS: Mapping[type[SolventError], str] = {
    PortfolioMissing: "there is no portfolio; `make run` imports one",
    ModelMissing: "there is no model; `python -m core train` makes one",
    ModelRefused: "the model cannot be used",
    LedgerLocked: "the ledger is open in another process",
    MasterKeyRefused: "the ledger's master key is missing or another one",
    LedgerUnavailable: "the ledger cannot be opened",
    LedgerUnwritable: "nothing can be recorded",
}
_OTHER = "no application can be scored"
_Said = dict[str, str | int | bool]


async def answer(request: Request) -> JSONResponse:
    if warmup.under_way():
        return JSONResponse({"status": "starting", "reason": "model and portfolio are being opened"}, UNAVAILABLE)
    return await anyio.to_thread.run_sync(_probe)


def _probe() -> JSONResponse:
    """Reads the portfolio, scores one applicant and asks the ledger: what a person would need next."""
    try:
        desk = cache.desk()
        score = desk.score(cache.examples(desk)[0])
        ledger = cache.ledger()
        recorded = _recorded(ledger)
    except SolventError as refusal:
        return _refused(refusal)
    except Exception as error:  # noqa: BLE001 - whatever broke, the answer to "are you well" is no
        return _unavailable(f"unexpected error {errors.logged(error, 'health check')}, see the server's log")
    if ledger.writable:
        return _refused(LedgerUnwritable(ledger.writable), recorded)
    versions: _Said = {"model_version": score.model_version, "policy_version": score.policy_version}
    return JSONResponse({"status": "ok"} | versions | recorded)


def _recorded(ledger: Ledger) -> _Said:
    """How much is on record, asked of its database; LedgerUnavailable when that knows less than the chain."""
    head = ledger.head
    with ledger.reading() as cursor:
        ((last,),) = cursor.execute("select coalesce(max(sequence), 0) from events").fetchall()
    if last < head.count:
        raise LedgerUnavailable(
            f"Ledger: its database ends at event {last}, the chain at {head.count}; start it again."
        )
    return {"ledger_events": int(last), "writable": not ledger.writable}


def _refused(refusal: SolventError, recorded: _Said | None = None) -> JSONResponse:
    errors.log.warning("health check: %s", refusal)
    return _unavailable(f"{_IN_WORDS.get(type(refusal), _OTHER)}, see the server's log", recorded)


def _unavailable(reason: str, recorded: _Said | None = None) -> JSONResponse:
    return JSONResponse({"status": "unavailable", "reason": reason} | (recorded or {}), UNAVAILABLE)
