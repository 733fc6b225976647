"""Who is asking, over which scheme: what trusted proxies say, and nobody else.

The server in front of the application (uvicorn) believes every proxy on this machine by itself; here it must not, so
its own reading of the headers is put out of use, and ours stands in its place: first in the chain of middleware.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import uvicorn.config
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.accounts.proxies import Network, client_address, client_scheme

SCHEME_HEADER: Final = "X-Solvent-Scheme"  # to the page script, which sees headers only
_SCHEME_BYTES: Final = SCHEME_HEADER.lower().encode()
_SECURE: Final = {"http": "http", "ws": "http", "https": "https", "wss": "https"}


class TrustedPeer:
    """Sets client and scheme of a request to the real ones, and tells the page script the scheme."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = self._seen_right(scope)
        await self._app(scope, receive, send)

    def _seen_right(self, scope: Scope) -> Scope:
        headers, peer = Headers(scope=scope), (scope.get("client") or (None, 0))
        forwarded_for = ",".join(headers.getlist("x-forwarded-for")) or None
        forwarded_proto = ",".join(headers.getlist("x-forwarded-proto")) or None
        address = client_address(peer[0], forwarded_for, self._trusted)
        own = _SECURE.get(str(scope.get("scheme")), "http")
        scheme = client_scheme(peer[0], own, forwarded_proto, self._trusted)
        spoken = scheme if scope["type"] == "http" else scheme.replace("http", "ws")
        kept = [(name, value) for name, value in scope["headers"] if name != _SCHEME_BYTES]
        return {
            **scope,
            "client": (address or "", peer[1]),
            "scheme": spoken,
            "headers": [*kept, (_SCHEME_BYTES, scheme.encode())],
        }


def _believe_nobody(app: ASGIApp, trusted_hosts: list[str] | str = "") -> ASGIApp:
    return app


def take_over_from_the_server() -> None:
    """Called while the application is loaded: the server wraps it into its own reader of the headers afterwards."""
    uvicorn.config.ProxyHeadersMiddleware = _believe_nobody  # type: ignore[assignment,attr-defined]
