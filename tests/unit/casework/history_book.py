"""A believable book of cases at random, and what any question of the history must answer, told row by row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np

from core.casework.history_question import HistoryQuestion, KnownOutcome, Overridden, SortBy, State
from core.ledger.reading import Cell
from tests.unit.casework.history_tables import HistoryTables

Row = Mapping[str, Any]

APPLICATIONS, PEOPLE, EVENTS = 150, 110, 500
DECISIONS = ("approve", "decline", "refer", "withdrawn")
OFFICERS, GRADES = ("ana", "ben", "eva"), tuple("ABCDE")
_UNKNOWN = {SortBy.DEFAULT_PROBABILITY: -1, SortBy.POINTS: -1e6, SortBy.AMOUNT: -1}


@dataclass
class Case:
    application: str
    applicant: str
    score: int | None = None
    referral: int | None = None
    approval: int | None = None
    outcome: int | None = None
    closed: bool = False


def a_book(seed: int) -> HistoryTables:
    """Cases scored once or again, referred, settled, closed, with outcomes, corrections and erasures, interleaved."""
    tables, rng = HistoryTables(), np.random.default_rng(seed)
    cases = [Case(f"a{number}", f"r{number % PEOPLE}") for number in range(APPLICATIONS)]
    for _ in range(EVENTS):
        _happen(tables, rng, cases[rng.integers(APPLICATIONS)])
    return tables


def _happen(tables: HistoryTables, rng: np.random.Generator, case: Case) -> None:
    if rng.random() < 0.02:
        whole_person = rng.random() < 0.5
        tables.erased(application="" if whole_person else case.application, applicant=case.applicant)
    elif case.approval is not None:
        told = str(rng.choice(["repaid", "defaulted"]))
        case.outcome = tables.outcome(case.approval, told, corrects=case.outcome, application=case.application)
    elif not case.closed and (case.score is None or rng.random() < 0.4):
        case.score = tables.scored(case.application, applicant=case.applicant, **_cells(rng))
    elif not case.closed:
        _decide(tables, rng, case)


def _decide(tables: HistoryTables, rng: np.random.Generator, case: Case) -> None:
    decision = str(rng.choice([name for name in DECISIONS if name != "refer" or case.referral is None]))
    side = str(rng.choice(["", "", "low", "high", "referral"]))
    made: dict[str, Cell] = {"override_side": side, "score_sequence": case.score, "settles": case.referral}
    sequence = tables.decided(case.application, decision, applicant=case.applicant, **made, **_cells(rng))
    case.referral = sequence if decision == "refer" else None
    case.approval = sequence if decision == "approve" else None
    case.closed = decision != "refer"


def _cells(rng: np.random.Generator) -> dict[str, Cell]:
    return {
        "actor": str(rng.choice(OFFICERS)),
        "recommendation": str(rng.choice(DECISIONS[:3])),
        "default_probability": None if rng.random() < 0.05 else round(float(rng.uniform(0.001, 0.4)), 2),
        "points": None if rng.random() < 0.05 else round(float(rng.uniform(400, 700)), -1),
        "grade": str(rng.choice(GRADES)),
        "amount": None if rng.random() < 0.05 else float(rng.integers(1, 9)) * 25_000.5,
        "model_version": str(rng.choice(["m1", "m2"])),
        "demo": bool(rng.random() < 0.2),
    }


class RowByRow:
    """Answers by looking at one row after the other."""

    def __init__(self, tables: HistoryTables) -> None:
        self.scores, self.decisions, self.outcomes, self.erasures = (
            tables.cursor.execute(f"select * from {table} order by sequence desc").fetchdf().to_dict("records")
            for table in ("scores", "decisions", "outcomes", "erasures")
        )
        self.settled = {row["settles"] for row in self.decisions}
        self.corrected = {row["corrects"] for row in self.outcomes}

    def asked(self, question: HistoryQuestion) -> list[Row]:
        """All rows in the asked order, the newest of equals first."""
        rows = self.scores if question.state is State.OPEN else self.decisions
        found = [row for row in rows if self._answers(row, question)]
        return sorted(found, key=lambda row: _key(row, question.sort), reverse=question.descending)

    def state(self, row: Row) -> State | None:
        """None: a score that somebody decided on, or that a later one took the place of."""
        if any(one["application"] == row["application"] or _is_of_person(one, row) for one in self.erasures):
            return State.ERASED if "decision" in row else None
        if "decision" in row:
            waits = row["decision"] == "refer" and row["sequence"] not in self.settled
            return State.REFERRED if waits else State.CLOSED
        about = [one for one in (*self.scores, *self.decisions) if one["application"] == row["application"]]
        is_last = row["sequence"] == max(one["sequence"] for one in about)
        return State.OPEN if is_last and not any("decision" in one for one in about) else None

    def outcome(self, row: Row) -> KnownOutcome:
        known = (one for one in self.outcomes if one["decision_sequence"] == row["sequence"])
        latest = [one["outcome"] for one in known if one["sequence"] not in self.corrected]
        return KnownOutcome(latest[0]) if latest else KnownOutcome.NONE

    def _answers(self, row: Row, asked: HistoryQuestion) -> bool:
        at = row["at"].replace(tzinfo=UTC)
        return (
            (asked.period.start is None or at >= asked.period.start)
            and (asked.period.end is None or at < asked.period.end)
            and (not asked.decisions or row.get("decision", "") in asked.decisions)
            and (not asked.grades or row["grade"] in asked.grades)
            and (not asked.officers or row["actor"] in asked.officers)
            and (asked.override is None or _is_overridden(row.get("override_side", ""), asked.override))
            and (asked.amount_from is None or _amount(row) >= asked.amount_from)
            and (asked.outcome is None or self.outcome(row) is asked.outcome)
            and (asked.state is None or self.state(row) is asked.state)
        )


def _is_of_person(erasure: Row, row: Row) -> bool:
    return not erasure["application"] and erasure["applicant"] == row["applicant"]


def _is_overridden(side: str, asked: Overridden) -> bool:
    if asked in (Overridden.ANY, Overridden.NONE):
        return (side in ("low", "high")) == (asked is Overridden.ANY)
    return side == asked


def _amount(row: Row) -> float:
    return -math.inf if math.isnan(row["amount"]) else round(row["amount"])


def _key(row: Row, sort: SortBy) -> str | float:
    column = {SortBy.AT: "sequence", SortBy.OFFICER: "actor"}.get(sort, sort.value)
    cell = row.get(column, "")
    return _UNKNOWN[sort] if isinstance(cell, float) and math.isnan(cell) else cell
