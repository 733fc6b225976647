"""The proxy example of the README, as it stands there: HTTPS, a path below the host, the visitor's own address."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core import settings
from core.accounts.events import latest_events
from core.accounts.roles import Role
from core.accounts.store import open_accounts
from tests.browser.browser import PROXIED_HOST as HOST
from tests.browser.server import free_port, serving
from tests.desks import fresh_copy, password_of, session_token

pytestmark = pytest.mark.browser

EXAMPLE = Path(__file__).with_name("nginx.conf")
# the proxy speaks from 127.0.0.2, so that the browser's 127.0.0.1 is a visitor's address and no trusted one
WHOLE = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{}}
http {{
    access_log off;
    proxy_bind 127.0.0.2;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""


def _needed(tool: str, package: str) -> str:
    found = shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = f"no {tool} on this machine; Debian, Ubuntu: apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = fresh_copy(small_desk, tmp_path_factory.mktemp("proxied") / "desk")
    session_token(copy, Role.OFFICER)
    return copy


@pytest.fixture(scope="module")
def proxied(desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address under which nginx serves the desk."""
    nginx, openssl = _needed("nginx", "nginx-light"), _needed("openssl", "openssl")
    folder = tmp_path_factory.mktemp("nginx")
    environment = {
        "SOLVENT_ALLOWED_HOSTS": HOST,
        "SOLVENT_BASE_PATH": "/solvent",
        "SOLVENT_TRUSTED_PROXIES": "127.0.0.2",
    }
    with serving(desk, folder / "solvent.log", **environment) as served:
        port = free_port()
        _certificate(openssl, folder)
        (folder / "nginx.conf").write_text(_configuration(folder, port, served.rpartition(":")[2]))
        with _running([nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder)], port):
            yield f"https://{HOST}:{port}"


def _configuration(folder: Path, port: int, behind: str) -> str:
    """The example with the ports and files of this test."""
    server = EXAMPLE.read_text()
    for there, here in (
        ("listen 443", f"listen {port}"),
        ("127.0.0.1:8501", f"127.0.0.1:{behind}"),
        ("/etc/ssl/desk", str(folder / "desk")),
    ):
        assert there in server
        server = server.replace(there, here)
    return WHOLE.format(folder=folder, server=server)


def _certificate(openssl: str, folder: Path) -> None:
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    files = ["-keyout", str(folder / "desk.key"), "-out", str(folder / "desk.pem")]
    subprocess.run([openssl, *words, *files], check=True, capture_output=True)


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)


def test_the_readme_shows_the_very_example_that_is_tested(project_root: Path) -> None:
    assert EXAMPLE.read_text() in (project_root / "README.md").read_text()


def test_behind_https_and_below_a_path_the_sign_in_works_with_a_cookie_of_this_host_alone(
    proxied: str, desk: Path, browser: Browser
) -> None:
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(f"{proxied}/solvent/score?client=100011")
        page.get_by_label("User name").fill(password_of(desk, Role.OFFICER)[0])
        page.get_by_label("Password", exact=True).fill(password_of(desk, Role.OFFICER)[1])
        page.get_by_label("Password", exact=True).press("Enter")
        expect(page.get_by_role("heading", name="Client 100011")).to_be_visible()
        assert page.url == f"{proxied}/solvent/score?client=100011"
        kept = next(one for one in context.cookies() if one["name"].endswith("solvent_session"))
        assert kept["name"] == "__Host-solvent_session"
        assert (kept["secure"], kept["httpOnly"], kept["path"], kept["domain"]) == (True, True, "/", HOST)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password", exact=True)).to_be_visible()
        assert re.fullmatch(re.escape(proxied) + r"/solvent/?", page.url)
        assert not [one for one in context.cookies() if one["name"].endswith("solvent_session")]


def test_a_visitor_cannot_invent_an_address_in_front_of_the_proxy(proxied: str, desk: Path, browser: Browser) -> None:
    """nginx appends whom it heard from; what the visitor wrote before it counts for nothing."""
    invented = {"X-Forwarded-For": "203.0.113.9", "X-Solvent-Scheme": "http"}
    with browser.new_context(ignore_https_errors=True, extra_http_headers=invented) as context:
        page = context.new_page()
        page.goto(f"{proxied}/solvent/")
        page.get_by_label("User name").fill("officer")
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_label("Password", exact=True).press("Enter")
        expect(page.get_by_text("Wrong name or password.")).to_be_visible()
    assert latest_events(open_accounts(settings.read(data_dir=desk)), 1)[0].address == "127.0.0.1"
