"""What runs beside the pages as long as the app does: commands from a terminal, and verifying the record."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

from core import settings
from core.casework.key_check import with_warning
from core.casework.verifications import Recorded, verifications
from core.commands.channel.server import ChannelServer
from core.commands.place import Opened
from core.commands.running import dispatch
from core.errors import SolventError
from core.ledger.ledger import Ledger
from core.ledger.verification import Verification
from core.progress import Progress
from pages._ui import cache

_IDLE_SHARE = 3.0  # how long verifying rests for each second it works: pages come first
_LAST_PIECE_SECONDS = 2.0

log = logging.getLogger("solvent")


class _Ended(Exception):
    """The app ends; verifying goes on at its next start."""


class Verifying:
    """What is known about the record since the app started: whether it is what was written."""

    def __init__(self) -> None:
        self.of_itself: Recorded | None = None  # without a kept head; None: not looked at yet
        self.refuted: Recorded | None = None  # by a kept head, and by no later one confirmed
        self._since, self._read = datetime.now(UTC), 0
        self._ending, self._resting = Event(), Event()
        self._resting.set()

    @property
    def known(self) -> Recorded | None:
        """The last word: a chain that a kept head refutes is not sound, however well it holds by itself."""
        itself = self.of_itself
        return itself if itself and not itself.found.sound else self.refuted or itself

    @property
    def found(self) -> Verification | None:
        return self.known.found if self.known else None

    def run(self, ledger: Ledger) -> None:
        """First what came since it was last verified, then everything; it ends with the app."""
        self._resting.clear()
        try:
            for since_head in (True, False):
                found = with_warning(ledger.verify(self._restful(), since_head), ledger)
                self.learn(found)
                if not found.sound:
                    log.error("the record is not sound from event %s on: %s", found.first_bad, found.finding)
                    return
        except _Ended:
            pass
        finally:
            self._resting.set()

    def learn(self, found: Verification, against: int | None = None) -> None:
        """`against`: the event at the end of a kept head, which may be forged: what it refutes stands apart."""
        self._take(Recorded(found, datetime.now(UTC), against))

    def catch_up(self, ledger: Ledger) -> None:
        """Learns what was found since by somebody else, as a command from a terminal, and is on record."""
        count = ledger.head.count
        if count > self._read:
            for recorded in verifications(ledger, self._read, self._since):
                self._take(recorded)
            self._read = count

    def _take(self, recorded: Recorded) -> None:
        """The newest counts, of each sort."""
        if recorded.against is not None and not recorded.found.sound:
            self.refuted = _newest(self.refuted, recorded)
            return
        self.of_itself = _newest(self.of_itself, recorded)
        if recorded.against is not None and self.refuted and recorded.at > self.refuted.at:
            self.refuted = None

    def end(self) -> None:
        """Nothing of the ledger is read any more when this returns."""
        self._ending.set()
        self._resting.wait(_LAST_PIECE_SECONDS)

    def _restful(self) -> Progress:
        """Progress that rests after each piece of work."""
        began = time.monotonic()

        def rest(step: str, done: float | None = None) -> None:
            nonlocal began
            if self._ending.wait((time.monotonic() - began) * _IDLE_SHARE):
                raise _Ended
            began = time.monotonic()

        return rest


def _newest(before: Recorded | None, now: Recorded) -> Recorded:
    return now if before is None or now.at > before.at else before


verifying = Verifying()


@contextmanager
def commands() -> Iterator[None]:
    """While the block lasts, commands of this desk's owner are answered; without them the pages work all the same."""
    own = settings.read()
    server = ChannelServer(own.channel_file, dispatch(Opened(own, cache.desk, cache.ledger, cache.erasures)))
    try:
        server.start()
    except SolventError as refusal:
        log.warning("commands beside the app: %s", refusal)
        yield
        return
    try:
        yield
    finally:
        server.stop()
