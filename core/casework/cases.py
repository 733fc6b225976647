"""A score as a case: with the fields, the fingerprints and the versions it can be repeated from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.casework.recording import Origin, ScoredCase, scored_case, stored_lookup, typed_lookup
from core.casework.versions import Provenance
from core.portfolio.application import Application
from core.portfolio.client_number import client_number
from core.scoring.score import Score


@dataclass(frozen=True)
class Cases:
    """What all cases of one model over one portfolio have in common."""

    amount_column: str  # of the contract: what was asked for
    sql_fingerprint: str
    tables_fingerprint: str
    provenance: Provenance
    warnings_of: Callable[[Score], tuple[str, ...]]  # where the model has hardly seen the like of a client

    def stored(self, score: Score, application: Application) -> ScoredCase:
        """The case of an application that lies in the portfolio."""
        return self._case(score, application, stored_lookup(score.applicant), score.applicant)

    def typed(self, score: Score, application: Application, history_of: str | None) -> ScoredCase:
        """The case of one that was typed in; `history_of`: the client whose past counted."""
        client = None if history_of is None else client_number(history_of)
        return self._case(score, application, typed_lookup(application, client), client)

    def _case(self, score: Score, application: Application, lookup: str, history_of: str | None) -> ScoredCase:
        origin = Origin(application, lookup, history_of, self.sql_fingerprint, self.tables_fingerprint)
        amount = application.fields.get(self.amount_column)
        known = float(amount) if isinstance(amount, int | float) else None
        return scored_case(score, self.warnings_of(score), origin, known, self.provenance)
