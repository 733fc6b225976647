"""Sign-in and roles in a real browser: who sees which page, and what is left after signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core import settings
from core.accounts import changes
from core.accounts.people import CONSOLE
from core.accounts.roles import PERSONAL_ROLES, Role
from core.accounts.store import AccountStore, open_accounts
from pages._ui import registry
from pages._ui.session import cookies
from tests.browser.server import serving
from tests.browser.visits import Screen, at_rest, sign_in, visit
from tests.desks import fresh_copy, password_of, session_token

pytestmark = pytest.mark.browser

CLIENT = "100011"


@pytest.fixture(scope="module")
def own_desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose accounts these tests may change."""
    copy = fresh_copy(small_desk, tmp_path_factory.mktemp("roles") / "desk")
    session_token(copy, Role.OFFICER)
    return copy


@pytest.fixture(scope="module")
def fresh(own_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that nobody has visited yet."""
    with serving(own_desk, tmp_path_factory.mktemp("roles_log") / "log.txt") as served:
        yield served


@pytest.fixture
def store(own_desk: Path) -> AccountStore:
    return open_accounts(settings.read({"SOLVENT_PASSWORD_COST": "10"}, data_dir=own_desk))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1440, "height": 1000}) as own:
        yield own


def type_in(page: Page, user_name: str, password: str) -> None:
    page.get_by_label("User name").fill(user_name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Password", exact=True).press("Enter")


def form(page: Page) -> None:
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def menu(page: Page) -> list[str]:
    return [text.splitlines()[-1] for text in page.get_by_test_id("stSidebar").get_by_role("link").all_inner_texts()]


def drawn_to_the_end(page: Page) -> None:
    """The page looks again by itself once, for how far it holds: a session that has ended would show at once."""
    expect(page.get_by_text("How far does this hold")).to_be_visible()
    at_rest(page)


def test_the_first_visitor_of_a_fresh_server_who_opens_an_administrators_page_gets_the_form_alone(
    fresh: str, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{fresh}/people")
    form(page)
    page.wait_for_timeout(1_500)
    assert page.get_by_role("heading").all_inner_texts() == ["Solvent", "Sign in"]
    assert page.get_by_test_id("stDataFrame").count() == 0
    assert page.get_by_test_id("stSidebar").count() == 0


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_each_role_signs_in_finds_its_pages_and_is_refused_the_others_by_address(
    fresh: str, own_desk: Path, context: BrowserContext, role: Role
) -> None:
    page = context.new_page()
    page.goto(fresh)
    form(page)
    type_in(page, *password_of(own_desk, role))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    its_own = [screen.title for screen in registry.screens_of(role)]
    if its_own:
        expect(page.get_by_test_id("stSidebar").get_by_role("link")).to_have_count(len(its_own))
        assert menu(page) == its_own
    else:
        expect(page.get_by_text("Nothing here for your role yet")).to_be_visible()
    for screen in registry.SCREENS:
        page.goto(f"{fresh}/{screen.page.value}")
        refusal = page.get_by_role("heading", name="Not open to your role")
        heading = page.get_by_role("heading", name=re.compile(rf"\b{screen.title}\b", re.IGNORECASE))
        if screen.title in its_own:
            expect(heading.first).to_be_visible()
            expect(refusal).to_have_count(0)
        else:
            expect(refusal).to_be_visible()
            expect(heading).to_have_count(0)


def test_a_deep_link_survives_the_sign_in_and_the_old_cookie_is_dead_after_signing_out(
    fresh: str, own_desk: Path, context: BrowserContext, browser: Browser
) -> None:
    page = context.new_page()
    page.goto(f"{fresh}/score?client={CLIENT}")
    form(page)
    type_in(page, *password_of(own_desk, Role.OFFICER))
    expect(page.get_by_role("heading", name=f"Client {CLIENT}")).to_be_visible()
    assert page.url == f"{fresh}/score?client={CLIENT}"
    kept = next(one for one in context.cookies() if one["name"] == cookies.SESSION)
    assert (kept["httpOnly"], kept["sameSite"], kept["expires"]) == (True, "Lax", -1)
    assert cookies.SESSION not in page.evaluate("document.cookie")
    page.get_by_role("button", name="Sign out").click()
    form(page)
    assert [one for one in context.cookies() if one["name"] == cookies.SESSION] == []
    with browser.new_context() as thief:
        sign_in(thief, fresh, kept["value"])
        stolen = thief.new_page()
        stolen.goto(f"{fresh}/score?client={CLIENT}")
        form(stolen)
        expect(stolen.get_by_text("Your session has ended: you signed out.")).to_be_visible()
        expect(stolen.get_by_text("recommended")).to_have_count(0)


def test_a_second_tab_is_signed_out_with_the_first_even_in_a_part_that_runs_alone(
    fresh: str, own_desk: Path, context: BrowserContext
) -> None:
    sign_in(context, fresh, session_token(own_desk, Role.OFFICER))
    one, other = context.new_page(), context.new_page()
    for tab in (one, other):
        tab.goto(f"{fresh}/score?client={CLIENT}")
        drawn_to_the_end(tab)
    one.get_by_role("button", name="Sign out").click()
    form(one)
    other.get_by_role("radio", name="Log-odds").click()
    expect(other.get_by_role("heading", name="You are not signed in")).to_be_visible()
    other.get_by_role("button", name="Sign in").click()
    form(other)


@pytest.mark.parametrize("change", ["role", "disabled"])
def test_a_role_or_an_account_that_is_taken_away_ends_the_work_at_the_next_click(
    fresh: str, own_desk: Path, context: BrowserContext, store: AccountStore, change: str
) -> None:
    now = datetime.now(UTC)
    added = changes.add(store, CONSOLE, f"ana.{change}", "Ana Lopes", "officer", now)
    with store.writing() as connection:
        connection.execute("update people set must_change_password = 0")
    page = context.new_page()
    page.goto(f"{fresh}/score?client={CLIENT}")
    form(page)
    type_in(page, added.person.user_name, added.password)
    drawn_to_the_end(page)
    if change == "role":
        changes.change_role(store, CONSOLE, added.person.user_name, "auditor", now)
    else:
        changes.disable(store, CONSOLE, added.person.user_name, now)
    page.get_by_role("button", name="Next waiting").click()
    form(page)
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    expect(page.get_by_text("recommended")).to_have_count(0)


def test_a_megabyte_in_both_fields_is_a_calm_refusal(fresh: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(fresh)
    form(page)
    type_in(page, "a" * 1_000_000, "b" * 1_000_000)
    expect(page.get_by_text("Wrong name or password.")).to_be_visible()


def test_an_administrator_adds_somebody_who_chooses_a_password_and_starts_work(
    fresh: str, own_desk: Path, browser: Browser
) -> None:
    with visit(browser, f"{fresh}/people", role=Role.ADMINISTRATOR) as page:
        page.get_by_role("button", name="Add a person").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name", exact=True).fill("Bruno Costa")
        dialog.get_by_label("User name").fill("bruno.costa")
        dialog.get_by_role("button", name="Add", exact=True).click()
        shown = dialog.get_by_test_id("stCode")
        expect(shown).to_be_visible()
        password = shown.inner_text().strip()
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_have_count(0)
        assert password not in page.content()
    with visit(browser, fresh, role=None) as page:
        form(page)
        type_in(page, "bruno.costa", password)
        expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
        page.get_by_label("Password as it is").fill(password)
        page.get_by_label("New password", exact=True).fill("four words of mine")
        page.get_by_label("New password, once more").fill("four words of mine")
        page.get_by_role("button", name="Change password").click()
        expect(page.get_by_text("Bruno Costa")).to_be_visible()
        expect(page.get_by_role("link", name="Score")).to_be_visible()


def at_work(page: Page, address: str, user_name: str, password: str) -> None:
    page.goto(f"{address}/score?client={CLIENT}")
    form(page)
    type_in(page, user_name, password)
    expect(page.get_by_role("heading", name=f"Client {CLIENT}")).to_be_visible()


def test_a_password_changed_in_the_menu_ends_the_sessions_elsewhere_and_only_the_new_one_signs_in(
    fresh: str, browser: Browser, context: BrowserContext, store: AccountStore
) -> None:
    added = changes.add(store, CONSOLE, "carla.dias", "Carla Dias", "officer", datetime.now(UTC))
    with store.writing() as connection:
        connection.execute("update people set must_change_password = 0")
    page, new = context.new_page(), "four words of mine"
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        at_work(other, fresh, "carla.dias", added.password)
        at_work(page, fresh, "carla.dias", added.password)
        before = session_of(context)
        page.get_by_role("button", name="Change password").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Password as it is").fill(added.password)
        dialog.get_by_label("New password", exact=True).fill(new)
        dialog.get_by_label("New password, once more").fill(new)
        dialog.get_by_role("button", name="Change password").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_text("Your password was changed.")).to_be_visible()
        expect(page.get_by_role("heading", name=f"Client {CLIENT}")).to_be_visible()
        assert session_of(context) != before
        other.reload()
        form(other)
        expect(other.get_by_text("Your session has ended: the password was changed.")).to_be_visible()
        expect(other.get_by_text("recommended")).to_have_count(0)
        type_in(other, "carla.dias", added.password)
        expect(other.get_by_text("Wrong name or password.")).to_be_visible()
        at_work(other, fresh, "carla.dias", new)


def session_of(context: BrowserContext) -> str:
    """The session that the browser's cookie names."""
    return next(one["value"] for one in context.cookies() if one["name"] == cookies.SESSION)


def test_nothing_of_charts_and_tables_breaks_the_content_policy(fresh: str, own_desk: Path, browser: Browser) -> None:
    """`visit` fails on any message of the console that is an error: a violation is one."""
    with visit(browser, f"{fresh}/score?client={CLIENT}") as page:
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        page.get_by_text("The same as a table").click()
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    with visit(browser, f"{fresh}/people", role=Role.ADMINISTRATOR) as page:
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_the_agent_interface_is_off(fresh: str, context: BrowserContext) -> None:
    answer = context.request.post(f"{fresh}/_stcore/agent/interact", data={})
    assert answer.status >= 400
    assert "session_id" not in answer.text()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_an_address_that_this_machine_makes_up_is_not_believed(
    fresh: str, browser: Browser, store: AccountStore, header: str
) -> None:
    from core.accounts.events import latest_events

    with browser.new_context(extra_http_headers={header: "198.51.100.77"}) as context:
        page = context.new_page()
        page.goto(fresh)
        form(page)
        type_in(page, "auditor", "not the password")
        expect(page.get_by_text(re.compile("Wrong name|Too many"))).to_be_visible()
    assert latest_events(store, 1)[0].address == "127.0.0.1"


@pytest.mark.parametrize("screen", ["light", "dark", "phone"])
def test_sign_in_people_and_refusal_are_photographed(
    fresh: str, browser: Browser, screen: Screen, screenshots: Path
) -> None:
    with visit(browser, fresh, screen, role=None) as page:
        form(page)
        _photograph(page, screenshots / f"sign_in_{screen}.png")
    with visit(browser, f"{fresh}/people", screen, role=Role.ADMINISTRATOR) as page:
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
        _photograph(page, screenshots / f"people_{screen}.png")
        page.goto(f"{fresh}/score")
        expect(page.get_by_role("heading", name="Not open to your role")).to_be_visible()
        _photograph(page, screenshots / f"refusal_{screen}.png")


def _photograph(page: Page, file: Path) -> None:
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(600)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.screenshot(path=file)
    assert file.stat().st_size > 5_000
