"""The console of a command that runs for somebody at the other end of the channel."""

from __future__ import annotations

import base64
import binascii
import time
from threading import Event

from core.commands.channel.frames import ChannelBroken, Frames
from core.commands.channel.protocol import LARGEST_FILE_BYTES, SMALL_FRAME_BYTES, frame_bytes
from core.commands.console import Console
from core.ledger.event import Json

_PROGRESS_SECONDS = 0.1


class Cancelled(BaseException):
    """Nobody waits for the command any more; as with a key pressed in a terminal, no work must swallow it."""


class FarConsole(Console):
    """Ends the command at its next word when the other end has gone, and at its next step when `stopping` is set."""

    def __init__(self, frames: Frames, stopping: Event) -> None:
        self._frames = frames
        self._stopping = stopping
        self._step = ""
        self._told = -_PROGRESS_SECONDS

    def out(self, text: str) -> None:
        self._send({"out": text})

    def err(self, text: str) -> None:
        self._send({"err": text})

    def progress(self, step: str, done: float | None = None) -> None:
        if self._stopping.is_set():
            raise Cancelled
        now = time.monotonic()
        if step != self._step or now - self._told >= _PROGRESS_SECONDS:
            self._step, self._told = step, now
            self._send({"progress": [step, done]})

    def read(self, name: str, most_bytes: int) -> bytes:
        most = min(most_bytes, LARGEST_FILE_BYTES)
        answer = self._asked({"read": name, "most_bytes": most}, frame_bytes(most))
        content = answer.get("content")
        try:
            return base64.b64decode(content if isinstance(content, str) else "", validate=True)[:most]
        except binascii.Error:
            raise Cancelled from None

    def write(self, name: str, content: bytes) -> None:
        self._asked({"write": name, "content": base64.b64encode(content).decode()}, SMALL_FRAME_BYTES)

    def check_writable(self, name: str) -> None:
        self._asked({"check_writable": name}, SMALL_FRAME_BYTES)

    def ask(self, question: str) -> str | None:
        answer = self._asked({"ask": question}, SMALL_FRAME_BYTES).get("answer")
        return answer if isinstance(answer, str) else None

    def _asked(self, question: dict[str, Json], most_bytes: int) -> dict[str, Json]:
        """The answer; OSError with the words of the other end where it failed there."""
        if self._stopping.is_set():
            raise Cancelled
        self._send(question)
        try:
            answer = self._frames.receive(most_bytes)
        except ChannelBroken:
            raise Cancelled from None
        if "failed" in answer:
            raise OSError(0, str(answer["failed"]))
        return answer

    def _send(self, frame: dict[str, Json]) -> None:
        try:
            self._frames.send(frame)
        except ChannelBroken:
            raise Cancelled from None
