"""How much was decided, how, and how often against the recommendation: figures over the filtered history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp

import duckdb

from core.casework.history_question import HistoryQuestion
from core.casework.history_sql import matching
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
    low: int  # approved what was not recommended
    high: int  # declined what was not

    @property
    def rate(self) -> Estimate | None:
        """0..1 with its 95 % interval; None without decisions."""
        return wilson(self.low + self.high, self.decisions) if self.decisions else None


@dataclass(frozen=True)
class OverrideView:
    total: Overrides
    by_officer: tuple[Overrides, ...]  # most decisions first


_VOLUMES = """
    select date_trunc($grain, "at")::date, count(*),
        count(*) filter (decision in ('approve', 'approve_changed_terms')), count(*) filter (decision = 'decline'),
        count(*) filter (decision = 'refer'), count(*) filter (decision = 'withdrawn'),
        count(*) filter (settles is not null and decision <> 'withdrawn')
    from {asked} group by 1 order by 1"""

_LOG_ODDS = "ln(default_probability / (1 - default_probability))"
_ENDS = "select min({x}), max({x}) from {asked} where default_probability > 0 and default_probability < 1"
_BINS = """
    select least(floor(({x} - $low) / $width), {last})::integer, decision, count(*)
    from {asked} where default_probability > 0 and default_probability < 1 group by 1, 2 order by 1, 2"""

_OVERRIDES = """
    select actor, count(*), count(*) filter (override_side = 'low'), count(*) filter (override_side = 'high')
    from {asked} where decision in ('approve', 'approve_changed_terms', 'decline')
    group by actor order by 2 desc, actor"""


def volumes(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion, grain: Grain) -> tuple[Volume, ...]:
    """Oldest first; order and page of the question do not matter, nor does its note."""
    asked = matching(question)
    rows = cursor.execute(_VOLUMES.format(asked=asked.sql), {**asked.bound, "grain": grain.value}).fetchall()
    return tuple(Volume(*cells) for cells in rows)


def pd_histogram(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion) -> tuple[PdBin, ...]:
    """Between the least and the greatest PD of the filtered decisions; empty without any."""
    asked = matching(question)
    ((low, high),) = cursor.execute(_ENDS.format(asked=asked.sql, x=_LOG_ODDS), asked.bound).fetchall()
    if low is None:
        return ()
    width = (high - low) / PD_BINS or 1.0  # one PD only: everything lies in the first bin
    binned = cursor.execute(
        _BINS.format(asked=asked.sql, x=_LOG_ODDS, last=PD_BINS - 1), {**asked.bound, "low": low, "width": width}
    ).fetchall()
    counts: dict[int, list[tuple[str, int]]] = {place: [] for place in range(PD_BINS)}
    for place, decision, count in binned:
        counts[place].append((decision, count))
    edges = [_probability(low + place * width) for place in range(PD_BINS + 1)]
    return tuple(PdBin(edges[place], edges[place + 1], tuple(counts[place])) for place in range(PD_BINS))


def overrides(cursor: duckdb.DuckDBPyConnection, question: HistoryQuestion) -> OverrideView:
    """Per officer and in total, with the number of decisions each rate rests on."""
    asked = matching(question)
    rows = cursor.execute(_OVERRIDES.format(asked=asked.sql), asked.bound).fetchall()
    by_officer = tuple(Overrides(*cells) for cells in rows)
    total = Overrides(
        officer="",
        decisions=sum(one.decisions for one in by_officer),
        low=sum(one.low for one in by_officer),
        high=sum(one.high for one in by_officer),
    )
    return OverrideView(total, by_officer)


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
