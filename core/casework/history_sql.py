"""A question of the history as SQL: conditions by table, every value bound, every column from here.

`at` is a word of DuckDB's own, so it is always quoted or qualified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.casework.history_question import HistoryQuestion, KnownOutcome, Overridden, Period, SortBy, State
from core.ledger.moments import stored

Bound = str | float | int | datetime | None | list[str] | list[int]
Sequences = NDArray[np.int64]

_LATEST = """
    select decision_sequence, outcome, observed_on from outcomes
    where sequence not in (select corrects from outcomes where corrects is not null)"""

LATEST_OUTCOMES = f"({_LATEST})"

_DECIDED = "select * from decisions where {where}"

_SCORED = """
    select *, '' as decision, '' as override_code, '' as override_side, null::bigint as settles from scores
    where {where}"""  # the columns of a decision, empty

# The last score of each application that nobody decided on. Most scores are ruled out by their sequence, the few that
# are left (`undecided`) by their application; a later one that was decided on rules out its application.
_OPEN = """
    with candidate as materialized (
        select sequence, application, applicant from scores where sequence in (select sequence from undecided)
    ),
    settled as materialized (
        select application from decisions where application in (select application from candidate)
    )
    select max(sequence) from candidate
    where application not in (select application from settled)
        and application not in (select application from erasures where application <> '')
        and applicant not in (select applicant from erasures where application = '' and applicant <> '')
    group by application"""

_WAITING = """
    select sequence from decisions
    where decision = 'refer' and sequence not in (select settles from decisions where settles is not null)"""
ERASED = """(
    application in (select application from erasures where application <> '')
    or applicant in (select applicant from erasures where application = '' and applicant <> '')
)"""
# of a million rows: one comparison is dearer than finding the few applications of forgotten people first
_ERASED_APPLICATIONS = """(
    select application from erasures where application <> ''
    union all select application from decisions
    where applicant in (select applicant from erasures where application = '' and applicant <> '')
)"""
_OF_ERASED = f"select sequence from decisions where application in {_ERASED_APPLICATIONS}"


@dataclass(frozen=True)
class Among:
    """A condition on the sequence alone, which may be looked up apart."""

    sequences: str  # a select of them, without nulls and without values bound
    inside: bool = True  # or outside

    @property
    def condition(self) -> str:
        return f"sequence {'in' if self.inside else 'not in'} ({self.sequences})"


_STATES = {
    State.OPEN: Among(_OPEN),
    State.REFERRED: Among(f"{_WAITING} and application not in {_ERASED_APPLICATIONS}"),
    State.CLOSED: Among(f"{_WAITING} union all {_OF_ERASED}", inside=False),
    State.ERASED: Among(_OF_ERASED),
}
_OUTCOMES = {
    KnownOutcome.NONE: Among(
        "select decision_sequence from outcomes where decision_sequence is not null", inside=False
    ),
    KnownOutcome.REPAID: Among(f"select decision_sequence from ({_LATEST}) where outcome = 'repaid'"),
    KnownOutcome.DEFAULTED: Among(f"select decision_sequence from ({_LATEST}) where outcome = 'defaulted'"),
}
_OVERRIDES = {
    Overridden.ANY: "override_side in ('low', 'high')",
    Overridden.NONE: "override_side not in ('low', 'high')",
    Overridden.LOW: "override_side = 'low'",
    Overridden.HIGH: "override_side = 'high'",
    Overridden.REFERRAL: "override_side = 'referral'",
}

# one column after the other: blocks that cannot hold the text are passed over, and most often that is all of one column
_ABOUT = """sequence in (
    select sequence from {table} where application = $about
    union all select sequence from {table} where applicant = $about
)"""
_UNITS = "round_even(amount, 0)"  # amounts are compared as they are shown: in whole units, halves to the even one


@dataclass(frozen=True)
class Order:
    """A column to sort by."""

    key: str
    is_text: bool = False  # few different ones: officers, grades, decisions


ORDERS: Mapping[SortBy, Order] = {
    SortBy.AT: Order("sequence"),  # the chain's order is that of time
    SortBy.OFFICER: Order("actor", is_text=True),
    SortBy.RECOMMENDATION: Order("recommendation", is_text=True),
    SortBy.DECISION: Order("decision", is_text=True),
    SortBy.DEFAULT_PROBABILITY: Order("coalesce(default_probability, -1)"),
    SortBy.POINTS: Order("coalesce(points, -1e6)"),
    SortBy.GRADE: Order("grade", is_text=True),
    SortBy.AMOUNT: Order("coalesce(amount, -1)"),
}


@dataclass(frozen=True)
class Matching:
    """Where the rows that answer a question are."""

    rows: str  # a select with a place for the conditions
    where: str
    bound: Mapping[str, Bound]
    among: tuple[Among, ...] = ()

    @property
    def sql(self) -> str:
        """To stand behind `from`."""
        return self._selected(self.where, *(among.condition for among in self.among))

    @property
    def sql_of_more(self) -> str:
        """The same without `among`."""
        return self._selected(self.where)

    def only(self, sequences: Sequence[int]) -> Matching:
        """These rows, whatever else was asked."""
        return Matching(self.rows, "sequence in (select unnest($only)::bigint)", {"only": list(sequences)})

    def _selected(self, *conditions: str) -> str:
        return f"({self.rows.format(where=' and '.join(conditions))})"


def matching(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion) -> Matching:
    """Rows by every filter but the note's, for this cursor to read before it is asked the next question."""
    asked = [(condition, bound) for condition, bound in _conditions(question) if bound]
    words = [condition for condition, _ in asked]
    words += [_OVERRIDES[question.override]] if question.override else []
    among = [_STATES[question.state]] if question.state else []
    among += [_OUTCOMES[question.outcome]] if question.outcome else []
    bound = {name: value for _, values in asked for name, value in values.items()}
    rows = _SCORED if question.state is State.OPEN else _DECIDED
    if question.state is State.OPEN:
        cursor.register("undecided", pa.table({"sequence": pa.array(_undecided(cursor, question.period))}))
    return Matching(rows, " and ".join(words) or "true", bound, tuple(among))


def _undecided(cursor: duckdb.DuckDBPyConnection, period: Period) -> Sequences:
    """Also those after the period: a case is shown where it was scored last."""
    since = {"since": stored(period.start) if period.start else datetime.min}
    scores = sequences_of(cursor, 'select sequence from scores where "at" >= $since', since)
    decided_on = sequences_of(cursor, "select score_sequence from decisions where score_sequence is not null")
    return scores[~are_among(scores, decided_on)]


def sequences_of(cursor: duckdb.DuckDBPyConnection, select: str, bound: Mapping[str, Bound] | None = None) -> Sequences:
    """The only column of a select, without nulls."""
    found: Sequences = cursor.sql(select, params=dict(bound or {})).to_arrow_table()[0].to_numpy()
    return found


def are_among(sequences: Sequences, others: Sequences) -> NDArray[np.bool_]:
    """For each whether it is one of the others, by a byte for every event of the chain."""
    marked = np.zeros(sequences.max(initial=0) + 1, dtype=np.bool_)
    marked[others[(others >= 0) & (others < len(marked))]] = True
    return marked[sequences]


def _conditions(question: HistoryQuestion) -> tuple[tuple[str, Mapping[str, Bound]], ...]:
    """Each filter with its values; those without values are not asked."""
    period, table = question.period, "scores" if question.state is State.OPEN else "decisions"
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
        (_ABOUT.format(table=table), {"about": question.about} if question.about else {}),
    )


def _whole_units(name: str, amount: float | None) -> Mapping[str, Bound]:
    return {} if amount is None else {name: round(amount)}


def _several(name: str, values: tuple[str, ...]) -> Mapping[str, Bound]:
    return {name: list(values)} if values else {}
