"""How much was decided, how, and how often against the recommendation: figures over the filtered history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, log

import duckdb

from core.casework.case_state import DECLINE, REFER, WITHDRAWN
from core.casework.history_question import HistoryQuestion
from core.casework.history_sql import matching
from core.casework.outcomes import APPROVALS
from core.casework.override_sides import HIGH, LOW, REFERRAL
from core.model.card import Estimate
from core.model.intervals import wilson

PD_BINS = 20


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"  # from Monday


@dataclass(frozen=True)
class Volume:
    """The decisions of one day or week (UTC); those without any are left out."""

    start: date
    decisions: int  # of every kind
    approved: int
    declined: int
    referred: int
    withdrawn: int
    settled: int  # approved or declined after a referral
    first: date  # the day of the first decision
    last: date  # and of the last

    @property
    def approval_rate(self) -> float | None:
        """Of what was approved or declined, 0..1; None when nothing was."""
        final = self.approved + self.declined
        return self.approved / final if final else None

    @property
    def without_referral(self) -> float | None:
        """The share of what was approved or declined that no colleague had to decide, 0..1."""
        final = self.approved + self.declined
        return (final - self.settled) / final if final else None


@dataclass(frozen=True)
class PdBin:
    """Decisions with low ≤ PD < high; bins are equally wide in log-odds, the last one holds its end."""

    low: float
    high: float
    counts: tuple[tuple[str, int], ...]  # by decision


@dataclass(frozen=True)
class Overrides:
    """How often one officer, or everybody, decided against the recommendation, and which way."""

    officer: str  # empty: everybody
    decisions: int  # approved or declined: only these can be overrides
    low: int  # approved what the model would decline
    high: int  # declined what the model would approve
    instead_of_referral: int  # approved or declined where a second look was recommended: no override

    @property
    def rate(self) -> Estimate | None:
        """0..1 with its 95 % interval; None without decisions."""
        return wilson(self.low + self.high, self.decisions) if self.decisions else None


@dataclass(frozen=True)
class OverrideView:
    total: Overrides
    by_officer: tuple[Overrides, ...]  # most decisions first


_VOLUMES = """
    select date_trunc($grain, "at")::date, decision, count(*), count(settles), min("at")::date, max("at")::date
    from {asked} group by 1, 2 order by 1"""

_ENDS = """
    select min(default_probability), max(default_probability)
    from {asked} where default_probability > 0 and default_probability < 1"""
_BINS = """
    select least(floor((ln(default_probability / (1 - default_probability)) - $low) / $width), {last})::integer,
        decision, count(*)
    from {asked} where default_probability > 0 and default_probability < 1 group by 1, 2 order by 1, 2"""

_OVERRIDES = "select actor, decision, override_side, count(*) from {asked} group by 1, 2, 3"
_FINAL = (*APPROVALS, DECLINE)


@dataclass(frozen=True)
class _Counted:
    """What was decided one way in a day or week."""

    decisions: int
    settled: int  # of them, after a referral
    first: date
    last: date


def volumes(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, grain: Grain) -> tuple[Volume, ...]:
    """Oldest first; order and page of the question do not matter, nor does its note."""
    asked = matching(cursor, question)
    rows = cursor.execute(_VOLUMES.format(asked=asked.sql), {**asked.bound, "grain": grain.value}).fetchall()
    by_start: dict[date, dict[str, _Counted]] = {}
    for start, decision, *counted in rows:
        by_start.setdefault(start, {})[decision] = _Counted(*counted)
    return tuple(_volume(start, counts) for start, counts in by_start.items())


def pd_histogram(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion) -> tuple[PdBin, ...]:
    """Between the least and the greatest PD of the filtered decisions; empty without any."""
    asked = matching(cursor, question)
    ((least, greatest),) = cursor.execute(_ENDS.format(asked=asked.sql), asked.bound).fetchall()
    if least is None:
        return ()
    low = _log_odds(least)
    width = (_log_odds(greatest) - low) / PD_BINS or 1.0  # one PD only: everything lies in the first bin
    binned = cursor.execute(
        _BINS.format(asked=asked.sql, last=PD_BINS - 1), {**asked.bound, "low": low, "width": width}
    ).fetchall()
    counts: dict[int, list[tuple[str, int]]] = {place: [] for place in range(PD_BINS)}
    for place, decision, count in binned:
        counts[place].append((decision, count))
    edges = [_probability(low + place * width) for place in range(PD_BINS + 1)]
    return tuple(PdBin(edges[place], edges[place + 1], tuple(counts[place])) for place in range(PD_BINS))


def overrides(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion) -> OverrideView:
    """Per officer and in total, with the number of decisions each rate rests on."""
    asked = matching(cursor, question)
    counted = cursor.execute(_OVERRIDES.format(asked=asked.sql), asked.bound).fetchall()
    final = [(officer, side, count) for officer, decision, side, count in counted if decision in _FINAL]
    by_officer = [_overrides(name, [row for row in final if row[0] == name]) for name in {row[0] for row in final}]
    by_officer.sort(key=lambda one: (-one.decisions, one.officer))
    return OverrideView(_overrides("", final), tuple(by_officer))


def _volume(start: date, counts: Mapping[str, _Counted]) -> Volume:
    """`counts`: by decision."""
    number = {decision: counted.decisions for decision, counted in counts.items()}
    return Volume(
        start=start,
        decisions=sum(number.values()),
        approved=sum(number.get(decision, 0) for decision in APPROVALS),
        declined=number.get(DECLINE, 0),
        referred=number.get(REFER, 0),
        withdrawn=number.get(WITHDRAWN, 0),
        settled=sum(counts[decision].settled for decision in _FINAL if decision in counts),
        first=min(counted.first for counted in counts.values()),
        last=max(counted.last for counted in counts.values()),
    )


def _overrides(officer: str, counts: Sequence[tuple[str, str, int]]) -> Overrides:
    """`counts`: officer, side and how many."""
    return Overrides(
        officer=officer,
        decisions=sum(count for _, _, count in counts),
        low=_of_side(counts, LOW),
        high=_of_side(counts, HIGH),
        instead_of_referral=_of_side(counts, REFERRAL),
    )


def _of_side(counts: Sequence[tuple[str, str, int]], wanted: str) -> int:
    return sum(count for _, side, count in counts if side == wanted)


def _log_odds(probability: float) -> float:
    return log(probability / (1 - probability))


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
