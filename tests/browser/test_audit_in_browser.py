"""The auditor's day in the browser: a refused sign-in is found, the chain verified, its head taken along and held
against it, what is read exported, everything replayed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core import settings
from core.accounts.roles import Role
from core.accounts.sign_in import sign_in
from core.accounts.store import open_accounts
from core.casework.opening import open_ledger
from core.desk import open_desk
from tests.browser.audit_steps import downloaded, drawn, exported, press, rows_of
from tests.browser.server import data_dir_of, serving
from tests.browser.visits import Screen, at_rest, choose_row, visit
from tests.decided import Somebody, scored
from tests.desks import fresh_copy, session_token

STRANGER = "192.0.2.77"
CLIENT = "100011"


@pytest.fixture(scope="module")
def much_scored(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A desk where 30 officers scored one client, and one officer another."""
    folder = tmp_path_factory.mktemp("much_scored")
    own = settings.read(data_dir=fresh_copy(small_desk, folder / "desk", "raw"))
    session_token(own.data_dir, Role.AUDITOR)
    with closing(open_ledger(own)) as ledger, closing(open_desk(own, ledger=ledger)) as desk:
        scored(desk, next(key for key in desk.tables.keys(20) if key != CLIENT))
        for number in range(30):
            scored(desk, CLIENT, Somebody(f"officer{number}"))
    with serving(own.data_dir, folder / "log.txt") as served:
        yield f"{served}/audit"


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


def test_back_from_the_record_of_an_event_all_that_was_asked_for_is_there_and_the_event_is_open(
    browser: Browser, much_scored: str
) -> None:
    with visit(browser, much_scored, role=Role.AUDITOR) as page:
        drawn(page)
        for label, option in (("When", "Everything"), ("What", "Scores")):
            page.get_by_role("combobox", name=label).click()
            page.get_by_role("option", name=option, exact=True).click()
            page.keyboard.press("Escape")
            at_rest(page)
        about = page.get_by_label("About", exact=True)
        about.fill(CLIENT)
        about.press("Enter")
        expect(page.get_by_text("1 to 25 of 30")).to_be_visible()
        page.get_by_role("button", name="Older").click()  # its name ends with its key
        expect(page.get_by_text("26 to 30 of 30")).to_be_visible()
        choose_row(page, 2)
        opened = page.get_by_role("heading", name=re.compile(r"^Event \d"))
        expect(opened).to_be_visible()
        event = opened.inner_text()
        for _ in range(2):
            page.get_by_role("link", name="Open the record").click()
            expect(page.get_by_text("Why, as shown then")).to_be_visible()
            at_rest(page)
            page.go_back()
            expect(page.get_by_text("26 to 30 of 30")).to_be_visible()
            expect(about).to_have_value(CLIENT)
            expect(opened).to_have_text(event)
            expect(page.get_by_role("combobox", name="When")).to_have_value("Everything")
            expect(page.get_by_role("button", name="Remove Scores")).to_be_visible()
            assert page.url == much_scored
            at_rest(page)


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
