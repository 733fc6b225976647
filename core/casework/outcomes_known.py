"""What the record knows of the applications that outcomes are told about: one question for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC

import duckdb

from core.casework.outcomes import APPROVALS, Approval, Case, Recorded

_DECISIONS = """
    select application, sequence, "at", applicant, decision from decisions
    where application in (select unnest($applications)) order by sequence"""
_OUTCOMES = """
    select application, sequence, outcome, observed_on, corrects from outcomes
    where application in (select unnest($applications)) order by sequence"""
_ERASED = """
    select distinct application from decisions
    where application in (select unnest($applications)) and (
        application in (select application from erasures where application <> '')
        or applicant in (select applicant from erasures where application = '' and applicant <> '')
    )"""


def known_cases(cursor: duckdb.DuckDBPyConnection, applications: Collection[str]) -> Mapping[str, Case]:
    """A case for each of them, also for those the record has never heard of."""
    asked = {"applications": sorted(set(applications))}
    last: dict[str, str] = {}
    approvals: dict[str, Approval] = {}
    outcomes: dict[str, list[Recorded]] = defaultdict(list)
    for application, sequence, at, applicant, decision in cursor.execute(_DECISIONS, asked).fetchall():
        last[application] = decision
        if decision in APPROVALS:
            approvals[application] = Approval(sequence, at.replace(tzinfo=UTC), applicant)
    for application, *cells in cursor.execute(_OUTCOMES, asked).fetchall():
        outcomes[application].append(Recorded(*cells))
    erased = {application for (application,) in cursor.execute(_ERASED, asked).fetchall()}
    return {
        application: Case(
            application=application,
            last_decision=last.get(application, ""),
            approval=approvals.get(application),
            erased=application in erased,
            outcomes=tuple(outcomes[application]),
        )
        for application in asked["applications"]
    }
