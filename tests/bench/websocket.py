"""What goes over a page's websocket, with the browser's own clock: when a run was asked for, and when it was over."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TypedDict

from google.protobuf.message import DecodeError
from playwright.sync_api import Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

QUIET_MS = 800  # the page looks for its limits again after half a second
PATIENCE_MS = 60_000
_WHOLE, _PART = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class _Response(TypedDict):
    payloadData: str


class _Frame(TypedDict):
    timestamp: float  # seconds
    response: _Response


@dataclass(frozen=True)
class Run:
    """One run of the script, as the browser saw it."""

    asked: float  # seconds by the browser's clock
    finished: float
    kilobytes: float  # that came meanwhile

    @property
    def milliseconds(self) -> float:
        return (self.finished - self.asked) * 1e3


class Wire:
    """Listens from the moment it is made; `settle` waits until nothing more is going on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._asked: list[float] = []
        self._finished: list[tuple[float, int]] = []
        self._received: list[tuple[float, int]] = []
        session = page.context.new_cdp_session(page)
        session.on("Network.webSocketFrameSent", self._sent)
        session.on("Network.webSocketFrameReceived", self._came)
        session.send("Network.enable")

    def mark(self) -> int:
        """How many runs were asked for until now."""
        return len(self._asked)

    def first_run(self, since: int, part: bool = False) -> Run:
        """The first run asked for behind this mark, to its end; `part`: of a fragment, not of the whole page."""
        wanted = _PART if part else _WHOLE
        for _ in range(PATIENCE_MS // 20):
            if len(self._asked) > since:
                asked = self._asked[since]
                for at, status in self._finished:
                    if at > asked and status == wanted:
                        size = sum(size for moment, size in self._received if asked <= moment <= at)
                        return Run(asked, at, size / 1e3)
            self._page.wait_for_timeout(20)
        raise TimeoutError(f"no run was finished within {PATIENCE_MS / 1e3:.0f} s")

    def settle(self) -> None:
        """Until every run is over and none has begun for a while."""
        seen = -1
        while seen != (seen := len(self._asked) + len(self._received)):
            self._page.wait_for_timeout(QUIET_MS)

    def _sent(self, frame: _Frame) -> None:
        message = BackMsg()
        if _read(message, frame) and message.WhichOneof("type") == "rerun_script":
            self._asked.append(frame["timestamp"])

    def _came(self, frame: _Frame) -> None:
        message = ForwardMsg()
        if not _read(message, frame):
            return
        self._received.append((frame["timestamp"], len(frame["response"]["payloadData"]) * 3 // 4))
        if message.WhichOneof("type") == "script_finished":
            self._finished.append((frame["timestamp"], message.script_finished))


def _read(message: BackMsg | ForwardMsg, frame: _Frame) -> bool:
    try:
        message.ParseFromString(base64.b64decode(frame["response"]["payloadData"]))
    except (DecodeError, ValueError):
        return False  # no message of ours
    return True
