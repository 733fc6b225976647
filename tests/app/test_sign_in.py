"""Signing in through the entry script: the form, what it refuses, where it leads, and when it comes back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts import changes, moments, sessions
from core.accounts.events import latest_events
from core.accounts.own_password import change_own_password
from core.accounts.people import CONSOLE, find
from core.accounts.roles import Role
from core.accounts.store import AccountStore, open_accounts
from pages._ui.session import visitor as visitor_module
from pages._ui.words import plain
from tests.app.conftest import BROWSER, Visitor
from tests.desks import password_of, session_token

ROOT = Path(__file__).resolve().parents[2]
REDIRECT = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> Path:
    """Accounts and nothing else: these tests need no portfolio."""
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    session_token(tmp_path, Role.OFFICER)
    return tmp_path


@pytest.fixture
def store(desk: Path) -> AccountStore:
    return open_accounts(settings.read())


def opened(page: str = "", **query: str) -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    test.query_params.update(query)
    test.run()
    if page:
        test.switch_page(str(ROOT / "pages" / page)).run()
    assert not test.exception
    return test


def form(test: AppTest) -> list[str]:
    return [field.label for field in test.text_input]


def signed(test: AppTest, user_name: str, password: str) -> AppTest:
    test.text_input[0].set_value(user_name)
    test.text_input[1].set_value(password)
    return test.button[0].click().run()


def redirect(test: AppTest) -> str | None:
    found = [REDIRECT.search(str(m.value)) for m in test.markdown]
    return next((html.unescape(match[1]) for match in found if match), None)


def subheaders(test: AppTest) -> list[str]:
    return [str(s.value) for s in test.subheader]


@pytest.mark.parametrize("page", ["", "casework/score.py", "admin/people.py"])
def test_a_visitor_who_has_not_signed_in_sees_the_form_and_nothing_of_any_page(
    desk: Path, visitor: Visitor, page: str
) -> None:
    visitor.role = None
    test = opened(page)
    assert form(test) == ["User name", "Password"]
    assert not test.dataframe
    assert not test.sidebar.markdown
    assert "People" not in [h.value for h in test.header]


def test_the_right_password_leads_through_the_cookies_route_to_the_page_that_was_asked_for(
    desk: Path, visitor: Visitor, store: AccountStore
) -> None:
    visitor.role = None
    test = signed(opened("casework/score.py", client="10&1=<"), *password_of(desk, Role.OFFICER))
    address = urlsplit(redirect(test) or "")
    asked = parse_qs(address.query)
    assert (address.scheme, address.netloc, address.path) == ("", "", "/session/start")
    assert asked["page"] == ["score"]
    token = sessions.redeem(store, asked["ticket"][0], None, datetime.now(UTC), BROWSER)
    person = sessions.current(store, token, datetime.now(UTC))
    assert person is not None
    assert person.role is Role.OFFICER


def test_a_ticket_is_worth_nothing_in_another_browser(desk: Path, visitor: Visitor, store: AccountStore) -> None:
    visitor.role = None
    test = signed(opened(), *password_of(desk, Role.OFFICER))
    ticket = parse_qs(urlsplit(redirect(test) or "").query)["ticket"][0]
    assert sessions.redeem(store, ticket, None, datetime.now(UTC), "another browser") is None


@pytest.mark.parametrize(
    ("user_name", "password"),
    [
        ("officer", "not the password"),
        ("nobody.at.all", "not the password"),
        ("officer", " "),
        ("' or 1=1 --", "' or 1=1 --"),
        ("officer", "x" * 1_000_000),
        ("x" * 1_000_000, "not the password"),
        ("officer\x00", "nul\x00nul\x00nul\x00"),
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_refused_with_the_same_sentence(
    desk: Path, visitor: Visitor, user_name: str, password: str
) -> None:
    visitor.role = None
    test = signed(opened(), user_name, password)
    assert [e.value for e in test.error] == ["Wrong name or password."]
    assert redirect(test) is None


@pytest.mark.parametrize(("user_name", "password"), [("", ""), ("officer", ""), ("", "a password"), (" ", "x")])
def test_empty_fields_are_no_attempt(
    desk: Path, visitor: Visitor, store: AccountStore, user_name: str, password: str
) -> None:
    visitor.role = None
    before = latest_events(store, 100)
    test = opened()
    for _ in range(7):
        signed(test, user_name, password)
        assert [w.value for w in test.warning] == ["Type your name and your password."]
    assert not test.error
    assert latest_events(store, 100) == before
    assert redirect(signed(test, *password_of(desk, Role.OFFICER))) is not None


def test_spaces_are_part_of_a_password(desk: Path, visitor: Visitor) -> None:
    visitor.role = None
    name, password = password_of(desk, Role.OFFICER)
    assert redirect(signed(opened(), f" {name.upper()} ", f"{password} ")) is None
    assert redirect(signed(opened(), f" {name.upper()} ", password)) is not None


def test_after_five_wrong_passwords_the_form_says_how_long_to_wait(desk: Path, visitor: Visitor) -> None:
    visitor.role = None
    test = opened()
    for _ in range(5):
        signed(test, "officer", "not the password")
    signed(test, *password_of(desk, Role.OFFICER))
    assert re.fullmatch(r"Too many attempts; wait \d seconds and try again\.", test.error[0].value)
    assert redirect(test) is None


def test_a_browser_without_cookies_reads_that_it_needs_them(
    desk: Path, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages._ui.session import visitor as module

    visitor.role = None
    monkeypatch.setattr(module, "browser", lambda: None)
    test = signed(opened(), *password_of(desk, Role.OFFICER))
    assert "keeps no cookies" in test.warning[0].value
    assert redirect(test) is None


def test_a_desk_without_accounts_says_how_to_make_them(
    tmp_path: Path, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    visitor.role = None
    assert "python -m core people add" in opened().info[0].value


@pytest.mark.parametrize("sent", ["", "0" * 64, "f" * 64, "x", "０" * 64, "a" * 1_000_000, "../" * 21 + "a"])
def test_a_forged_cookie_is_nobody(desk: Path, visitor: Visitor, sent: str) -> None:
    visitor.sent = sent
    assert form(opened("admin/people.py")) == ["User name", "Password"]


def test_the_stand_ins_of_a_test_are_no_cookie(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest answers every question for a cookie with a true value that is no text."""
    from pages._ui.session import cookies
    from pages._ui.session import visitor as module

    monkeypatch.undo()
    monkeypatch.setenv("SOLVENT_DATA", str(desk))
    monkeypatch.setattr(module, "token", lambda: cookies.read(module.st.context.cookies, cookies.SESSION, "http"))
    assert form(opened("admin/people.py")) == ["User name", "Password"]


def unused_for(store: AccountStore, time: timedelta) -> None:
    """As if the officer had been away this long."""
    set_moments(store, "last_seen_at", time)


def open_for(store: AccountStore, time: timedelta) -> None:
    """As if the officer had signed in this long ago and had been at work ever since."""
    set_moments(store, "created_at", time)


def set_moments(store: AccountStore, column: str, time: timedelta) -> None:
    with store.writing() as connection:
        moment = moments.written(datetime.now(UTC) - time)
        connection.execute(f"update sessions set {column} = ? where user_name = 'officer'", (moment,))


Change = Callable[[AccountStore, str], object]
CONSOLES: dict[str, tuple[Change, str]] = {
    "signed out": (lambda s, t: sessions.sign_out(s, t, None, datetime.now(UTC)), "you signed out"),
    "disabled": (lambda s, t: changes.disable(s, CONSOLE, "officer", datetime.now(UTC)), "the account was disabled"),
    "another role": (
        lambda s, t: changes.change_role(s, CONSOLE, "officer", "auditor", datetime.now(UTC)),
        "the role was changed",
    ),
    "reset": (
        lambda s, t: changes.reset_password(s, CONSOLE, "officer", datetime.now(UTC)),
        "the password was reset",
    ),
    "idle too long": (lambda s, t: unused_for(s, s.rules.idle), "it was not used for too long"),
    "too old": (lambda s, t: open_for(s, s.rules.longest), "it was open for too long"),
}


@pytest.mark.parametrize("what", CONSOLES)
def test_a_session_that_is_ended_meanwhile_shows_the_form_with_the_reason_at_the_next_run(
    desk: Path, visitor: Visitor, store: AccountStore, what: str
) -> None:
    change, reason = CONSOLES[what]
    test = opened("casework/score.py")
    assert form(test) != ["User name", "Password"]
    token = visitor.token()
    assert token is not None
    change(store, token)
    test.run()
    assert form(test) == ["User name", "Password"]
    assert reason in test.info[0].value
    assert form(test.run()) == ["User name", "Password"]


@pytest.mark.parametrize("moment", [unused_for, open_for])
def test_a_session_whose_time_is_not_quite_up_goes_on(
    desk: Path, visitor: Visitor, store: AccountStore, moment: Callable[[AccountStore, timedelta], None]
) -> None:
    test = opened("casework/score.py")
    visitor.token()
    moment(store, (store.rules.idle if moment is unused_for else store.rules.longest) - timedelta(minutes=2))
    assert form(test.run()) != ["User name", "Password"]


@pytest.mark.parametrize(
    ("role", "page", "sees"),
    [
        (Role.OFFICER, "admin/people.py", False),
        (Role.RISK_MANAGER, "admin/people.py", False),
        (Role.DATA_SCIENTIST, "admin/people.py", False),
        (Role.AUDITOR, "admin/people.py", False),
        (Role.ADMINISTRATOR, "admin/people.py", True),
        (Role.OFFICER, "casework/score.py", True),
        (Role.RISK_MANAGER, "casework/score.py", True),
        (Role.DATA_SCIENTIST, "casework/score.py", True),
        (Role.AUDITOR, "casework/score.py", False),
        (Role.ADMINISTRATOR, "casework/score.py", False),
    ],
)
def test_each_role_is_let_onto_its_pages_and_refused_on_the_others(
    desk: Path, visitor: Visitor, role: Role, page: str, sees: bool
) -> None:
    visitor.role = role
    assert ("Not open to your role" not in subheaders(opened(page))) is sees


def test_the_sidebar_names_the_person_and_the_role(desk: Path, visitor: Visitor) -> None:
    visitor.role = Role.RISK_MANAGER
    test = opened()
    assert "**Risk manager**" in [m.value for m in test.sidebar.markdown]


def test_signing_out_ends_the_session_on_the_server_before_the_browser_forgets_it(
    desk: Path, visitor: Visitor, store: AccountStore
) -> None:
    test = opened("casework/score.py")
    token = visitor.token()
    next(b for b in test.sidebar.button if b.label == "Sign out").click().run()
    assert sessions.current(store, token, datetime.now(UTC)) is None
    assert redirect(test) == "/session/end"
    assert test.text_input == []


def test_a_user_name_that_reads_as_an_address_is_no_link(
    desk: Path, visitor: Visitor, store: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes.add(store, CONSOLE, "www.bank.example", "Ana", "officer", datetime.now(UTC))
    stranger = find(store, "www.bank.example")
    monkeypatch.setattr(visitor_module, "person", lambda: stranger)
    test = opened("casework/score.py")
    assert f"You are signed in as {plain('www.bank.example')}. Your password" in test.caption[0].value


def test_a_password_set_by_somebody_else_must_be_changed_before_any_page(
    desk: Path, visitor: Visitor, store: AccountStore
) -> None:
    first = changes.reset_password(store, CONSOLE, "administrator", datetime.now(UTC)).password
    visitor.role = Role.ADMINISTRATOR
    test = opened("admin/people.py")
    assert [h.value for h in test.header] == ["Choose your own password"]
    assert not test.dataframe
    _choose(test, first, "four words of my own", "four words of mine")
    assert "the two new ones differ" in test.error[0].value
    _choose(test, first, "short", "short")
    assert "at least 12 bytes" in test.error[0].value
    _choose(test, "not the old one", "four words of my own", "four words of my own")
    assert "the old one is not right" in test.error[0].value
    _choose(test, first, "four words of my own", "four words of my own")
    assert "/session/start" in (redirect(test) or "")


def changed_own(store: AccountStore, desk: Path, visitor: Visitor, at: datetime) -> None:
    """The officer's password, changed by the officer, who works on in the new session."""
    _, old = password_of(desk, Role.OFFICER)
    token = session_token(desk, Role.OFFICER)
    ticket = change_own_password(store, token, old, "four words of my own", None, at, BROWSER)
    visitor.sent = sessions.redeem(store, ticket.token, None, at, BROWSER)
    assert visitor.sent


def test_a_changed_password_is_confirmed_once_where_work_goes_on(
    desk: Path, visitor: Visitor, store: AccountStore
) -> None:
    changed_own(store, desk, visitor, datetime.now(UTC))
    test = opened()
    assert [t.value for t in test.toast] == [
        "Your password was changed. Wherever else you were signed in, you are signed out."
    ]
    assert not test.run().toast


def test_a_password_changed_earlier_is_not_confirmed_again(desk: Path, visitor: Visitor, store: AccountStore) -> None:
    changed_own(store, desk, visitor, datetime.now(UTC) - timedelta(seconds=61))
    assert not opened().toast


def test_a_first_password_is_no_changed_one(desk: Path, visitor: Visitor) -> None:
    assert not opened().toast


def _choose(test: AppTest, old: str, new: str, again: str) -> None:
    for field, value in zip(test.text_input, (old, new, again), strict=True):
        field.set_value(value)
    test.button[0].click().run()


def test_an_accounts_file_that_cannot_be_read_is_a_calm_refusal(desk: Path, visitor: Visitor) -> None:
    test = opened("casework/score.py")
    for file in desk.glob("accounts.sqlite*"):
        file.write_bytes(b"no database any more" * 400)
    test.run()
    assert not test.exception
    assert subheaders(test) == ["Nobody can sign in at the moment"]
    assert not test.text_input


def test_the_form_of_the_own_password_stays_open_while_the_page_looks_again_by_itself(
    desk: Path, visitor: Visitor
) -> None:
    test = opened()
    assert not _asks_for_the_old_password(test)
    next(b for b in test.button if b.label == "Change password").click().run()
    assert _asks_for_the_old_password(test)
    assert _asks_for_the_old_password(test.run())


def _asks_for_the_old_password(test: AppTest) -> bool:
    return "Password as it is" in [field.label for field in test.text_input]
