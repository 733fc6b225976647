"""A page that fails for a reason nobody thought of, in a real browser: a calm sentence with a number, no traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import failing_streamlit
from tests.browser.failing_streamlit import DETAIL, FAILING_CLIENT
from tests.browser.server import serving
from tests.browser.visits import visit
from tests.desks import fresh_copy

pytestmark = pytest.mark.browser

ANOTHER_CLIENT = "100011"
NUMBER = re.compile(r"give the person who runs Solvent the error number ([0-9a-f]{8}):")


def test_a_page_that_fails_says_so_calmly_with_a_number_and_the_log_has_the_traceback_under_it(
    browser: Browser, small_desk: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log.txt"
    desk = fresh_copy(small_desk, tmp_path / "desk", "raw")
    with (
        serving(desk, log, program=(failing_streamlit.__file__,)) as address,
        visit(browser, f"{address}/score?client={FAILING_CLIENT}") as page,
    ):
        expect(page.get_by_text("This page could not be finished")).to_be_visible()
        told = NUMBER.search(page.get_by_text(NUMBER).first.inner_text())
        assert told is not None
        for never_shown in ("Traceback", "RuntimeError", DETAIL, ".py"):
            expect(page.get_by_text(never_shown)).to_have_count(0)
        logged = log.read_text()
        assert f"page failed, error {told[1]}" in logged
        assert DETAIL in logged.partition(told[1])[2]
        page.goto(f"{address}/score?client={ANOTHER_CLIENT}")
        expect(page.get_by_role("heading", name="Facts of the application")).to_be_visible()
        expect(page.get_by_text("This page could not be finished")).to_have_count(0)
