"""The two cookies, both unreadable by scripts: one names the session, one tells browsers apart before there is any.

Lax, not Strict: a link from a mail or a chat must find the visitor signed in. Behind HTTPS both are Secure and carry
the `__Host-` prefix, so that no neighbour under the same domain can plant them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION: Final = "solvent_session"
BROWSER: Final = "solvent_browser"
_HOST_ONLY: Final = "__Host-"


def name(plain: str, scheme: str) -> str:
    """The cookie's name as it travels over this scheme."""
    return f"{_HOST_ONLY}{plain}" if scheme == "https" else plain


def read(cookies: Mapping[str, str], plain: str, scheme: str) -> str | None:
    """The value; never anything but text, whatever stands for the cookies (a test's stand-in is no session)."""
    value = cookies.get(name(plain, scheme))
    return value if isinstance(value, str) else None


def read_from(request: HTTPConnection, plain: str) -> str | None:
    return read(request.cookies, plain, request.url.scheme)


def put(response: Response, plain: str, value: str, scheme: str) -> None:
    """Without an age: the cookie goes with the browser, the session's end is the server's business."""
    secure = scheme == "https"
    response.set_cookie(name(plain, scheme), value, path="/", httponly=True, samesite="lax", secure=secure)


def take_away(response: Response, plain: str, scheme: str) -> None:
    secure = scheme == "https"
    response.delete_cookie(name(plain, scheme), path="/", httponly=True, samesite="lax", secure=secure)
