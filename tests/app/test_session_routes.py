"""The cookie's routes and the headers of every answer, asked as ASGI requests without a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from core import settings
from core.accounts import sessions
from core.accounts.people import find
from core.accounts.roles import Role
from core.accounts.store import AccountStore, open_accounts
from core.settings import Settings
from pages._ui import security, serving
from tests.app.conftest import Visitor
from tests.asgi import run_apart
from tests.desks import session_token

BROWSER = {"solvent_browser": "this browser"}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> AccountStore:
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    session_token(tmp_path, Role.OFFICER)
    return open_accounts(settings.read())


def ask(
    address: str, cookies: Mapping[str, str] | None = None, own: Settings | None = None, **headers: str
) -> httpx.Response:
    own = own or settings.read()
    served = Starlette(routes=serving.routes(own), middleware=serving.middleware(own))

    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app=served, client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", cookies=dict(cookies or {})
        ) as c:
            return await c.get(address, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return run_apart(request())


def ticket(store: AccountStore, bound_to: str = "this browser", age: timedelta = timedelta(0)) -> str:
    token = store.token()
    with store.writing() as connection:
        sessions.issue_ticket(connection, token, "officer", bound_to, datetime.now(UTC) - age)
    return token


def test_a_ticket_becomes_a_cookie_no_script_can_read_and_leads_on(store: AccountStore) -> None:
    answer = ask(f"/session/start?ticket={ticket(store)}&page=people&query=a%3D1%26b%3D%252F", BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/people?a=1&b=%2F")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"solvent_session=[0-9a-f]{64}; HttpOnly; Path=/; SameSite=lax", cookie)
    person = sessions.current(store, answer.cookies["solvent_session"], datetime.now(UTC))
    assert person == find(store, "officer")
    assert answer.headers["cache-control"] == "no-store"


def test_a_ticket_is_good_once(store: AccountStore) -> None:
    used = ticket(store)
    assert ask(f"/session/start?ticket={used}", BROWSER).status_code == 303
    again = ask(f"/session/start?ticket={used}", BROWSER)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert "older than 15 seconds" in again.text


@pytest.mark.parametrize(("age", "status"), [(14, 303), (16, 403)])
def test_a_ticket_is_good_for_fifteen_seconds(store: AccountStore, age: int, status: int) -> None:
    old = ticket(store, age=timedelta(seconds=age))
    assert ask(f"/session/start?ticket={old}", BROWSER).status_code == status


@pytest.mark.parametrize("cookies", [{}, {"solvent_browser": "another"}, {"solvent_browser": ""}])
def test_nobody_can_be_signed_in_through_the_link_of_another_browser(
    store: AccountStore, cookies: dict[str, str]
) -> None:
    assert ask(f"/session/start?ticket={ticket(store)}", cookies).status_code == 403
    assert ask(f"/session/start?ticket={ticket(store, '')}", cookies).status_code == 403


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "%00", "a" * 60_000, "%F0%9F%98%80" * 16])
def test_a_forged_ticket_is_refused_calmly(store: AccountStore, forged: str) -> None:
    assert ask(f"/session/start?ticket={forged}", BROWSER).status_code == 403


@pytest.mark.parametrize(
    "page",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "%2F%2Fevil.example",
        "javascript:alert(1)",
        "people/../../evil",
        ".evil.example",
        "@evil.example",
        "people\r\nSet-Cookie: a=b",
        "nobody",
    ],
)
def test_only_our_own_pages_are_led_to(store: AccountStore, page: str) -> None:
    address = httpx.URL("/session/start", params={"ticket": ticket(store), "page": page, "query": "x=//evil.example"})
    answer = ask(str(address), BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?x=%2F%2Fevil.example")


def test_a_refusal_shows_what_was_asked_for_as_text_only(store: AccountStore) -> None:
    address = httpx.URL("/session/start", params={"ticket": "x", "page": "people", "query": '"><script>alert(1)'})
    found: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag)

    Tags().feed(ask(str(address), BROWSER).text)
    assert "script" not in found


def test_a_new_sign_in_ends_the_session_this_browser_had(store: AccountStore, tmp_path: Path) -> None:
    earlier = session_token(tmp_path, Role.ADMINISTRATOR)
    ask(f"/session/start?ticket={ticket(store)}", {**BROWSER, "solvent_session": earlier})
    assert sessions.current(store, earlier, datetime.now(UTC)) is None


def test_behind_https_the_cookie_is_secure_and_of_this_host_alone(store: AccountStore) -> None:
    behind = Settings(**{**vars(settings.read()), "trusted_proxies": (ip_network("127.0.0.1"),)})
    cookies = {"__Host-solvent_browser": "this browser"}
    address = f"/session/start?ticket={ticket(store)}"
    answer = ask(address, cookies, behind, X_Forwarded_Proto="https", X_Forwarded_For="192.0.2.9")
    assert re.fullmatch(
        r"__Host-solvent_session=[0-9a-f]{64}; HttpOnly; Path=/; SameSite=lax; Secure", answer.headers["set-cookie"]
    )
    assert "strict-transport-security" in answer.headers


def test_a_proxy_that_nobody_trusts_cannot_make_it_https(store: AccountStore) -> None:
    answer = ask(f"/session/start?ticket={ticket(store)}", BROWSER, X_Forwarded_Proto="https")
    assert answer.headers["set-cookie"].startswith("solvent_session=")
    assert "strict-transport-security" not in answer.headers


def test_below_a_base_path_all_leads_stay_below_it(store: AccountStore) -> None:
    own = Settings(**{**vars(settings.read()), "base_path": "/desk/solvent"})
    answer = ask(f"/desk/solvent/session/start?ticket={ticket(store)}&page=score", BROWSER, own)
    assert answer.headers["location"] == "/desk/solvent/score"
    assert ask("/desk/solvent/session/end", own=own).headers["location"] == "/desk/solvent/"
    assert ask("/session/end", own=own).status_code == 404


def test_the_end_takes_a_dead_cookie_away(store: AccountStore, tmp_path: Path) -> None:
    token = session_token(tmp_path, Role.OFFICER)
    sessions.sign_out(store, token, None, datetime.now(UTC))
    answer = ask("/session/end", {"solvent_session": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'solvent_session=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_link_from_elsewhere_signs_nobody_out(store: AccountStore, tmp_path: Path) -> None:
    token = session_token(tmp_path, Role.OFFICER)
    answer = ask("/session/end", {"solvent_session": token})
    assert "set-cookie" not in answer.headers
    assert sessions.current(store, token, datetime.now(UTC)) is not None


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8501", 303),
        ("127.0.0.1", 303),
        ("[::1]:8501", 303),
        ("LOCALHOST.", 303),
        ("desk.bank.example", 303),
        ("evil.example", 400),
        ("desk.bank.example.evil.example", 400),
        ("localhost@evil.example", 400),
        ("[", 400),
        ("", 400),
    ],
)
def test_only_known_hosts_are_answered(store: AccountStore, host: str, status: int) -> None:
    own = settings.read({"SOLVENT_ALLOWED_HOSTS": "desk.bank.example"})
    assert ask("/session/end", own=own, host=host).status_code == status


def test_a_page_names_the_browser_once_and_files_never(store: AccountStore) -> None:
    page = ask("/session/start", accept="text/html")
    assert re.search(r"solvent_browser=[0-9a-f]{64}; HttpOnly; Path=/; SameSite=lax", page.headers["set-cookie"])
    assert "set-cookie" not in ask("/session/start", BROWSER, accept="text/html").headers
    assert "set-cookie" not in ask("/session/start", accept="*/*").headers


def test_every_answer_carries_the_headers_that_browsers_protect_by(store: AccountStore) -> None:
    for address in ("/healthz", "/session/end", "/session/start", "/nothing"):
        headers = ask(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_the_policy_admits_streamlits_one_inline_script_by_its_hash_and_no_other() -> None:
    shell = security.SHELL.read_text()
    scripts = re.findall(r"<script>(.*?)</script>", shell, re.DOTALL)
    assert len(scripts) == 1
    expected = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    rule = next(r for r in security.content_policy(shell).split("; ") if r.startswith("script-src"))
    assert rule == f"script-src 'self' 'sha256-{expected}'"


def test_an_event_names_the_address_of_the_visitor_not_of_the_proxy(store: AccountStore) -> None:
    from core.accounts.events import latest_events

    behind = Settings(**{**vars(settings.read()), "trusted_proxies": (ip_network("127.0.0.1"),)})
    address = f"/session/start?ticket={ticket(store)}"
    ask(address, BROWSER, behind, X_Forwarded_For="203.0.113.5, 192.0.2.9")
    assert latest_events(store, 1)[0].address == "192.0.2.9"
