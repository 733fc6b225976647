"""An administrator forgets a client in a real browser, by keyboard alone; an officer finds that client no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from core.accounts.roles import Role
from core.casework.opening import open_ledger
from tests.browser.server import serving
from tests.browser.visits import visit
from tests.desks import fresh_copy
from tests.ledgers import a_sealed_draft

pytestmark = pytest.mark.browser
NUMBER = "100001"


@pytest.fixture(scope="module")
def own_address(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A desk of its own, because a client leaves it."""
    folder = fresh_copy(small_desk, tmp_path_factory.mktemp("retention") / "desk")
    own = settings.read(data_dir=folder)
    ledger = open_ledger(own)
    for kind in ("scored", "decided"):
        ledger.append([a_sealed_draft(ledger, {"note": "x"}, f"stored:{NUMBER}", NUMBER, kind, {"amount": 5.0})])
    ledger.close()
    with serving(folder, folder.parent / "log.txt") as address:
        yield address


def opened(page: Page, address: str) -> Page:
    page.goto(f"{address}/retention")
    expect(page.get_by_role("heading", name="Who was forgotten")).to_be_visible()
    return page


def test_the_page_fits_a_phone(browser: Browser, own_address: str) -> None:
    with visit(browser, own_address, "phone", Role.ADMINISTRATOR) as page:
        opened(page, own_address)
        page.get_by_label("Client number or application id").fill("100002")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Stays, or is out of reach")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_was_typed_and_not_sent_about_one_client_does_not_stand_under_the_next(
    browser: Browser, own_address: str
) -> None:
    with visit(browser, own_address, "light", Role.ADMINISTRATOR) as page:
        opened(page, own_address)
        whom = page.get_by_label("Client number or application id")
        whom.fill(NUMBER)
        page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Reason").fill("Asked for by letter, Article 17")
        page.get_by_label("The client number again, to confirm").fill("100002")
        whom.fill("100002")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Client 100002")).to_be_visible()
        expect(page.get_by_role("textbox", name="Reason")).to_have_value("")
        expect(page.get_by_label("The client number again, to confirm")).to_have_value("")


def test_a_client_is_forgotten_by_keyboard_and_found_no_more(browser: Browser, own_address: str) -> None:
    with visit(browser, own_address, "light", Role.ADMINISTRATOR) as page:
        opened(page, own_address)
        page.get_by_label("Client number or application id").focus()
        page.keyboard.type(NUMBER)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=f"Client {NUMBER}")).to_be_visible()
        page.get_by_role("textbox", name="Reason").focus()
        page.keyboard.type("Asked for by letter, Article 17")
        page.keyboard.press("Tab")
        page.keyboard.type(NUMBER)
        page.keyboard.press("Enter")
        expect(page.get_by_text("The client is forgotten")).to_be_visible()
        expect(page.get_by_text("sound.")).to_be_visible()
        page.get_by_role("button", name="Close").press("Enter")
        expect(page.get_by_label("Client number or application id")).to_have_value("")
    with visit(browser, own_address, "light", Role.OFFICER) as page:
        page.goto(f"{own_address}/score?client={NUMBER}")
        expect(page.get_by_text("No such client")).to_be_visible()
