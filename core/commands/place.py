"""Where a command works: on a desk of its own, or on the one that this process has open for others too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.commands import setup_lock
from core.errors import LedgerUnavailable, PortfolioMissing
from core.portfolio import contract_file
from core.settings import Settings

if TYPE_CHECKING:  # they take seconds to import, and a command that runs in the app needs neither here
    from core.casework.erasure import Erasures
    from core.desk import Desk
    from core.ledger.ledger import Ledger


class Place(Protocol):
    """The open desk and its ledger; who opened them closes them, never a command."""

    @property
    def settings(self) -> Settings: ...

    def desk(self) -> Desk:
        """The open desk."""

    def ledger(self) -> Ledger:
        """The open ledger, with something on it: who only looks begins none. LedgerUnavailable, PortfolioMissing."""

    def ledger_to_write(self) -> Ledger:
        """The same, begun where there is a portfolio and no record yet."""

    def erasures(self) -> Erasures:
        """What forgets people, one at a time in all of this process."""


@dataclass(frozen=True)
class Opened:
    """What the app has open, asked for anew each time: it may have been opened again meanwhile."""

    settings: Settings
    open_desk: Callable[[], Desk]
    open_ledger: Callable[[], Ledger]
    open_erasures: Callable[[], Erasures]

    def desk(self) -> Desk:
        return self.open_desk()

    def ledger(self) -> Ledger:
        return _with_events(self.open_ledger(), self.settings)

    def ledger_to_write(self) -> Ledger:
        return self.open_ledger()

    def erasures(self) -> Erasures:
        return self.open_erasures()


class Alone:
    """A desk and a ledger of this command's own, each opened when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._desk: Desk | None = None
        self._ledger: Ledger | None = None
        self._refusal: LedgerUnavailable | None = None

    def desk(self) -> Desk:
        """Without its ledger where that cannot be opened: scores are given all the same."""
        if self._desk is None:
            from core.desk import open_desk

            try:
                ledger: Ledger | None = self.ledger_to_write()
            except (LedgerUnavailable, PortfolioMissing):
                ledger = None
            self._desk = open_desk(self.settings, ledger=ledger)
        return self._desk

    def ledger(self) -> Ledger:
        if not _is_begun(self.settings):
            raise _nothing_recorded(self.settings)
        return _with_events(self._opened(), self.settings)

    def ledger_to_write(self) -> Ledger:
        if not _is_begun(self.settings):
            if not self.settings.tables_file.exists():
                raise _nothing_recorded(self.settings)
            _check_nobody_sets_up(self.settings)
        return self._opened()

    def erasures(self) -> Erasures:
        from core.casework.erasure import Erasures

        return Erasures(self.ledger_to_write(), self.settings, contract_file.read(self.settings.contract_file))

    def without_ledger(self) -> LedgerUnavailable | PortfolioMissing | None:
        """Why there is no ledger; None: it is open here from now on."""
        try:
            self.ledger()
        except (LedgerUnavailable, PortfolioMissing) as refusal:
            return refusal
        return None

    def close(self) -> None:
        if self._desk is not None:
            self._desk.close()
        if self._ledger is not None:
            self._ledger.close()

    def _opened(self) -> Ledger:
        """Asked for again, it is refused for the same reason: nobody waits twice."""
        if self._refusal is not None:
            raise self._refusal
        if self._ledger is None:
            from core.casework.opening import open_ledger

            try:
                self._ledger = open_ledger(self.settings)
            except LedgerUnavailable as refusal:
                self._refusal = refusal
                raise
        return self._ledger


def _is_begun(settings: Settings) -> bool:
    """Whether there is any file of a ledger, even one that turns out to be damaged."""
    return settings.ledger_dir.is_dir() and any(not file.name.startswith(".") for file in settings.ledger_dir.iterdir())


def _with_events(ledger: Ledger, settings: Settings) -> Ledger:
    if not ledger.head.count:
        raise _nothing_recorded(settings)
    return ledger


def _nothing_recorded(settings: Settings) -> PortfolioMissing:
    if not settings.tables_file.exists():
        return PortfolioMissing(
            f"Ledger {settings.ledger_dir}: not set up yet, there is none, and no portfolio to begin one with; "
            "make or import one: python -m core setup."
        )
    return PortfolioMissing(
        f"Ledger {settings.ledger_dir}: not set up yet, nothing was ever recorded, and looking begins no record; "
        "set up what is missing: python -m core setup. The record begins with the first start of the app, or score."
    )


def _check_nobody_sets_up(settings: Settings) -> None:
    """A record begun beside the first set-up would cost a demo its past."""
    if setup_lock.is_held(settings):
        raise LedgerUnavailable(
            f"Ledger {settings.ledger_dir}: there is none yet, and a set-up is at work here that may make one; "
            "wait until it has finished."
        )


@contextmanager
def alone(settings: Settings) -> Iterator[Alone]:
    place = Alone(settings)
    try:
        yield place
    finally:
        place.close()
