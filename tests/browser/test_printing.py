"""A page on paper: what it says, dark on white, and nothing that can only be pressed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visits import Screen, at_rest, visit

pytestmark = pytest.mark.browser

CLIENT = "100011"
_INK = "e => [...e.querySelectorAll('p, h2, h3, td, th, text')].map(e => { const s = getComputedStyle(e); "
_COLOURS = _INK + "return e.tagName == 'text' ? s.fill : s.color })"
_GROUND = "e => getComputedStyle(e).backgroundColor"


@pytest.mark.parametrize("screen", ["light", "dark"])
def test_the_score_is_printed_dark_on_white_without_menu_and_forms(
    browser: Browser, address: str, screen: Screen, screenshots: Path
) -> None:
    with visit(browser, f"{address}/score?client={CLIENT}", screen) as page:
        expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
        at_rest(page)
        headings = ("Decide", "What if", "Keyboard")
        for name in headings:
            expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        page.emulate_media(media="print")
        for name in headings:
            expect(page.get_by_text(name, exact=True).first).to_be_hidden()
        page.pdf(path=screenshots / f"score_{screen}.pdf", format="A4", print_background=True)
        page.screenshot(path=screenshots / f"score_print_{screen}.png", full_page=True)
        expect(page.get_by_test_id("stSidebar")).to_be_hidden()
        pressed = page.get_by_test_id("stMain").locator("button:visible")
        assert [button.evaluate("e => e.outerHTML") for button in pressed.all()] == []
        expect(page.get_by_text(re.compile("recommended: PD")).first).to_be_visible()
        expect(page.get_by_text("What stands behind the number")).to_be_visible()
        assert page.get_by_test_id("stApp").evaluate(_GROUND) == "rgb(255, 255, 255)"
        assert set(page.get_by_test_id("stMain").evaluate(_COLOURS)) == {"rgb(11, 23, 29)"}
