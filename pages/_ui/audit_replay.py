"""Repeating every score and decision, in a process of its own beside the app: one at a time, ended with the app."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Final

from pages._ui.audit_replay_answer import Answer, read_answer

log = logging.getLogger("solvent")

_ROOT: Final = Path(__file__).resolve().parents[2]
_COMMAND: Final = (sys.executable, "-m", "core", "replay", "--all", "--json")
_TOLD: Final = re.compile(r"replay: (([\d,]+) records, (?:all the same so far|[\d,]+ not the same))")
_PATIENCE_SECONDS: Final = 5.0


class Replaying:
    """The one replay of this app: how far it is, and how the last one ended."""

    def __init__(self) -> None:
        self.answer: Answer | None = None  # of the last one; None: never, or dismissed
        self.at: datetime | None = None  # when it ended
        self.records = 0  # repeated so far
        self._so_far = ""  # the same in words, and how it went
        self._process: subprocess.Popen[str] | None = None
        self._reading: Thread | None = None
        self._turn = Lock()

    @property
    def running(self) -> bool:
        return self._reading is not None and self._reading.is_alive()

    def begin(self) -> bool:
        """False: another one is under way. It works on this app's desk, which its environment names."""
        with self._turn:
            if self.running:
                return False
            self.answer, self.records, self._so_far = None, 0, ""
            out = tempfile.TemporaryFile("w+")  # noqa: SIM115 - the thread that reads it closes it
            self._process = subprocess.Popen(_COMMAND, cwd=_ROOT, stdout=out, stderr=subprocess.PIPE, text=True)
            self._reading = Thread(target=self._follow, args=(self._process, out), daemon=True)
            self._reading.start()
            return True

    def dismiss(self) -> None:
        """How the last one ended is said no more."""
        if not self.running:
            self.answer = None

    def end(self) -> None:
        """Nothing of it runs any more when this returns."""
        with self._turn:
            if self._process is None or self._process.poll() is not None:
                return
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._reading:
            self._reading.join(_PATIENCE_SECONDS)

    def _follow(self, process: subprocess.Popen[str], out: IO[str]) -> None:
        last = ""
        with process, out:
            for line in process.stderr or ():
                told = _TOLD.search(line)
                if told:
                    self.records, self._so_far = int(told[2].replace(",", "")), told[1]
                last = line.strip() or last
            code = process.wait()
            out.seek(0)
            printed = out.read()
            if code > 0 and not printed:
                log.warning("replay of everything ended with %s: %s", code, last)
            self.answer, self.at = read_answer(code, printed, last, self._so_far), datetime.now(UTC)


replaying = Replaying()
