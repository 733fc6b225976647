"""What every answer carries: security headers, and the cookie that tells browsers apart; strange hosts get none."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages._ui.session import cookies

SHELL: Final = Path(st.__file__).parent / "static" / "index.html"
_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HALF_A_YEAR: Final = "max-age=15552000"


def content_policy(shell: str) -> str:
    """What the page may load and run: its own files, and the inline scripts of this very shell by their hash."""
    hashes = "".join(f" 'sha256-{_sha256(script)}'" for script in _INLINE_SCRIPT.findall(shell))
    rules = (
        "default-src 'self'",
        f"script-src 'self'{hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
    return "; ".join(rules)


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class Security:
    """Stands before the application, behind the reading of who asks."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = {**_HEADERS, "Content-Security-Policy": content_policy(SHELL.read_text(encoding="utf-8"))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        if not _is_known(request.headers.get("host", ""), self._hosts):
            await _strange_host(scope, receive, send)
            return
        unnamed = _wants_browser_cookie(request)

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._secure(MutableHeaders(scope=message), request.url.scheme, unnamed)
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)

    def _secure(self, headers: MutableHeaders, scheme: str, unnamed: bool) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)  # a route that needs stricter ones has set its own
        if scheme == "https":
            headers["Strict-Transport-Security"] = _HALF_A_YEAR
        if unnamed:
            named = Response()
            cookies.put(named, cookies.BROWSER, secrets.token_hex(32), scheme)
            headers.append("Set-Cookie", named.headers["Set-Cookie"])


def _wants_browser_cookie(request: HTTPConnection) -> bool:
    """The page itself, once; its files may be kept by caches and carry no cookie."""
    return (
        request.scope["type"] == "http"
        and "text/html" in request.headers.get("accept", "")
        and cookies.read_from(request, cookies.BROWSER) is None
    )


def _is_known(host: str, known: Sequence[str]) -> bool:
    """Whether the host that was asked for is ours: another one is a stranger's name that leads to this machine."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(name == one or (one.startswith("*.") and name.endswith(one[1:])) for one in known)


async def _strange_host(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    words = "Unknown host: this desk answers under the names in SOLVENT_ALLOWED_HOSTS only.\n"
    await PlainTextResponse(words, 400)(scope, receive, send)
