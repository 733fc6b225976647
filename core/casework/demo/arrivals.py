"""People sign in before the first thing they do on a day, and mistype their password now and then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import numpy as np

from core.accounts import moments
from core.accounts.events import Kind
from core.casework.demo.agenda import Agenda
from core.casework.demo.officers import Officer
from core.casework.demo.past_chain import PastChain
from core.ledger.event import Actor, Draft

MISTYPED = 0.04  # of the days begin with a wrong password
_WRONG = "wrong password"
_AGAIN = timedelta(seconds=25)


class Arrivals:
    """Names without accounts: nobody can sign in with them really."""

    def __init__(self, agenda: Agenda, chain: PastChain, rng: np.random.Generator) -> None:
        self._agenda = agenda
        self._chain = chain
        self._rng = rng
        self._there: set[tuple[str, date]] = set()

    def once_signed_in(self, person: Officer, happen: Callable[[], object]) -> None:
        """Now, where the person has signed in today; else some minutes after the sign-in, which is now."""
        today = (person.user_name, self._chain.now.date())
        if today in self._there:
            happen()
            return
        self._there.add(today)
        came = self._chain.now
        if self._rng.random() < MISTYPED:
            self._tell(person, Kind.SIGN_IN_REFUSED, _WRONG)
            came += _AGAIN
        self._agenda.at(came, partial(self._tell, person, Kind.SIGNED_IN, ""))
        self._agenda.at(came + timedelta(seconds=int(self._rng.integers(40, 500))), happen)

    def _tell(self, person: Officer, kind: Kind, rule: str) -> None:
        self._chain.append(
            [
                Draft(
                    kind=kind.value,
                    actor=Actor(person.user_name, person.role.value, person.address),
                    subject=person.user_name,
                    public={"rule": rule, "happened_at": moments.written(self._chain.now)},
                )
            ]
        )
