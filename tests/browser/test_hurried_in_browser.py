"""Somebody in a hurry: presses that reach the server while the page is on its way to something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.ledger.canonical import event_of
from tests.browser.server import serving
from tests.browser.test_score_entry_in_browser import number, type_in
from tests.browser.visits import at_rest, visit
from tests.desks import fresh_copy

pytestmark = pytest.mark.browser

CLIENT = "100011"
# Agrees as soon as the heading names somebody else than before; says whose card and heading that was.
_AGREE_AT_ONCE = """() => {
    const heading = () => document.querySelector('[data-testid=stMain] h2')?.innerText
    const before = heading()
    window.pressed = null
    const looking = setInterval(() => {
        const card = document.querySelector('.st-key-decide')
        const button = card && [...card.querySelectorAll('button')].find(one => /Agree/.test(one.innerText))
        if (heading() === before || !button || button.disabled) return
        clearInterval(looking)
        window.pressed = [heading(), 'Client ' + card.innerText.match(/Client (\\S+):/)[1]]
        button.click()
    }, 5)
}"""
_HURRIES = 4


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_copy(small_desk, tmp_path_factory.mktemp("hurried") / "desk", "raw")


@pytest.fixture(scope="module")
def own_address(own_desk: Path) -> Iterator[str]:
    with serving(own_desk, own_desk.parent / "log.txt") as served:
        yield served


def decisions(desk: Path) -> int:
    lines = (line for file in (desk / "ledger" / "journal").glob("*.jsonl") for line in file.read_bytes().splitlines())
    return sum(event.kind == "decided" for event, _ in map(event_of, lines))


def opened(page: Page) -> None:
    expect(page.get_by_text("How far does this hold")).to_be_visible()
    at_rest(page)


def pressed(page: Page) -> tuple[str, str]:
    """The heading and the card at the moment of the press."""
    for _ in range(600):
        seen = page.evaluate("window.pressed")
        if seen:
            return seen[0], seen[1]
        page.wait_for_timeout(50)
    raise AssertionError("nobody could be agreed on")


def test_agreeing_on_the_card_of_a_client_whom_the_heading_has_left_records_nothing(
    browser: Browser, own_desk: Path, own_address: str
) -> None:
    with visit(browser, f"{own_address}/score?client={CLIENT}") as page:
        for _ in range(_HURRIES):
            opened(page)
            before = decisions(own_desk)
            page.evaluate(_AGREE_AT_ONCE)
            page.keyboard.press("n")
            heading, card = pressed(page)
            if heading == card:
                expect(page.locator(".st-key-decide").get_by_text("(event ")).to_be_visible()
                assert decisions(own_desk) == before + 1
                continue
            expect(page.get_by_text("nothing was recorded").first).to_be_visible()
            at_rest(page)
            assert decisions(own_desk) == before


@pytest.mark.parametrize("pause", [None, 0, 300])  # ms; None: stays
def test_the_first_decision_of_a_session_is_told_with_its_number_even_to_one_who_goes_on_at_once(
    browser: Browser, own_address: str, pause: int | None
) -> None:
    with visit(browser, f"{own_address}/score") as page:
        page.get_by_role("button", name="Next waiting").click()
        opened(page)
        page.keyboard.press("Alt+a")
        if pause is not None:
            page.wait_for_timeout(pause)
            page.keyboard.press("n")
        expect(page.get_by_test_id("stToast").get_by_text("Recorded as event")).to_be_visible()


@pytest.mark.parametrize("pause", [0, 500])  # ms
def test_whoever_looks_into_the_form_and_comes_back_reads_the_numbers_that_are_counted_with(
    browser: Browser, own_address: str, pause: int
) -> None:
    with visit(browser, f"{own_address}/score?client={CLIENT}") as page:
        opened(page)
        annuity = number(page, "Annuity").input_value()
        page.get_by_role("radio", name="Log-odds").click()
        at_rest(page)
        type_in(page, "Annuity", "9000")
        page.get_by_role("radio", name="New application").click()
        page.wait_for_timeout(pause)
        page.get_by_role("radio", name="By number").click()
        expect(page.get_by_text("As it is", exact=True)).to_be_visible()
        at_rest(page)
        expect(number(page, "Annuity")).to_have_value(annuity)
        expect(page.get_by_role("heading", name=f"Client {CLIENT}")).to_be_visible()
        expect(page.get_by_role("textbox", name="Client number")).to_have_value(CLIENT)
        expect(page.get_by_role("radio", name="Log-odds")).to_be_checked()
        expect(page.locator(".xtitle").filter(has_text="log-odds of default")).to_be_visible()


@pytest.mark.parametrize("pause", [0, 2_000])  # ms
def test_a_note_that_somebody_leaves_to_look_something_up_is_there_again(
    browser: Browser, own_address: str, pause: int
) -> None:
    with visit(browser, f"{own_address}/score?client={CLIENT}") as page:
        opened(page)
        note = page.get_by_label("Note for the file")
        note.fill(f"Typed before a look elsewhere of {pause} ms.")
        note.blur()
        at_rest(page)
        page.get_by_role("link", name="History").click()
        page.wait_for_timeout(pause)
        page.get_by_role("link", name="Score").click()
        opened(page)
        expect(note).to_have_value(f"Typed before a look elsewhere of {pause} ms.")
        page.reload()
        opened(page)
        expect(note).to_have_value(f"Typed before a look elsewhere of {pause} ms.")


def test_a_note_and_the_press_right_after_it_are_recorded_together(
    browser: Browser, own_desk: Path, own_address: str
) -> None:
    with visit(browser, f"{own_address}/score") as page:
        page.get_by_role("button", name="Next waiting").click()
        opened(page)
        before = decisions(own_desk)
        page.get_by_role("radio", name="Refer").click()
        at_rest(page)
        page.get_by_label("Note for the file").click()
        page.keyboard.type("Please look at the payslips.")
        page.get_by_role("button", name="Record decision").click()
        expect(page.locator(".st-key-decide").get_by_text("(event ")).to_be_visible()
        assert decisions(own_desk) == before + 1
        page.get_by_role("link", name="Open the record").click()
        expect(page.get_by_text("“Please look at the payslips.”")).to_be_visible()
