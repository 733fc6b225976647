"""A client who is forgotten while somebody has the Score page open: the next click on any card takes them away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core import settings
from core.commands.channel import client
from tests.browser.server import serving
from tests.browser.visits import visit
from tests.commands.heard import Heard
from tests.desks import fresh_copy

pytestmark = pytest.mark.browser
NUMBER = "100001"
ERASE = ["erase", "--applicant", NUMBER, "--reason", "Asked for by letter, Article 17", "--yes"]


def test_a_card_that_is_used_after_the_client_was_forgotten_shows_them_no_more(
    browser: Browser, small_desk: Path, tmp_path: Path
) -> None:
    folder = fresh_copy(small_desk, tmp_path / "desk")
    with serving(folder, tmp_path / "log.txt") as address, visit(browser, address) as page:
        page.goto(f"{address}/score?client={NUMBER}")
        expect(page.get_by_text("How far does this hold.")).to_be_visible()
        expect(page.get_by_text("Sum check:")).to_be_visible()
        assert client.ask(settings.read(data_dir=folder).channel_file, ERASE, Heard()) == 0
        page.get_by_role("radio", name="Feature").click()
        expect(page.get_by_text("No such client")).to_be_visible()
        expect(page.get_by_text("Sum check:")).to_have_count(0)
