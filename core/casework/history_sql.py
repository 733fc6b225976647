"""A question of the history as SQL: conditions by table, every value bound, every column from here.

`at` is a word of DuckDB's own, so it is always quoted or qualified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.casework.history_question import HistoryQuestion, KnownOutcome, Overridden, SortBy, State
from core.ledger.moments import stored

Bound = str | float | int | datetime | None | list[str] | list[int]

_LATEST = """
    select decision_sequence, outcome, observed_on from outcomes
    where sequence not in (select corrects from outcomes where corrects is not null)"""

LATEST_OUTCOMES = f"({_LATEST})"

_DECIDED = "select * from decisions where {where}"

_SCORED = """
    select *, '' as decision, '' as override_code, '' as override_side, null::bigint as settles from scores
    where {where}"""  # the columns of a decision, empty

# Scored, and neither decided nor scored again since. Most scores are ruled out by their sequence, the few that are
# left by their application; no decision is older than the score it is about.
_OPEN = """sequence in (
    with candidate as materialized (
        select sequence, application, applicant from ({scored}) as scored
        where not exists (
            select 1 from decisions as decided where decided.score_sequence = scored.sequence{since}
        )
    ),
    settled as materialized (
        select application from decisions where application in (select application from candidate)
    ),
    latest as materialized (
        select max(sequence) as sequence from scores
        where application in (select application from candidate) group by application
    )
    select sequence from candidate
    where sequence in (select sequence from latest) and application not in (select application from settled)
        and {not_erased}
)"""
_DECIDED_SINCE = ' and decided."at" >= $since'

_WAITING = """(
    select sequence from decisions
    where decision = 'refer' and sequence not in (select settles from decisions where settles is not null)
)"""
ERASED = """(
    application in (select application from erasures where application <> '')
    or applicant in (select applicant from erasures where application = '' and applicant <> '')
)"""
_NOT_ERASED = """
    application not in (select application from erasures where application <> '')
    and applicant not in (select applicant from erasures where application = '' and applicant <> '')"""
# of a million rows: one comparison is dearer than finding the few applications of forgotten people first
_ERASED_APPLICATIONS = """(
    select application from erasures where application <> ''
    union all select application from decisions
    where applicant in (select applicant from erasures where application = '' and applicant <> '')
)"""

_STATES = {
    State.REFERRED: f"sequence in {_WAITING} and application not in {_ERASED_APPLICATIONS}",
    State.CLOSED: f"sequence not in {_WAITING} and application not in {_ERASED_APPLICATIONS}",
    State.ERASED: f"application in {_ERASED_APPLICATIONS}",
}
_OVERRIDES = {
    Overridden.ANY: "override_side in ('low', 'high')",
    Overridden.NONE: "override_side not in ('low', 'high')",
    Overridden.LOW: "override_side = 'low'",
    Overridden.HIGH: "override_side = 'high'",
    Overridden.REFERRAL: "override_side = 'referral'",
}
_OUTCOMES = {
    KnownOutcome.NONE: "sequence not in (select decision_sequence from outcomes where decision_sequence is not null)",
    KnownOutcome.REPAID: f"sequence in (select decision_sequence from ({_LATEST}) where outcome = 'repaid')",
    KnownOutcome.DEFAULTED: f"sequence in (select decision_sequence from ({_LATEST}) where outcome = 'defaulted')",
}

_UNITS = "round_even(amount, 0)"  # amounts are compared as they are shown: in whole units, halves to the even one


@dataclass(frozen=True)
class Order:
    """A column to sort by, and a coarser step of it: rows are counted by step, and only the page's steps sorted."""

    key: str
    step: str


ORDERS: Mapping[SortBy, Order] = {
    SortBy.AT: Order("sequence", "sequence // 65536"),  # the chain's order is that of time
    SortBy.OFFICER: Order("actor", "actor"),
    SortBy.RECOMMENDATION: Order("recommendation", "recommendation"),
    SortBy.DECISION: Order("decision", "decision"),
    SortBy.DEFAULT_PROBABILITY: Order(
        "coalesce(default_probability, -1)", "floor(coalesce(default_probability, -1) * 1000)"
    ),
    SortBy.POINTS: Order("coalesce(points, -1e6)", "floor(coalesce(points, -1e6))"),
    SortBy.GRADE: Order("grade", "grade"),
    SortBy.AMOUNT: Order("coalesce(amount, -1)", "floor(coalesce(amount, -1) / 5000)"),
}


@dataclass(frozen=True)
class Matching:
    """Where the rows that answer a question are."""

    rows: str  # a select with a place for the conditions
    where: str
    bound: Mapping[str, Bound]

    @property
    def sql(self) -> str:
        """To stand behind `from`."""
        return f"({self.rows.format(where=self.where)})"

    def also(self, condition: str, bound: Mapping[str, Bound]) -> Matching:
        return replace(self, where=f"{self.where} and {condition}", bound={**self.bound, **bound})

    def only(self, sequences: Sequence[int]) -> Matching:
        """These rows, whatever else was asked."""
        rows = _DECIDED if self.rows == _DECIDED else _SCORED
        return Matching(rows, "sequence in (select unnest($only)::bigint)", {"only": list(sequences)})


def matching(question: HistoryQuestion) -> Matching:
    """Rows by every filter but the note's."""
    asked = [(condition, bound) for condition, bound in _conditions(question) if bound]
    words = [condition for condition, _ in asked]
    words += [_OVERRIDES[question.override]] if question.override else []
    words += [_STATES[question.state]] if question.state in _STATES else []
    words += [_OUTCOMES[question.outcome]] if question.outcome else []
    bound = {name: value for _, values in asked for name, value in values.items()}
    where = " and ".join(words) or "true"
    if question.state is State.OPEN:
        since = _DECIDED_SINCE if question.period.start else ""
        scored = _SCORED.format(where=where)
        return Matching(_SCORED, _OPEN.format(scored=scored, since=since, not_erased=_NOT_ERASED), bound)
    return Matching(_DECIDED, where, bound)


def _conditions(question: HistoryQuestion) -> tuple[tuple[str, Mapping[str, Bound]], ...]:
    """Each filter with its values; those without values are not asked."""
    period = question.period
    return (
        ('"at" >= $since', {"since": stored(period.start)} if period.start else {}),
        ('"at" < $before', {"before": stored(period.end)} if period.end else {}),
        ("decision = any($decisions)", _several("decisions", question.decisions)),
        ("recommendation = any($recommendations)", _several("recommendations", question.recommendations)),
        ("grade = any($grades)", _several("grades", question.grades)),
        ("actor = any($officers)", _several("officers", question.officers)),
        ("model_version = any($model_versions)", _several("model_versions", question.model_versions)),
        ("policy_version = any($policy_versions)", _several("policy_versions", question.policy_versions)),
        (f"{_UNITS} >= $amount_from", _whole_units("amount_from", question.amount_from)),
        (f"{_UNITS} <= $amount_to", _whole_units("amount_to", question.amount_to)),
        ("(application = $about or applicant = $about)", {"about": question.about} if question.about else {}),
    )


def _whole_units(name: str, amount: float | None) -> Mapping[str, Bound]:
    return {} if amount is None else {name: round(amount)}


def _several(name: str, values: tuple[str, ...]) -> Mapping[str, Bound]:
    return {name: list(values)} if values else {}
