"""`/healthz`: whether this desk can score right now, as JSON; 200 only when it just did."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.errors import SolventError
from pages._ui import cache, errors, warmup

UNAVAILABLE = 503


async def answer(request: Request) -> JSONResponse:
    if warmup.under_way():
        return JSONResponse({"status": "starting", "reason": "model and portfolio are being opened"}, UNAVAILABLE)
    return await anyio.to_thread.run_sync(_probe)


def _probe() -> JSONResponse:
    """Reads the portfolio and scores one applicant: what a person would ask for next."""
    try:
        desk = cache.desk()
        score = desk.score(cache.examples(desk)[0])
    except SolventError as refusal:
        return _unavailable(str(refusal))
    except Exception as error:  # noqa: BLE001 - whatever broke, the answer to "are you well" is no
        return _unavailable(f"unexpected error {errors.logged(error, 'health check')}, see the server's log")
    return JSONResponse({"status": "ok", "model_version": score.model_version, "policy_version": score.policy_version})


def _unavailable(reason: str) -> JSONResponse:
    return JSONResponse({"status": "unavailable", "reason": reason}, UNAVAILABLE)
