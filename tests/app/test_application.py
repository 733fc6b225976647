"""app.py as an ASGI application: what the health check says, and that Streamlit finds the application at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
import pytest
import streamlit as st
from streamlit.web.server.app_discovery import discover_asgi_app

import app as application
from core import settings
from core.casework.opening import open_ledger
from core.errors import UnknownApplicant
from core.ledger.ledger import Ledger
from pages._ui import errors, health, warmup
from tests.asgi import run_apart
from tests.desks import fresh_copy
from tests.ledgers import a_draft

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    st.cache_resource.clear()


def ask() -> httpx.Response:
    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app=application.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/healthz")

    return run_apart(request())


def test_streamlit_finds_the_application_by_reading_app_py() -> None:
    found = discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app
    assert application.app.script_path == ROOT / "pages" / "_ui" / "main.py"


def test_a_page_that_fails_is_answered_by_the_calm_sentence_with_a_number() -> None:
    assert application.app._on_script_error is errors.say_and_log


def test_health_is_ok_when_an_applicant_can_be_scored(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(fresh_copy(small_desk, tmp_path / "desk")))
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["model_version"] == (small_desk / "models" / "active").read_text().strip()


def test_health_is_unavailable_without_a_portfolio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert "make run" in answer.json()["reason"]


def test_health_is_unavailable_without_a_model(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_copy(small_desk, tmp_path / "desk", "models")
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path / "desk"))
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert "python -m core train" in answer.json()["reason"]


def test_health_is_unavailable_with_a_damaged_model(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_copy(small_desk, tmp_path / "desk")
    model = next((tmp_path / "desk" / "models").glob("*/model.txt"))
    model.write_text(model.read_text().replace("tree", "tr33", 1))
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path / "desk"))
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_health_says_how_much_is_on_record_and_that_it_can_be_written(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(fresh_copy(small_desk, tmp_path / "desk")))
    before = ask().json()
    assert before["writable"] is True
    health.cache.ledger().append([a_draft(), a_draft()])
    assert ask().json()["ledger_events"] == before["ledger_events"] + 2


def test_health_is_unavailable_while_nothing_can_be_written_and_the_log_says_why(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(fresh_copy(small_desk, tmp_path / "desk")))
    monkeypatch.setattr(Ledger, "writable", "The disk is full.")
    answer = ask()
    assert answer.status_code == 503
    assert answer.json()["reason"] == "nothing can be recorded, see the server's log"
    assert answer.json()["writable"] is False
    assert caplog.records[-1].getMessage() == "health check: The disk is full."


def test_health_is_unavailable_when_the_ledger_cannot_be_opened_and_says_why(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fresh_copy(small_desk, tmp_path / "desk")
    monkeypatch.setenv("SOLVENT_DATA", str(folder))
    open_ledger(settings.read()).close()
    (folder / "master.key").unlink()
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["reason"] == "the ledger's master key is missing or another one, see the server's log"


def test_health_repeats_no_file_and_no_client_of_a_refusal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> None:
        raise UnknownApplicant("Client 100001: is not in /srv/desk/portfolio.")

    monkeypatch.setattr(health.cache, "desk", refused)
    answer = ask()
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reason": "no application can be scored, see the server's log"}
    assert "Client 100001" in caplog.records[-1].getMessage()


def test_health_names_no_detail_of_an_unexpected_failure_but_its_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(health.cache, "desk", broken)
    answer = ask()
    assert answer.status_code == 503
    assert "secret detail" not in answer.text
    logged = caplog.records[-1]
    assert logged.getMessage().split()[-1] in answer.json()["reason"]
    assert logged.exc_info is not None


def test_health_says_starting_while_the_desk_is_being_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warmup, "under_way", lambda: True)
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "starting")


def test_the_warm_up_ends_and_opens_the_desk(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(fresh_copy(small_desk, tmp_path / "desk")))
    opened: list[object] = []
    real = warmup.cache.desk
    monkeypatch.setattr(warmup.cache, "desk", lambda: opened.append(real()) or opened[-1])
    monkeypatch.setattr(warmup.gc, "freeze", lambda: opened.append("frozen"))

    async def start() -> bool:
        async with warmup.lifespan(application.app):
            under_way = warmup.under_way()
            while warmup.under_way():
                await anyio.sleep(0.02)
            return under_way

    assert run_apart(start())
    assert opened[-1] == "frozen"
    assert len(opened) == 2
