"""Streamlit's own files travel compressed, from memory, with their age and a tag of their own."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from pages._ui.compression import CompressedOnce
from tests.asgi import run_apart

SCRIPT = b"const answer = 42;\n" * 500


class Counting:
    def __init__(self, app: ASGIApp) -> None:
        self.app, self.asked = app, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += scope["type"] == "http"
        await self.app(scope, receive, send)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "chart.js").write_bytes(SCRIPT)
    (tmp_path / "static" / "tiny.js").write_bytes(b"1")
    (tmp_path / "static" / "font.woff2").write_bytes(SCRIPT)
    return tmp_path


def ask(folder: Path, *requests: dict[str, str], address: str = "/static/chart.js") -> tuple[list[httpx.Response], int]:
    files = Counting(StaticFiles(directory=folder))
    app = Starlette(routes=[Mount("/", files)], middleware=[Middleware(CompressedOnce, base="", folder=folder)])

    async def run() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
            return [await client.get(address, headers=headers) for headers in requests]

    return run_apart(run()), files.asked


def test_a_script_is_compressed_at_its_first_request_and_served_from_memory_afterwards(folder: Path) -> None:
    (first, second), asked = ask(folder, *[{"accept-encoding": "gzip, br"}] * 2)
    assert asked == 1
    assert first.content == second.content == SCRIPT
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) == len(gzip.compress(SCRIPT, 9)) < len(SCRIPT) / 20
    # which of the two depends on the machine's table of types
    assert first.headers["content-type"].split(";")[0] in ("text/javascript", "application/javascript")
    assert first.headers["vary"] == "Accept-Encoding"


def test_a_browser_that_has_the_file_gets_no_bytes(folder: Path) -> None:
    (first,), _ = ask(folder, {"accept-encoding": "gzip"})
    (_, again), _ = ask(
        folder, {"accept-encoding": "gzip"}, {"accept-encoding": "gzip", "if-none-match": f"W/{first.headers['etag']}"}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_the_compressed_bytes_have_another_tag_than_the_plain_ones(folder: Path) -> None:
    (small, plain), _ = ask(folder, {"accept-encoding": "gzip"}, {"accept-encoding": "identity"})
    assert plain.content == SCRIPT
    assert "content-encoding" not in plain.headers
    assert small.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("address", ["/static/tiny.js", "/static/font.woff2", "/static/nothing.js"])
def test_what_is_small_packed_already_or_unknown_passes(folder: Path, address: str) -> None:
    (answer,), asked = ask(folder, {"accept-encoding": "gzip"}, address=address)
    assert asked == 1
    assert "content-encoding" not in answer.headers


def test_a_part_of_a_file_is_never_compressed(folder: Path) -> None:
    (part,), _ = ask(folder, {"accept-encoding": "gzip", "range": "bytes=0-4"})
    assert (part.status_code, part.content) == (206, SCRIPT[:5])
