"""Streamlit's own scripts and styles, compressed once and kept: it serves them as they are, 4.7 MB for charts alone.

Level 9 costs 0.2 s for the largest file; paid at its first request, never again (measured in platform terms: level 1
on every request was 0.05 s each time, and a fifth larger on the wire).
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC: Final = Path(st.__file__).parent / "static"
_TEXTS: Final = frozenset({".js", ".css", ".svg", ".json", ".map", ".wasm"})
_SMALLEST: Final = 1_000  # bytes; below that a packet is a packet
_LEVEL: Final = 9


@dataclass(frozen=True)
class _Kept:
    body: bytes
    headers: Headers


class CompressedOnce:
    """Serves gzip bytes of known files from memory; everything else passes."""

    def __init__(self, app: ASGIApp, base: str, folder: Path = STATIC) -> None:
        self._app = app
        # known by name, so that invented addresses (they answer with the page's shell) cannot fill the memory
        self._files = {
            f"{base}/{file.relative_to(folder).as_posix()}"
            for file in folder.rglob("*")
            if file.suffix in _TEXTS and file.stat().st_size >= _SMALLEST
        }
        self._kept: dict[str, _Kept] = {}
        self._one_at_a_time = anyio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_ours(scope):
            await self._app(scope, receive, send)
            return
        kept = self._kept.get(scope["path"]) or await self._compressed(scope)
        if kept is None:
            await self._app(scope, receive, send)
            return
        await _answer(kept, scope)(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"] not in self._files:
            return False
        headers = Headers(scope=scope)
        return "gzip" in headers.get("accept-encoding", "") and "range" not in headers

    async def _compressed(self, scope: Scope) -> _Kept | None:
        """What the application answers, compressed; None when it does not answer with the file."""
        async with self._one_at_a_time:
            if scope["path"] in self._kept:
                return self._kept[scope["path"]]
            status, headers, body = await _whole_answer(self._app, scope)
            if status != 200:
                return None
            small = await anyio.to_thread.run_sync(gzip.compress, body, _LEVEL)
            self._kept[scope["path"]] = _Kept(small, _as_gzip(headers))
            return self._kept[scope["path"]]


async def _whole_answer(app: ASGIApp, scope: Scope) -> tuple[int, Headers, bytes]:
    plain: Scope = {**scope, "method": "GET", "headers": [(b"host", Headers(scope=scope)["host"].encode())]}
    status, raw, parts, asked = 0, [], bytearray(), False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await anyio.sleep_forever()  # whoever waits for the end of a visitor is cancelled with the answer
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, raw
        if message["type"] == "http.response.start":
            status, raw = message["status"], list(message["headers"])
        else:
            parts.extend(message.get("body", b""))

    await app(plain, receive, send)
    return status, Headers(raw=raw), bytes(parts)


def _as_gzip(headers: Headers) -> Headers:
    """Type, age and date as they were; the tag says that these bytes are others."""
    changed = MutableHeaders(raw=list(headers.raw))
    for name in ("content-length", "set-cookie", "accept-ranges"):
        del changed[name]
    changed["content-encoding"] = "gzip"
    changed["etag"] = f'"{headers.get("etag", "").strip(chr(34))}-gzip"'
    changed.add_vary_header("Accept-Encoding")
    return Headers(raw=changed.raw)


def _answer(kept: _Kept, scope: Scope) -> Response:
    asked = Headers(scope=scope).get("if-none-match", "")
    fresh = kept.headers["etag"] in [tag.strip().removeprefix("W/") for tag in asked.split(",")]
    answer = Response(b"" if fresh else kept.body, 304 if fresh else 200, dict(kept.headers))
    if fresh:
        del answer.headers["content-encoding"]
    return answer
