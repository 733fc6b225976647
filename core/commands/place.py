"""Where a command works: on a desk of its own, or on the one that this process has open for others too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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
        """The open ledger; LedgerUnavailable or PortfolioMissing where there is none."""

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
        return self.open_ledger()

    def erasures(self) -> Erasures:
        return self.open_erasures()


class Alone:
    """A desk and a ledger of this command's own, each opened when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._desk: Desk | None = None
        self._ledger: Ledger | None = None
        self._refusal: LedgerUnavailable | PortfolioMissing | None = None

    def desk(self) -> Desk:
        if self._desk is None:
            from core.desk import open_desk

            ledger = None if self.without_ledger() else self.ledger()
            self._desk = open_desk(self.settings, ledger=ledger)
        return self._desk

    def ledger(self) -> Ledger:
        """Asked for again, it is refused for the same reason: nobody waits twice."""
        if self._refusal is not None:
            raise self._refusal
        if self._ledger is None:
            try:
                self._ledger = self._opened()
            except (LedgerUnavailable, PortfolioMissing) as refusal:
                self._refusal = refusal
                raise
        return self._ledger

    def erasures(self) -> Erasures:
        from core.casework.erasure import Erasures

        return Erasures(self.ledger(), self.settings, contract_file.read(self.settings.contract_file))

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
        from core.casework.opening import open_ledger

        if not self.settings.tables_file.exists() and not self.settings.ledger_dir.is_dir():
            raise PortfolioMissing(
                f"Ledger {self.settings.ledger_dir}: there is none, and no portfolio to begin one with; "
                "make or import one: python -m core setup."
            )
        return open_ledger(self.settings)


@contextmanager
def alone(settings: Settings) -> Iterator[Alone]:
    place = Alone(settings)
    try:
        yield place
    finally:
        place.close()
