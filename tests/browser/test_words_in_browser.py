"""Words that people typed, in a real browser: shown as they stand, without a link, and named as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from core.accounts.roles import Role
from core.casework.opening import open_ledger
from core.desk import open_desk
from core.ledger.event import Event
from core.policy.recommendation import Recommendation
from tests.browser.server import serving
from tests.browser.visits import Screen, visit
from tests.decided import clients_with, decided
from tests.desks import fresh_copy, session_token

pytestmark = pytest.mark.browser

LINES = (
    "Seen: https://register.bank.example/case_12?id=5 and http://www.bank.example",
    "   www.bank.example  *paid*, ana.b_c@bank.example -> :tada: :material/home: 10:30",
    "x" * 500,
)
NOTE = "\n".join(LINES)
ASKED = (  # at most 40 letters each, as a client's number
    "*a* https://bank.example/a_b?c=1 -> <-> ",
    "www.bank.example, ana.b_c@bank.example",
    ":tada: :+1: :red[x] :small -- 10:30:45 x",
    ":material/home: :streamlit: $y$ `z` >= x",
    "[x](http://bank.example) &amp; <b>_c_</b",
)
LOOKS = "e => { const s = getComputedStyle(e); return [s.fontFamily, s.fontSize, s.fontWeight, s.color] }"
LIKE = (("stText", "^Note: "), ("stMarkdown", "^PD .* points, grade "))


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = fresh_copy(small_desk, tmp_path_factory.mktemp("words") / "desk", "raw")
    session_token(copy, Role.OFFICER)
    return copy


@pytest.fixture(scope="module")
def referred(own_desk: Path) -> tuple[str, Event]:
    own = settings.read(data_dir=own_desk)
    with closing(open_ledger(own)) as ledger, closing(open_desk(own, ledger=ledger)) as desk:
        (client,) = clients_with(desk, Recommendation.DECLINE, 1)
        return client, decided(desk, client, "refer", note=NOTE)


@pytest.fixture(scope="module")
def address(own_desk: Path, referred: tuple[str, Event], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(own_desk, tmp_path_factory.mktemp("words_log") / "log.txt") as served:
        yield served


def assert_as_typed(page: Page, before: str) -> None:
    """The note and nothing else, no link in it, wrapped within the screen."""
    note = page.get_by_test_id("stText")
    expect(note).to_be_visible()
    assert note.inner_text() == f"{before}: “{NOTE}”"
    assert links(page) == 0
    assert note.evaluate("e => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth")


def links(page: Page) -> int:
    return page.get_by_test_id("stMain").locator("a[href*='bank.example']").count()


@pytest.mark.parametrize("screen", ["light", "dark", "phone"])
def test_a_note_stands_in_the_record_line_for_line_and_without_links(
    browser: Browser, address: str, referred: tuple[str, Event], screen: Screen, screenshots: Path
) -> None:
    _, event = referred
    with visit(browser, f"{address}/history?record={event.sequence}", screen) as page:
        assert_as_typed(page, "Note")
        note, beside = (page.get_by_test_id(one).filter(has_text=re.compile(words)) for one, words in LIKE)
        assert note.locator("span").evaluate(LOOKS) == beside.locator("p").evaluate(LOOKS)
        page.screenshot(path=screenshots / f"note_{screen}.png", full_page=True)


@pytest.mark.parametrize("screen", ["light", "phone"])
def test_the_note_of_a_referral_stands_beside_the_score_as_it_was_typed(
    browser: Browser, address: str, referred: tuple[str, Event], screen: Screen
) -> None:
    client, _ = referred
    with visit(browser, f"{address}/score?client={client}", screen, role=Role.RISK_MANAGER) as page:
        assert_as_typed(page, "ana")


def test_whatever_is_asked_for_is_told_as_it_was_typed(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        for asked in ASKED:
            page.goto(f"{address}/score?client={quote(asked, safe='')}")
            expect(page.get_by_text(asked.strip()).first).to_be_visible()
            assert asked.strip() in page.get_by_test_id("stMain").inner_text()
            assert links(page) == 0


def test_every_field_of_the_entry_form_is_named_as_it_is_labelled(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/score?entry=form") as page:
        page.get_by_text("New application", exact=True).first.click()
        expect(page.get_by_label("E-mail address given", exact=False).first).to_be_attached()
        names = page.evaluate("() => [...document.querySelectorAll('[aria-label]')].map(e => e.ariaLabel)")
    assert [name for name in names if "\\" in name or "color[" in name] == []
    told = {re.sub(r"^Selected .*?\. ", "", name) for name in names}
    assert {"Employer's line of business", "Acquaintances observed (30 days)", "E-mail address given"} <= told
