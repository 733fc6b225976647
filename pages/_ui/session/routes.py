"""`/session/start` turns a ticket into the cookie, `/session/end` takes the cookie of an ended session away."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import anyio.to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.accounts import sessions
from core.errors import SolventError
from pages._ui import cache, outbox, registry
from pages._ui.session import cookies
from pages._ui.session.destination import Destination, from_request

START, END = "/session/start", "/session/end"
_NEVER_KEPT = {"Cache-Control": "no-store"}


def routes(base: str) -> list[Route]:
    return [Route(f"{base}{START}", start), Route(f"{base}{END}", end)]


async def start(request: Request) -> Response:
    """Redeems the ticket for the browser it was made for, and leads to the page that was asked for at first."""
    wanted = from_request(request.query_params, registry.addresses())
    try:
        token = await anyio.to_thread.run_sync(_redeemed, request)
    except SolventError as refusal:
        return _refused(request, wanted, str(refusal))
    if token is None:
        return _refused(request, wanted, "This sign-in was used already, is older than 15 seconds, or began elsewhere.")
    answer = RedirectResponse(wanted.path(_base(request, START)), 303, _NEVER_KEPT, BackgroundTask(outbox.take))
    cookies.put(answer, cookies.SESSION, token, request.url.scheme)
    return answer


async def end(request: Request) -> Response:
    """Takes away the cookie of a session that has ended; a link from elsewhere cannot sign anybody out."""
    answer = RedirectResponse(f"{_base(request, END)}/", 303, _NEVER_KEPT, BackgroundTask(outbox.take))
    if not await anyio.to_thread.run_sync(_is_alive, request):
        cookies.take_away(answer, cookies.SESSION, request.url.scheme)
    return answer


def _redeemed(request: Request) -> str | None:
    store, now = cache.accounts(), datetime.now(UTC)
    browser = cookies.read_from(request, cookies.BROWSER)
    if not browser:
        return None
    token = sessions.redeem(store, request.query_params.get("ticket"), _address(request), now, browser)
    if token is not None:  # the session this browser had before would live on without a cookie
        sessions.sign_out(store, cookies.read_from(request, cookies.SESSION), _address(request), now)
    return token


def _is_alive(request: Request) -> bool:
    token = cookies.read_from(request, cookies.SESSION)
    try:
        return sessions.current(cache.accounts(), token, datetime.now(UTC)) is not None
    except SolventError:
        return False


def _refused(request: Request, wanted: Destination, words: str) -> Response:
    link = escape(wanted.path(_base(request, START)), quote=True)
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<title>Solvent</title><body style="font: 16px/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 34rem;'
        f' padding: 0 1rem"><h1 style="font-size: 1.4rem">You are not signed in</h1><p>{escape(words)}</p>'
        f'<p><a href="{link}">Sign in again</a></p></body></html>'
    )
    return HTMLResponse(page, 403, _NEVER_KEPT)


def _base(request: Request, route: str) -> str:
    return request.url.path.removesuffix(route)


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None
