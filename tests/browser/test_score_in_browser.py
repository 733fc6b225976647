"""The main job in a real browser: type a number, read the verdict and the reasons, in light, dark and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.accounts.roles import Role
from tests.browser.server import data_dir_of, health
from tests.browser.visits import Screen, sign_in, visit
from tests.desks import session_token

pytestmark = pytest.mark.browser

CLIENT = "100011"
DECIDED = "100211"  # of no other test: what is done to a client here stays


def scored(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"^(Approve|Refer|Decline) recommended: PD"))).to_be_visible()
    expect(chart_text(page, "This client")).to_be_visible()


def chart_text(page: Page, words: str) -> Locator:
    return page.locator(".js-plotly-plot .annotation-text").filter(has_text=words).first


def test_typing_a_number_shows_verdict_scale_figures_and_waterfall(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        number = page.get_by_label("Client number")
        number.fill(CLIENT)
        number.press("Enter")
        scored(page)
        assert page.locator(".js-plotly-plot .bars .point path").count() >= 8
        expect(chart_text(page, "Model base")).to_be_visible()
        expect(chart_text(page, "Calibration")).to_be_visible()
        expect(chart_text(page, "cut-off 9.1 %")).to_be_visible()
        for label in ("Probability of default", "Points and grade", "Expected loss", "Standing: riskier than"):
            expect(page.get_by_test_id("stMetricLabel").filter(has_text=label)).to_be_visible()
        assert f"client={CLIENT}" in page.url


def test_units_and_grouping_switch_by_keyboard_and_the_sum_follows(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client={CLIENT}") as page:
        scored(page)
        expect(page.get_by_text(re.compile(r"Sum check: .* points = PD"))).to_be_visible()
        page.get_by_role("radio", name="Points").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name="Log-odds")).to_be_focused()
        page.keyboard.press("Space")
        expect(chart_text(page, "This client")).to_be_visible()
        expect(page.locator(".xtitle").filter(has_text="log-odds of default")).to_be_visible()
        page.get_by_role("radio", name="Probability path").click()
        expect(page.get_by_text(re.compile(r"Sum check: .* pp .*= PD"))).to_be_visible()
        page.get_by_role("radio", name="Feature").click()
        expect(chart_text(page, "All others (")).to_be_visible()


def test_the_same_opens_as_a_table(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client={CLIENT}") as page:
        scored(page)
        expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
        page.get_by_text("The same as a table").click()
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_the_head_of_a_risk_manager_is_one_row_and_its_keys_are_listed(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/score?client={CLIENT}", role=Role.RISK_MANAGER) as page:
        scored(page)
        boxes = [
            page.get_by_role("radio", name="By number").bounding_box(),
            page.get_by_label("Client number").bounding_box(),
            page.get_by_role("button", name=re.compile("^Next waiting")).bounding_box(),
            page.get_by_role("button", name=re.compile("^Next referred")).bounding_box(),
        ]
        tops = [box["y"] for box in boxes if box]
        assert (len(tops), max(tops) - min(tops) < 12) == (4, True)
        expect(page.get_by_role("row", name=re.compile("^E next referred"))).to_be_visible()


def test_a_number_that_is_too_long_is_answered_in_a_sentence(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/score?client={CLIENT}") as page:
        scored(page)
        number = page.get_by_label("Client number")
        number.fill("1" * 1_000_000)
        number.press("Enter")
        expect(page.get_by_text("A client number has at most 40 characters.")).to_be_visible()
        number.fill("100009")
        number.press("Enter")
        expect(page.get_by_role("heading", name="Client 100009")).to_be_visible()
        expect(page.get_by_text("A client number has at most 40 characters.")).to_have_count(0)


def test_the_way_back_from_the_history_leads_to_the_client_and_the_way_forward_stays(
    browser: Browser, address: str
) -> None:
    with visit(browser, f"{address}/score?client={CLIENT}") as page:
        scored(page)
        page.get_by_role("link", name="History").first.click()
        expect(page.get_by_role("heading", name="Decision history")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name=f"Client {CLIENT}")).to_be_visible()
        scored(page)
        expect(page).to_have_url(f"{address}/score?client={CLIENT}")
        page.go_forward()
        expect(page.get_by_role("heading", name="Decision history")).to_be_visible()


def test_the_way_back_from_an_opened_record_leads_to_the_client(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/score?client={DECIDED}") as page:
        scored(page)
        page.get_by_role("button", name=re.compile("^Agree")).click()
        page.get_by_role("link", name="Open the record").first.click()
        expect(page.locator(".st-key-record")).to_be_visible()
        page.go_back()
        scored(page)
        expect(page).to_have_url(f"{address}/score?client={DECIDED}")


def test_nobody_comes_back_to_a_page_that_was_emptied(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/score?client={CLIENT}") as page:
        scored(page)
        number = page.get_by_label("Client number")
        number.fill("")
        number.press("Enter")
        expect(page.get_by_text("Whom shall we look at?")).to_be_visible()
        page.get_by_role("link", name="History").first.click()
        expect(page.get_by_role("heading", name="Decision history")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("Whom shall we look at?")).to_be_visible()


def test_an_unknown_number_is_answered_calmly_and_a_known_one_is_one_click_away(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/?client=999999999") as page:
        expect(page.get_by_text("No such client")).to_be_visible()
        assert "Traceback" not in page.content()
        page.get_by_role("button", name="100001").click()
        scored(page)
        expect(page.get_by_role("heading", name="Client 100001")).to_be_visible()


def test_an_address_that_no_page_has_leads_through_the_entry_script(browser: Browser, address: str) -> None:
    """Only the entry script draws the menu; whatever an address shows must stand beside it."""
    with browser.new_context() as context:
        sign_in(context, address, session_token(data_dir_of(address), Role.OFFICER))
        page = context.new_page()  # watched for nothing: Streamlit says in the console that there is no such page
        page.goto(f"{address}/main?client={CLIENT}")
        expect(page.get_by_role("link", name="Score")).to_be_visible()


def test_a_nested_address_of_a_script_shows_no_score(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        sign_in(context, address, session_token(data_dir_of(address), Role.OFFICER))
        page = context.new_page()
        page.goto(f"{address}/casework/score?client={CLIENT}")
        page.wait_for_timeout(3_000)
        assert page.get_by_text("recommended").count() == 0


def test_streamlit_runs_app_py_as_an_application_whose_health_is_json(address: str) -> None:
    status, answer = health(address)
    assert status == 200
    assert answer["status"] == "ok"


@pytest.mark.parametrize("screen", ["light", "dark", "phone"])
def test_the_page_is_photographed(browser: Browser, address: str, screen: Screen, screenshots: Path) -> None:
    with visit(browser, f"{address}/?client={CLIENT}", screen) as page:
        scored(page)
        expect(page.get_by_text("What stands behind the number")).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => true)")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0
        height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
        width = 390 if screen == "phone" else 1440
        page.set_viewport_size({"width": width, "height": int(height) + 20})
        page.wait_for_timeout(800)
        page.screenshot(path=screenshots / f"score_{screen}.png")
    assert (screenshots / f"score_{screen}.png").stat().st_size > 20_000
