"""An officer's work in a real browser: what-if beside the old score, an application typed in, a refresh in between."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from core.accounts.roles import Role
from tests.browser.visits import at_rest, visit

pytestmark = pytest.mark.browser

CLIENT = "100011"
VERDICT = re.compile(r"^(Approve|Refer|Decline) recommended: PD")
CHOICES = {
    "Type of loan": "Cash loan",
    "Source of income": "Working",
    "Education": "Secondary",
    "Housing": "Own house or flat",
    "Owns a home": "Yes",
    "Owns a car": "No",
}
NUMBERS = {"Credit amount": "450000", "Income": "180000", "Children": "1"}


def number(page: Page, label: str) -> Locator:
    """A large amount stands in the label a second time, "Credit amount · 450,000"."""
    return page.get_by_label(re.compile(rf"^{label}( ·|$)")).first


def beside(page: Page, column: str) -> Locator:
    """The small button beside a field: empty, not given, or back."""
    return page.locator(f"[class*='st-key-beside'][class*='_{column}']").get_by_role("button")


def type_in(page: Page, label: str, value: str) -> None:
    number(page, label).fill(value)
    number(page, label).press("Enter")
    at_rest(page)


def choose(page: Page, label: str, choice: str) -> None:
    """A list that a late run of the page closed again is opened once more."""
    option = page.get_by_role("option", name=choice, exact=True).first
    for _ in range(3):
        page.get_by_role("combobox", name=re.compile(rf"^(Selected .*)?{label}", re.IGNORECASE)).first.click()
        with suppress(TooLate):
            option.click(timeout=5_000)
            break
        page.keyboard.press("Escape")
    at_rest(page)


def test_a_what_if_stands_beside_the_score_and_a_key_takes_it_back(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client={CLIENT}") as page:
        expect(page.get_by_text("How far does this hold")).to_be_visible()
        at_rest(page)
        before = number(page, "Credit amount").input_value()
        type_in(page, "Credit amount", "90000")
        expect(page.get_by_text(re.compile("^With credit amount 90,000 instead of"))).to_be_visible()
        page.get_by_role("heading", name="What if").click()
        at_rest(page)
        page.keyboard.press("x")
        expect(page.get_by_text("As it is", exact=True)).to_be_visible()
        assert number(page, "Credit amount").input_value() == before


def test_a_what_if_takes_a_field_as_not_given_and_back(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client={CLIENT}") as page:
        expect(page.get_by_text("How far does this hold")).to_be_visible()
        at_rest(page)
        before = number(page, "Annuity").input_value()
        beside(page, "AMT_ANNUITY").click()
        expect(page.get_by_text(re.compile("^With annuity not given instead of"))).to_be_visible()
        expect(number(page, "Annuity")).to_have_value("")
        at_rest(page)
        beside(page, "AMT_ANNUITY").click()
        expect(page.get_by_text("As it is", exact=True)).to_be_visible()
        expect(number(page, "Annuity")).to_have_value(before)


def test_a_restored_field_is_emptied_and_stays_empty_after_a_refresh(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?entry=form", role=Role.RISK_MANAGER) as page:
        expect(page.get_by_role("heading", name="New application")).to_be_visible()
        at_rest(page)
        for label, value in NUMBERS.items():
            type_in(page, label, value)
        page.reload()
        expect(number(page, "Credit amount")).to_have_value("450000")
        at_rest(page)
        beside(page, "AMT_CREDIT").click()
        expect(number(page, "Credit amount")).to_have_value("")
        at_rest(page)
        page.reload()
        expect(number(page, "Income")).to_have_value("180000")
        expect(number(page, "Credit amount")).to_have_value("")


def test_the_next_waiting_client_is_one_key_away(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client={CLIENT}") as page:
        expect(page.get_by_text("How far does this hold")).to_be_visible()
        at_rest(page)
        page.keyboard.press("n")
        expect(page.get_by_role("heading", name="Client 101501")).to_be_visible()


def test_an_application_is_typed_in_survives_a_refresh_and_is_scored(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client={CLIENT}") as page:
        page.get_by_role("radio", name="New application").click()
        expect(page.get_by_role("heading", name="New application")).to_be_visible()
        assert "entry=form" in page.url
        for label, value in NUMBERS.items():
            type_in(page, label, value)
        page.reload()
        expect(number(page, "Credit amount")).to_have_value("450000")
        at_rest(page)
        page.get_by_role("button", name="Score this application").click()
        expect(page.get_by_text("This application cannot be scored yet")).to_be_visible()
        expect(page.get_by_text(re.compile("^Source of income: must be given"))).to_be_visible()
        at_rest(page)
        for label, choice in CHOICES.items():
            choose(page, label, choice)
        page.get_by_role("button", name="Score this application").click()
        expect(page.get_by_text(VERDICT)).to_be_visible()
        page.get_by_role("radio", name="Log-odds").click()
        expect(page.locator(".xtitle").filter(has_text="log-odds of default")).to_be_visible()
        page.reload()
        expect(page.get_by_text(VERDICT)).to_be_visible()
        expect(page.get_by_text("How far does this hold")).to_be_visible()  # the page is drawn anew then: dialogs end
        at_rest(page)
        page.get_by_text("The application", exact=True).first.click()
        page.get_by_role("button", name="Discard draft").click()
        page.get_by_role("button", name="Discard", exact=True).click()
        expect(page.get_by_text(VERDICT)).to_have_count(0)
        expect(number(page, "Credit amount")).to_have_value("")
