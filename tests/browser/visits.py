"""Visitors of the browser tests: signed in by a session of their own, watched for errors and foreign hosts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from core.accounts.roles import Role
from pages._ui.session import cookies
from tests.browser.server import data_dir_of
from tests.desks import session_token

PHONE_AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
Screen = Literal["light", "dark", "phone"]


@contextmanager
def visit(browser: Browser, address: str, screen: Screen = "light", role: Role | None = Role.OFFICER) -> Iterator[Page]:
    """A fresh visitor's page; at the end nothing may have failed in it, nor called a foreign host. None: nobody."""
    scheme: Literal["light", "dark"] = "dark" if screen == "dark" else "light"
    if screen == "phone":
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": 390, "height": 844}, is_mobile=True, user_agent=PHONE_AGENT
        )
    else:
        context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 1000})
    if role is not None:
        sign_in(context, address, session_token(data_dir_of(address), role))
    page = context.new_page()
    errors: list[str] = []
    hosts: set[str | None] = set()
    page.on("console", lambda message: errors.append(message.text) if _is_failure(message) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.goto(address)
    yield page
    failures = list(errors)  # not those of loads that the closing cuts off
    context.close()
    assert failures == [], "\n".join(failures)
    assert hosts - {None} == {"localhost"}


def sign_in(context: BrowserContext, address: str, token: str) -> None:
    """Puts a session's cookie where the sign-in would have."""
    at = urlsplit(address)
    context.add_cookies([{"name": cookies.SESSION, "value": token, "url": f"{at.scheme}://{at.netloc}"}])


def at_rest(page: Page) -> None:
    """Waits until what was done has reached the server and its answer the page, and nothing else comes."""
    for _ in range(3):
        page.wait_for_timeout(300)
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def choose_row(page: Page, row: int = 1, right: int = 300) -> None:
    """A click on one of its cells, so many pixels from the left; on its box near the edge: the table is a canvas."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible()
    at_rest(page)
    table.click(position={"x": right, "y": 16 + 31 * row})


def _is_failure(message: ConsoleMessage) -> bool:
    """Below a page's own address Streamlit first looks for its server there, finds none, and tries further up."""
    probe = "/_stcore/" in message.location.get("url", "") and "404" in message.text
    return message.type == "error" and not probe
