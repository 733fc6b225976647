"""Choosing a decision changes which reasons are offered, and nothing of what was typed before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from core.accounts.roles import Role
from core.desk import open_desk
from core.policy.recommendation import Recommendation
from tests.browser.server import serving
from tests.browser.visits import at_rest, visit
from tests.decided import NOTE, clients_with
from tests.desks import fresh_copy, session_token

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = fresh_copy(small_desk, tmp_path_factory.mktemp("reasons") / "desk", "raw")
    session_token(copy, Role.OFFICER)
    return copy


@pytest.fixture(scope="module")
def unsure(own_desk: Path) -> str:
    """A client whom somebody else should look at."""
    with closing(open_desk(settings.read(data_dir=own_desk))) as desk:
        return clients_with(desk, Recommendation.REFER, 1)[0]


@pytest.fixture(scope="module")
def address(own_desk: Path, unsure: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(own_desk, tmp_path_factory.mktemp("reasons_log") / "log.txt") as served:
        yield served


def choose(page: Page, decision: str) -> None:
    page.get_by_role("radio", name=decision).or_(page.get_by_role("button", name=decision, exact=True)).click()


def offered(page: Page) -> list[str]:
    page.get_by_label("Reason, if you decide instead of a referral").click()
    return page.get_by_role("option").all_inner_texts()


def test_the_note_stays_while_the_reasons_follow_the_choice(browser: Browser, address: str, unsure: str) -> None:
    with visit(browser, f"{address}/score?client={unsure}") as page:
        note = page.get_by_label("Note for the file")
        expect(note).to_be_visible()
        note.fill(NOTE)
        choose(page, "Decline")
        at_rest(page)  # the card is drawn for it: a list that is open by then closes
        assert "Suspicion of fraud, passed to the responsible desk" in offered(page)
        page.get_by_role("option", name="Debts found that the application left out").click()
        assert "Wrong or outdated data corrected" in offered(page)
        page.keyboard.press("Escape")
        at_rest(page)
        reason = page.get_by_label("Reason, if you decide instead of a referral")
        expect(reason).to_have_value("Debts found that the application left out")
        choose(page, "Refer")
        expect(page.get_by_label("Reason, if you decide instead of a referral")).to_have_count(0)
        choose(page, "Approve")
        expect(page.get_by_label("Reason, if you decide instead of a referral")).to_be_visible()
        assert "Suspicion of fraud, passed to the responsible desk" not in offered(page)
        page.get_by_role("option", name="Long and good relationship with the client").click()
        assert note.input_value() == NOTE
        page.get_by_role("button", name="Record decision").click()
        expect(page.get_by_text(re.compile("^Approved by officer on"))).to_be_visible()
        page.get_by_role("link", name="Open the record").click()
        expect(page.get_by_text(re.compile("Instead of a referral$"))).to_be_visible()
        expect(page.get_by_text(f"“{NOTE}”")).to_be_visible()
        page.goto(f"{address}/history?override=Instead+of+a+referral")
        expect(page.get_by_text("0 overrides, 1 decided instead of a referral").first).to_be_visible()
        expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
