"""How the application is put behind its door: settings of the server, the order of what every request passes."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config

from core.settings import Settings
from pages._ui import health
from pages._ui.compression import CompressedOnce
from pages._ui.security import Security
from pages._ui.session import routes as session_routes
from pages._ui.session.peer import TrustedPeer, take_over_from_the_server


def configured(own: Settings) -> Settings:
    """The settings, after the server has been told those that concern it."""
    take_over_from_the_server()
    config.set_option("server.baseUrlPath", own.base_path.strip("/"))
    config.set_option("server.allowedHosts", list(own.allowed_hosts))
    return own


def routes(own: Settings) -> list[Route]:
    """The health check also at the top: who watches the machine need not know where the desk lies."""
    places = dict.fromkeys(("", own.base_path))
    return [
        *(Route(f"{base}/healthz", health.answer) for base in places),
        *session_routes.routes(own.base_path),
    ]


def middleware(own: Settings) -> list[Middleware]:
    """From the outside in: who asks, whether we answer and with which headers, from memory where we can."""
    return [
        Middleware(TrustedPeer, trusted=own.trusted_proxies),
        Middleware(Security, hosts=own.allowed_hosts),
        Middleware(CompressedOnce, base=own.base_path),
    ]
