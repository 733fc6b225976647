"""Runs commands for whoever calls at the socket, beside everything else this process does."""

from __future__ import annotations

import logging
import os
import secrets
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from core.commands.channel import address
from core.commands.channel.far_console import Cancelled, FarConsole
from core.commands.channel.frames import ChannelBroken, Frames
from core.commands.channel.protocol import LARGEST_REQUEST_BYTES
from core.commands.console import Console
from core.errors import LedgerLocked, LedgerUnavailable, PermissionRefused, SettingsError, SolventError
from core.ledger.event import Json
from core.software import software_version

Dispatch = Callable[[Sequence[str], Console], int]

MOST_AT_ONCE = 8
_REQUEST_SECONDS = 10.0
_GOODBYE_SECONDS = 1.0

log = logging.getLogger("solvent")


class ChannelServer:
    """One thread that listens, and one per command; `dispatch` runs a command's words and gives its exit code."""

    def __init__(self, path: Path, dispatch: Dispatch, program_version: str | None = None) -> None:
        self._path = path
        self._dispatch = dispatch
        self._program = program_version or software_version()
        self._stopping = Event()
        self._changing = Lock()
        self._at_work: dict[Thread, socket.socket] = {}

    def start(self) -> None:
        """Answers from here on; LedgerLocked when another process does so already, SettingsError when none can."""
        self._listener = address.listen(self._path)
        self._identity = address.identity_of(self._path)
        self._wake, self._woken = socket.socketpair()
        self._thread = Thread(target=self._accept, name="channel", daemon=True)
        self._thread.start()

    def stop(self, patience_seconds: float = 5.0) -> None:
        """No new commands; those under way end at their next step, or are cut off when patience ends."""
        self._stopping.set()
        self._wake.send(b"\0")
        self._thread.join()
        address.vacate(self._path, self._identity)
        for end in (self._listener, self._wake, self._woken):
            end.close()
        until = time.monotonic() + patience_seconds
        for cut_off in (False, True):
            for thread, line in self._commands():
                if cut_off:
                    _shut(line)
                thread.join(max(0.0, until - time.monotonic()) + (1.0 if cut_off else 0.0))

    def _commands(self) -> list[tuple[Thread, socket.socket]]:
        with self._changing:
            return list(self._at_work.items())

    def _accept(self) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._listener, selectors.EVENT_READ)
            waiting.register(self._woken, selectors.EVENT_READ)
            while not self._stopping.is_set():
                waiting.select()
                if not self._stopping.is_set():
                    self._let_in()

    def _let_in(self) -> None:
        try:
            line, _ = self._listener.accept()
        except OSError:  # who knocked has gone, or no more files may be open: the next one may fare better
            time.sleep(0.05)
            return
        thread = Thread(target=self._serve, args=(line,), name="command", daemon=True)
        with self._changing:
            self._at_work[thread] = line
        thread.start()

    def _serve(self, line: socket.socket) -> None:
        frames = Frames(line)
        try:
            frames.send(self._answered(line, frames))
            _let_go(line)
        except (ChannelBroken, Cancelled):
            pass  # nobody waits for the answer
        finally:
            line.close()
            with self._changing:
                self._at_work = {thread: at for thread, at in self._at_work.items() if at is not line}

    def _answered(self, line: socket.socket, frames: Frames) -> dict[str, Json]:
        """The last frame: how the command ended."""
        try:
            self._check_peer(line)
            words = self._words(line, frames)
            return {"exit": self._dispatch(words, FarConsole(frames, self._stopping))}
        except SolventError as refusal:
            return _refused(refusal)
        except SystemExit as end:
            return {"exit": end.code if isinstance(end.code, int) else 2}
        except Cancelled:
            if not self._stopping.is_set():
                raise
            return _refused(LedgerUnavailable("The app that has the desk open is stopping; run the command again."))
        except ChannelBroken:
            raise
        except Exception as error:
            error_id = secrets.token_hex(4)
            log.error("command failed, error %s", error_id, exc_info=error)
            frames.send({"err": f"The command failed in the app; its log has the details under error {error_id}."})
            return {"exit": 1}

    def _check_peer(self, line: socket.socket) -> None:
        if not address.may_talk(address.peer_uid(line), os.geteuid()):
            raise PermissionRefused(
                "Channel: only the account that runs the app may use it, got another one; run the command as that one."
            )
        if len(self._commands()) > MOST_AT_ONCE:
            raise LedgerLocked(f"Channel: at most {MOST_AT_ONCE} commands at once beside the app; run it again later.")

    def _words(self, line: socket.socket, frames: Frames) -> list[str]:
        line.settimeout(_REQUEST_SECONDS)
        request = frames.receive(LARGEST_REQUEST_BYTES)
        line.settimeout(None)
        words = request.get("words")
        if request.get("program") != self._program:
            raise LedgerLocked(
                "Desk: is open in an app that runs another version of this program "
                f"({self._program}, this command: {str(request.get('program'))[:40]}); restart the app."
            )
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise SettingsError("Channel: expected the words of a command, got something else.")
        return [str(word) for word in words]


def _refused(refusal: SolventError) -> dict[str, Json]:
    return {"refusal": [type(refusal).__name__, str(refusal)], "exit": refusal.exit_code}


def _let_go(line: socket.socket) -> None:
    """Waits until the other end has read its answer: closing on words nobody read would take the answer back."""
    until = time.monotonic() + _GOODBYE_SECONDS
    line.settimeout(_GOODBYE_SECONDS)
    with suppress(OSError):
        line.shutdown(socket.SHUT_WR)
        while line.recv(1 << 16) and time.monotonic() < until:
            pass


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
