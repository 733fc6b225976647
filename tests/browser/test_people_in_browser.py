"""The People page in a real browser: what was done to an account shows at once, and can be undone there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from core.accounts.people import find
from core.accounts.roles import Role
from core.accounts.store import AccountStore, open_accounts
from tests.browser.server import serving
from tests.browser.visits import at_rest, visit
from tests.desks import fresh_copy, session_token

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose accounts these tests may change."""
    copy = fresh_copy(small_desk, tmp_path_factory.mktemp("people") / "desk")
    session_token(copy, Role.ADMINISTRATOR)
    return copy


@pytest.fixture(scope="module")
def people(own_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(own_desk, tmp_path_factory.mktemp("people_log") / "log.txt") as served:
        yield f"{served}/people"


@pytest.fixture
def store(own_desk: Path) -> AccountStore:
    return open_accounts(settings.read({"SOLVENT_PASSWORD_COST": "10"}, data_dir=own_desk))


def choose_account(page: Page, words: str) -> None:
    page.get_by_role("combobox", name="Account").click()
    page.get_by_role("option", name=words, exact=True).click()
    at_rest(page)


def do(page: Page, what: str, told: str) -> None:
    """Pressed on the card, and confirmed in the dialog that opens."""
    page.get_by_role("button", name=what, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(told)).to_be_visible()
    dialog.get_by_role("button", name=what, exact=True).click()
    expect(dialog).to_have_count(0)
    at_rest(page)


def test_the_card_offers_to_enable_whom_it_disabled_and_the_other_way_round(
    browser: Browser, people: str, store: AccountStore
) -> None:
    with visit(browser, people, role=Role.ADMINISTRATOR) as page:
        choose_account(page, "Auditor (auditor)")
        disable, enable = (page.get_by_role("button", name=name, exact=True) for name in ("Disable", "Enable"))
        for _ in range(2):
            do(page, "Disable", "can no longer sign in")
            assert not find(store, "auditor").enabled
            expect(enable).to_be_visible()
            expect(disable).to_have_count(0)
            do(page, "Enable", "can sign in again")
            assert find(store, "auditor").enabled
            expect(disable).to_be_visible()
            expect(enable).to_have_count(0)


def test_the_role_that_was_given_is_the_one_that_the_next_change_starts_from(
    browser: Browser, people: str, store: AccountStore
) -> None:
    with visit(browser, people, role=Role.ADMINISTRATOR) as page:
        choose_account(page, "Officer (officer)")
        page.get_by_role("button", name="Change role").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox", name="New role").click()
        page.get_by_role("option", name="Risk manager").click()
        at_rest(page)
        dialog.get_by_role("button", name="Change role").click()
        expect(dialog).to_have_count(0)
        assert find(store, "officer").role is Role.RISK_MANAGER
        at_rest(page)
        page.get_by_role("button", name="Change role").click()
        expect(dialog.get_by_text("Officer is risk manager now.")).to_be_visible()
