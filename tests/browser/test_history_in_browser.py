"""The history in a real browser: filter, choose a row, read its record, take the rows along, replay as the auditor."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from core.accounts.roles import Role
from core.casework.opening import open_ledger
from core.desk import open_desk
from core.ledger.event import Event
from core.policy.recommendation import Recommendation
from tests.browser.server import serving
from tests.browser.visits import Screen, at_rest, choose_row, visit
from tests.decided import ANA, BEN, NOTE, clients_with, decided
from tests.desks import fresh_copy, session_token

pytestmark = pytest.mark.browser

# words of filters that reach beyond their field, or below its buttons
CUT_OFF = """() => {
    const box = part => part.getBoundingClientRect()
    const cut = []
    for (const chip of document.querySelectorAll('[data-testid="stMultiSelectTagsContainer"] *'))
        if (chip.scrollWidth > chip.clientWidth + 1 && chip.clientWidth) cut.push(chip.textContent)
    for (const dates of document.querySelectorAll('[data-testid="stDateInput"]')) {
        const end = Math.max(...[...dates.querySelectorAll('.react-aria-DateField')].map(one => box(one).right))
        const first = Math.min(...[...dates.querySelectorAll('button')].map(one => box(one).left))
        if (end > first) cut.push('dates')
    }
    for (const label of document.querySelectorAll('[data-testid="stWidgetLabel"]'))
        if (box(label).height > 30) cut.push(label.textContent)
    return cut
}"""
# labels of charts that touch each other or leave their chart
OVERLAPPING = """() => {
    const wrong = []
    for (const chart of document.querySelectorAll('.js-plotly-plot')) {
        const edge = chart.getBoundingClientRect()
        const words = [...chart.querySelectorAll('.xtick text, .bartext, .annotation text')]
        const boxes = words.map(one => [one.textContent, one.getBoundingClientRect()]).filter(one => one[1].width)
        boxes.forEach(([text, a], at) => {
            if (a.left < edge.left || a.right > edge.right) wrong.push(text)
            for (const [other, b] of boxes.slice(at + 1))
                if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                    wrong.push(`${text} and ${other}`)
        })
    }
    return wrong
}"""


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk on which a few decisions were made."""
    copy = fresh_copy(small_desk, tmp_path_factory.mktemp("history") / "desk", "raw")
    session_token(copy, Role.OFFICER)
    return copy


@pytest.fixture(scope="module")
def overridden(own_desk: Path) -> Event:
    """The one decision against the recommendation, among others."""
    own = settings.read(data_dir=own_desk)
    with closing(open_ledger(own)) as ledger, closing(open_desk(own, ledger=ledger)) as desk:
        for client in clients_with(desk, Recommendation.APPROVE, 17):
            decided(desk, client, "approve")
        bad, worse = clients_with(desk, Recommendation.DECLINE, 2)
        decided(desk, bad, "decline", BEN)
        return decided(desk, worse, "approve", ANA, "income_verified", NOTE)


@pytest.fixture(scope="module")
def history(own_desk: Path, overridden: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(own_desk, tmp_path_factory.mktemp("history_log") / "log.txt") as served:
        yield f"{served}/history"


def told(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def downloaded(page: Page, form: str, folder: Path) -> Path:
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=form).click()
    saved = folder / download.value.suggested_filename
    download.value.save_as(saved)
    return saved


def test_a_decision_is_found_opened_exported_and_replayed(
    browser: Browser, history: str, overridden: Event, own_desk: Path, tmp_path: Path
) -> None:
    with visit(browser, history, role=Role.AUDITOR) as page:
        told(page, "19 decisions")
        told(page, "1 override (1 low-side, 0 high-side)")
        choose(page, "Override", "Low side")
        told(page, "1 to 1 of 1")
        assert page.url.endswith("?override=Low+side")
        choose_row(page)
        told(page, "Why, as shown then")
        expect(page.get_by_role("heading", name=overridden.application)).to_be_visible()
        told(page, NOTE)
        assert f"record={overridden.sequence}" in page.url
        page.get_by_role("button", name="Replay").click()
        told(page, "The same to the last bit")
        expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)  # unrecorded
        file = downloaded(page, "CSV", tmp_path)
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert (row["application"], row["override_side"]) == (overridden.application, "low")
    (exported,) = journal_of(own_desk, "exported")
    assert exported["public"]["file"] == file.name
    assert (exported["actor"], exported["public"]["filter"].split("; ")[1]) == ("auditor", "override: low side")


def test_esc_closes_a_list_and_keeps_what_was_chosen(browser: Browser, history: str) -> None:
    asked = f"{history}?override=Low+side&decided=Approved"
    with visit(browser, asked, role=Role.OFFICER) as page:
        told(page, "1 to 1 of 1")
        for label in ("Override", "Decided", "Period"):
            page.get_by_role("combobox", name=label).click()
            expect(page.get_by_role("option").first).to_be_visible()
            for _ in range(2):  # once to close the list, and once more as people do
                page.keyboard.press("Escape")
                at_rest(page)
            expect(page.get_by_role("option")).to_have_count(0)
            assert page.url == asked
        told(page, "1 to 1 of 1")


def test_an_empty_list_is_filled_by_resetting_the_filters_there(browser: Browser, history: str) -> None:
    with visit(browser, f"{history}?by=ana&override=Instead+of+a+referral") as page:
        told(page, "No decision fits these filters")
        expect(page.get_by_role("button", name="Reset filters")).to_have_count(2)
        page.get_by_role("button", name="Reset filters").last.click()
        told(page, "1 to 15 of 19")
        told(page, "19 decisions")
        expect(page.get_by_role("button", name="Remove ana")).to_have_count(0)
        expect(page).to_have_url(history)


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_filters_can_be_read_and_labels_of_charts_stand_apart(browser: Browser, history: str, width: int) -> None:
    days = f"period=From+…+to+…&days=2025-12-28&days={date.today()}"
    asked = f"{days}&by=ana&by=ben&override=Instead+of+a+referral&state=Closed&grade=Z"
    with visit(browser, f"{history}?{asked}") as page:
        page.set_viewport_size({"width": width, "height": 1000})
        told(page, "No decision fits these filters")
        assert page.evaluate(CUT_OFF) == []
        expect(page.get_by_role("button", name="More (1)")).to_be_visible()  # no such grade is offered
        reset = page.get_by_role("button", name="Reset filters")
        expect(reset).to_have_count(2)  # in the head, and where the list would be
        reset.first.click()
        told(page, "1 to 15 of 19")
        expect(page.locator(".js-plotly-plot")).to_have_count(2)
        at_rest(page)
        assert page.evaluate(OVERLAPPING) == []


def test_a_click_anywhere_on_a_row_opens_it_and_its_box_closes_it(browser: Browser, history: str) -> None:
    opening = re.compile(r"record=(\d+)")
    with visit(browser, history, role=Role.OFFICER) as page:
        told(page, "Click a row to read it")
        seen = []
        for row in (1, 2, 4, 2):
            choose_row(page, row, right=200 if row % 2 else 330)
            before = seen[-1] if seen else "none"
            page.wait_for_url(lambda url, before=before: bool(opening.search(url)) and before not in url)
            told(page, "Why, as shown then")
            seen.append(opening.search(page.url).group())
        assert (len(set(seen)), seen[1]) == (3, seen[3])
        choose_row(page, 2, right=18)
        page.wait_for_url(lambda url: "record=" not in url)
        expect(page.get_by_role("heading", name="Why, as shown then")).to_have_count(0)


def test_the_first_click_on_a_list_that_was_left_with_a_row_open_opens_one(browser: Browser, history: str) -> None:
    with visit(browser, history, role=Role.OFFICER) as page:
        for row in (3, 3, 5):
            told(page, "Click a row to read it")
            choose_row(page, row)
            told(page, "Why, as shown then")
            page.get_by_role("link", name="Score", exact=True).click()
            expect(page.get_by_role("heading", name="Why, as shown then")).to_have_count(0)
            at_rest(page)
            page.get_by_role("link", name="History", exact=True).click()


def test_the_first_click_on_events_that_were_turned_over_with_one_open_opens_one(
    browser: Browser, history: str
) -> None:
    with visit(browser, f"{history.removesuffix('history')}audit", role=Role.AUDITOR) as page:
        event = page.get_by_role("heading", name=re.compile(r"^Event [0-9]"))
        for row in (3, 3, 5):
            told(page, "Click one to read it")
            choose_row(page, row)
            expect(event).to_have_count(1)
            for turn, first in (("Older", "26 to"), ("Newer", "1 to 25")):
                page.get_by_role("button", name=turn).click()
                told(page, first)
            expect(event).to_have_count(0)


def test_pages_are_turned_by_keyboard_and_the_record_is_closed_by_it(browser: Browser, history: str) -> None:
    with visit(browser, f"{history}?rows=10+rows&record=3", role=Role.OFFICER) as page:
        told(page, "1 to 10 of 19")
        page.get_by_role("heading", name="Decision history").click()
        at_rest(page)  # a button takes its key once it is drawn, and the record's is drawn anew after each turn
        page.keyboard.press("n")
        told(page, "11 to 19 of 19")
        at_rest(page)
        page.keyboard.press("p")
        told(page, "1 to 10 of 19")
        at_rest(page)
        page.keyboard.press("q")
        expect(page.get_by_role("heading", name="Why, as shown then")).to_have_count(0)


@pytest.mark.parametrize("screen", ["light", "dark", "phone"])
def test_nothing_is_cut_off(
    browser: Browser, history: str, overridden: Event, screen: Screen, screenshots: Path
) -> None:
    with visit(browser, f"{history}?record={overridden.sequence}", screen) as page:
        told(page, "Why, as shown then")
        expect(page.get_by_test_id("stPlotlyChart")).to_have_count(3)
        page.wait_for_timeout(1_500)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.screenshot(path=screenshots / f"history_{screen}.png")


def journal_of(desk: Path, kind: str) -> list[dict[str, dict[str, str]]]:
    lines = (line for file in sorted((desk / "ledger" / "journal").glob("*")) for line in file.read_text().splitlines())
    return [event for event in (json.loads(line)["public"] for line in lines) if event["kind"] == kind]
