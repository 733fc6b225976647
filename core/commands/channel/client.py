"""A command's way to the process that has the desk open: sends its words and does what comes back."""

from __future__ import annotations

import base64
import binascii
import os
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core import errors
from core.commands.channel import address
from core.commands.channel.frames import ChannelBroken, Frames
from core.commands.channel.protocol import LARGEST_FILE_BYTES, frame_bytes
from core.commands.console import Console
from core.errors import LedgerUnavailable, SettingsError, SolventError
from core.ledger.event import Json
from core.software import software_version


def ask(path: Path, words: Sequence[str], console: Console) -> int | None:
    """The exit code of the command, run by whoever answers at this socket; None where nobody does.

    Raises the refusal that the command met there, and LedgerUnavailable when the answer breaks off.
    """
    line = address.connect(path)
    if line is None:
        return None
    with closing(line):
        _check_peer(line, path)
        try:
            return _converse(Frames(line), words, console)
        except ChannelBroken as broken:
            raise LedgerUnavailable(
                f"The app that has the desk open broke off ({broken}) before the command was done; "
                "see whether the app runs, then run the command again."
            ) from None


def answered(path: Path) -> bool:
    """Whether somebody answers at this socket."""
    line = address.connect(path)
    if line is None:
        return False
    line.close()
    return True


def _check_peer(line: socket.socket, path: Path) -> None:
    """What is handed over is for the desk's owner, not for somebody who put a socket in the place of theirs."""
    own = os.geteuid()
    if own != 0 and not address.may_talk(address.peer_uid(line), own):
        raise SettingsError(f"Channel {path}: must be this account's own, got another account's; move it away.")


def _converse(frames: Frames, words: Sequence[str], console: Console) -> int:
    frames.send({"program": software_version(), "words": list(words)})
    while True:
        frame = frames.receive(frame_bytes(LARGEST_FILE_BYTES))
        if "exit" in frame:
            return _ended(frame)
        _shown(frame, console)
        answer = _answer(frame, words, console)
        if answer:
            frames.send(answer)


def _ended(frame: dict[str, Json]) -> int:
    match frame:
        case {"refusal": [str(kind), str(sentence)]}:
            raise _refusal(kind, sentence)
        case {"exit": int(code)}:
            return code
    raise ChannelBroken("an end without a code")


def _refusal(kind: str, sentence: str) -> SolventError:
    found = getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, SolventError):
        return found(sentence)
    return SolventError(sentence)


def _shown(frame: dict[str, Json], console: Console) -> None:
    match frame:
        case {"out": str(text)}:
            console.out(text)
        case {"err": str(text)}:
            console.err(text)
        case {"progress": [str(step), None]}:
            console.progress(step)
        case {"progress": [str(step), int(done) | float(done)]}:
            console.progress(step, done)


def _answer(frame: dict[str, Json], words: Sequence[str], console: Console) -> dict[str, Json]:
    """What the other end waits for; nothing where it only told something."""
    try:
        match frame:
            case {"ask": str(question)}:
                return {"answer": console.ask(question)}
            case {"read": str(name), "most_bytes": int(most)}:
                content = console.read(_named(name, words), min(most, LARGEST_FILE_BYTES))
                return {"content": base64.b64encode(content).decode()}
            case {"write": str(name), "content": str(content)}:
                console.write(_named(name, words), base64.b64decode(content, validate=True))
                return {"written": True}
            case {"check_writable": str(name)}:
                console.check_writable(_named(name, words))
                return {"writable": True}
    except (OSError, ValueError, binascii.Error) as error:
        return {"failed": getattr(error, "strerror", None) or str(error)}
    return {}


def _named(name: str, words: Sequence[str]) -> str:
    """The name, when the command's own words hold it: nobody else says which files are read and written."""
    if not any(word == name or word.endswith(f"={name}") for word in words):
        raise PermissionError(1, "the command does not name this file")
    return name
