"""A decision's whole life in a real browser: scored, agreed or overridden, found, read, replayed, exported, audited,
and its person forgotten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from core.accounts.roles import Role
from core.desk import open_desk
from core.ledger.canonical import event_of
from core.ledger.event import Event
from core.policy.recommendation import Recommendation
from tests.browser.audit_steps import drawn, exported, rows_of
from tests.browser.server import serving
from tests.browser.visits import choose_row, visit
from tests.desks import fresh_copy

pytestmark = pytest.mark.browser
NOTE = "The employer confirmed the new contract by phone."


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a record of its own, which still is empty."""
    return fresh_copy(small_desk, tmp_path_factory.mktemp("decisions") / "desk")


@pytest.fixture(scope="module")
def clients(own_desk: Path) -> dict[Recommendation, str]:
    """One client for each recommendation."""
    desk = open_desk(settings.read(data_dir=own_desk))
    try:
        return {desk.score(key).recommendation: key for key in reversed(desk.tables.keys(200))}
    finally:
        desk.close()


@pytest.fixture(scope="module")
def own_address(own_desk: Path) -> Iterator[str]:
    with serving(own_desk, own_desk.parent / "log.txt") as address:
        yield address


@pytest.fixture
def overridden(own_desk: Path, own_address: str) -> Event:
    """The decision against the recommendation, as the journal has it while the app runs."""
    journal = b"".join(path.read_bytes() for path in sorted((own_desk / "ledger" / "journal").glob("*.jsonl")))
    return next(event for event, _ in map(event_of, journal.splitlines()) if event.public.get("override_side") == "low")


def score_page(page: Page, address: str, client: str) -> None:
    page.goto(f"{address}/score?client={client}")
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^{name}")).first.click()


def test_an_officer_agrees_and_overrides_and_what_was_decided_stays_decided(
    browser: Browser, own_address: str, clients: dict[Recommendation, str]
) -> None:
    with visit(browser, own_address) as page:
        score_page(page, own_address, clients[Recommendation.APPROVE])
        press(page, "Agree: approve")
        expect(page.get_by_text(re.compile(r"^Approved by officer on"))).to_be_visible()
        page.reload()
        expect(page.get_by_text(re.compile(r"^Approved by officer on"))).to_be_visible()
        expect(page.get_by_role("button", name="Record decision")).to_have_count(0)

        score_page(page, own_address, clients[Recommendation.DECLINE])
        page.get_by_role("radio", name="Approve").or_(page.get_by_role("button", name="Approve", exact=True)).click()
        page.get_by_label("Note for the file").fill(NOTE)
        press(page, "Record decision")
        expect(page.get_by_text("needs a reason from the list")).to_be_visible()
        assert page.get_by_label("Note for the file").input_value() == NOTE
        page.get_by_label("Reason, if you differ from the recommendation").click()
        page.get_by_role("option", name="Further income proved by documents").click()
        press(page, "Record decision")
        expect(page.get_by_text(re.compile(r"^Approved by officer on"))).to_be_visible()


def test_the_decision_is_found_opened_and_exported_by_the_officer(
    browser: Browser, own_address: str, clients: dict[Recommendation, str], tmp_path: Path
) -> None:
    with visit(browser, own_address) as page:
        score_page(page, own_address, clients[Recommendation.DECLINE])
        page.get_by_role("link", name="Open the record").click()
        expect(page.get_by_text("Low-side override")).to_be_visible()
        expect(page.get_by_text(f"“{NOTE}”")).to_be_visible()
        expect(page.get_by_text("Reason: Further income proved by documents")).to_be_visible()
        expect(page.get_by_text("2 decisions")).to_be_visible()
        assert page.get_by_role("button", name="Replay").count() == 0
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as arriving:
            page.get_by_role("button", name="CSV", exact=True).click()
        arriving.value.save_as(tmp_path / "history.csv")
    exported = (tmp_path / "history.csv").read_text()
    assert len(exported.splitlines()) == 3
    assert "income_verified" in exported
    assert NOTE not in exported
    assert clients[Recommendation.DECLINE] not in exported


def test_the_auditor_replays_it_and_reads_who_decided_and_exported(
    browser: Browser, own_address: str, clients: dict[Recommendation, str]
) -> None:
    with visit(browser, f"{own_address}/history", role=Role.AUDITOR) as page:
        page.get_by_label("Application or client").fill(clients[Recommendation.DECLINE])
        page.get_by_label("Application or client").press("Enter")
        expect(page.get_by_text("1 decision,")).to_be_visible()
        choose_row(page)
        expect(page.get_by_text(f"“{NOTE}”")).to_be_visible()
        press(page, "Replay")
        expect(page.get_by_text("The same to the last bit").first).to_be_visible()
        page.goto(f"{own_address}/audit")
        expect(page.get_by_text("newest first")).to_be_visible()
        press(page, "Verify")
        expect(page.get_by_text("Sound, verified on")).to_be_visible()


def test_the_administrator_forgets_the_person_and_nothing_is_left_to_read(
    browser: Browser, own_address: str, overridden: Event, clients: dict[Recommendation, str]
) -> None:
    number, record = clients[Recommendation.DECLINE], f"{own_address}/history?record={overridden.sequence}"
    with visit(browser, record, role=Role.AUDITOR) as page:
        expect(page.get_by_text(f"“{NOTE}”")).to_be_visible()
    with visit(browser, f"{own_address}/retention", role=Role.ADMINISTRATOR) as page:
        page.get_by_label("Client number or application id").fill(number)
        page.get_by_label("Client number or application id").press("Enter")
        expect(page.get_by_role("heading", name=f"Client {number}")).to_be_visible()
        page.get_by_role("textbox", name="Reason").fill("Asked for by letter, Article 17")
        page.get_by_role("textbox", name="Reason").press("Tab")
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        expect(page.get_by_text("The client is forgotten")).to_be_visible(timeout=120_000)
    with visit(browser, record, role=Role.AUDITOR) as page:
        expect(page.get_by_text("This person was forgotten.")).to_be_visible()
        expect(page.get_by_text("2 decisions,")).to_be_visible()
        assert page.get_by_text(NOTE).count() == 0
        press(page, "Replay")
        expect(page.get_by_text("so there is nothing to repeat")).to_be_visible()
    with visit(browser, f"{own_address}/score?client={number}") as page:
        expect(page.get_by_text("No such client")).to_be_visible()


def test_the_auditor_reads_what_everybody_did(
    browser: Browser, own_address: str, overridden: Event, tmp_path: Path
) -> None:
    with visit(browser, f"{own_address}/audit", role=Role.AUDITOR) as page:
        drawn(page)
        exported(page, tmp_path / "audit.csv")
    rows = rows_of(tmp_path / "audit.csv")
    done = Counter((row["kind"], row["actor"]) for row in rows)
    assert done["Decided", "officer"] == 2
    assert done["Exported", "officer"] == 1
    assert done["Erased", "administrator"] == 1
    assert done["Signed in", "auditor"] >= 2
    (decision,) = (row for row in rows if row["sequence"] == str(overridden.sequence))
    assert (decision["subject"], decision["role"]) == (overridden.application, "officer")
    assert decision["what"].startswith("Decided approve against the recommended decline")
