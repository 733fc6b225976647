"""The auditor's day in the browser: a refused sign-in is found, the chain verified, its head taken along and held
against it, what is read exported, everything replayed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core import settings
from core.accounts.roles import Role
from core.accounts.sign_in import sign_in
from core.accounts.store import open_accounts
from tests.browser.audit_steps import downloaded, drawn, exported, press, rows_of
from tests.browser.server import data_dir_of
from tests.browser.visits import Screen, at_rest, choose_row, visit

STRANGER = "192.0.2.77"


def a_refused_sign_in(address: str) -> None:
    store = open_accounts(settings.read(data_dir=data_dir_of(address)))
    sign_in(store, "officer", "not the password", STRANGER, datetime.now(UTC), "another browser")


def test_the_auditor_finds_a_refused_sign_in_and_takes_the_list_along(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    with visit(browser, f"{address}/audit", role=Role.AUDITOR) as page:
        drawn(page)
        a_refused_sign_in(address)
        page.get_by_label("About", exact=True).fill("officer")
        page.get_by_label("About", exact=True).press("Enter")
        expect(page.get_by_text("newest first")).to_be_visible()
        expect(page.get_by_label("About", exact=True)).to_have_value("officer")
        at_rest(page)
        names = [exported(page, tmp_path / "audit.csv"), exported(page, tmp_path / "audit.parquet", "Parquet")]
        (refused,) = [row for row in rows_of(tmp_path / "audit.csv") if row["address"] == STRANGER]
        assert (refused["kind"], refused["subject"]) == ("Sign-in refused", "officer")
        assert "officer" not in page.url
        page.reload()
        drawn(page)
        exported(page, tmp_path / "again.csv")
        rows = rows_of(tmp_path / "again.csv")
        assert (rows[0]["kind"], rows[0]["actor"], rows[0]["address"]) == ("Exported", "auditor", "127.0.0.1")
        assert [name in row["what"] for name, row in zip(reversed(names), rows[:2], strict=True)] == [True, True]


def test_the_chain_is_verified_and_its_head_held_against_it(browser: Browser, address: str, tmp_path: Path) -> None:
    with visit(browser, f"{address}/audit", role=Role.AUDITOR) as page:
        drawn(page)
        press(page, "Verify")
        expect(page.get_by_text("Sound, verified on")).to_be_visible()
        downloaded(page, "Download the head", tmp_path / "head.json")
        count = json.loads((tmp_path / "head.json").read_text())["count"]
        press(page, "Against a kept head")
        page.locator("input[type=file]").set_input_files(tmp_path / "head.json")
        press(page, "Verify against it")
        expect(page.get_by_text(f"It goes through the head you gave: event {count:,}")).to_be_visible()


def test_an_event_is_picked_and_read_in_full(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/audit", role=Role.AUDITOR) as page:
        drawn(page)
        choose_row(page)
        expect(page.get_by_text("Its place in the chain")).to_be_visible()
        expect(page.get_by_text("Own hash: of the one in front")).to_be_visible()


def test_everything_is_replayed_beside_the_app(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/audit", role=Role.AUDITOR) as page:
        drawn(page)
        press(page, "Replay all")
        expect(page.get_by_text("came out the same to the last bit")).to_be_visible()


@pytest.mark.parametrize("screen", ["light", "dark", "phone"])
def test_the_page_is_photographed(browser: Browser, address: str, screen: Screen, screenshots: Path) -> None:
    with visit(browser, f"{address}/audit", screen, Role.AUDITOR) as page:
        drawn(page)
        page.evaluate("document.fonts.ready.then(() => true)")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0
        page.wait_for_timeout(800)
        page.screenshot(path=screenshots / f"audit_{screen}.png", full_page=True)
