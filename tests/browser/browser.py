"""The browser of the tests: found or reported, and started so that it calls nobody by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
PROXIED_HOST = "desk.bank.example"  # the README's proxy example; for the browser of the tests it is this machine
_QUIET = (
    f"--host-resolver-rules=MAP {PROXIED_HOST} 127.0.0.1",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--no-first-run",
    "--hide-scrollbars",
)


def chromium_path() -> str | None:
    """Where the system's Chromium lies; None where there is none."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


@contextmanager
def opened(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()
