"""What goes over the channel: one JSON object per line, never longer than agreed."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping

from core.ledger.event import Json

_CHUNK = 1 << 16

Frame = Mapping[str, Json]


class ChannelBroken(Exception):
    """The other end is gone, or says what is no frame."""


class Frames:
    """Both directions of one connection; one thread at a time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._received = bytearray()

    def send(self, frame: Frame) -> None:
        try:
            self._line.sendall(json.dumps(frame, separators=(",", ":"), allow_nan=False).encode() + b"\n")
        except OSError as error:
            raise ChannelBroken(f"the other end does not listen ({error.strerror})") from None

    def receive(self, most_bytes: int) -> dict[str, Json]:
        """The next frame; ChannelBroken at the end, for a longer one and for what is no JSON object."""
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > most_bytes:
                break
            self._received += self._more()
        if not 0 <= end <= most_bytes:
            raise ChannelBroken(f"a frame of more than {most_bytes:,} bytes")
        content = bytes(self._received[:end])
        del self._received[: end + 1]
        return _object(content)

    def _more(self) -> bytes:
        try:
            chunk = self._line.recv(_CHUNK)
        except OSError as error:
            raise ChannelBroken(f"the other end does not answer ({error.strerror or 'too late'})") from None
        if not chunk:
            raise ChannelBroken("the other end has gone")
        return chunk


def _object(content: bytes) -> dict[str, Json]:
    try:
        frame: Json = json.loads(content)
    except (ValueError, RecursionError):
        raise ChannelBroken("a frame that is no JSON") from None
    if not isinstance(frame, dict):
        raise ChannelBroken("a frame that is no object")
    return frame
