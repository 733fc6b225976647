"""What the history can be filtered by comes from the public part of each event."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from core.casework.readings import DECISIONS, ERASURES, OUTCOMES, READINGS, SCORES
from core.ledger.event import Actor, Event, Json
from core.ledger.reading import Cell, Reading

AT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
SCORE: dict[str, Json] = {
    "recommendation": "decline",
    "default_probability": 0.318,
    "points": 509.2,
    "grade": "G",
    "amount": 540000,
    "model_version": "20261121-1a2b3c4d",
    "policy_version": "policy-1a2b3c4d",
}


def an_event(kind: str, public: dict[str, Json]) -> Event:
    actor = Actor("ana", "officer", "10.0.0.7")
    return Event(7, AT, kind, actor, "a1", "a1", "r1", public, "", None, b"", b"")


def row_of(reading: Reading, event: Event) -> dict[str, Cell]:
    return dict(zip((name for name, _ in reading.columns), reading.row(event), strict=True))


def test_a_decision_is_read_with_its_score_and_which_way_it_went() -> None:
    public: dict[str, Json] = {
        **SCORE,
        "decision": "approve",
        "override_code": "known_client",
        "override_side": "low",
        "score": 6,
        "settles": 5,
        "demo": True,
    }
    row = row_of(DECISIONS, an_event("decided", public))
    assert row == {
        **SCORE,
        "amount": 540000.0,
        "sequence": 7,
        "at": AT.replace(tzinfo=None),
        "application": "a1",
        "applicant": "r1",
        "actor": "ana",
        "role": "officer",
        "decision": "approve",
        "override_code": "known_client",
        "override_side": "low",
        "score_sequence": 6,
        "settles": 5,
        "demo": True,
    }


def test_a_score_without_an_amount_is_read_without_one() -> None:
    row = row_of(SCORES, an_event("scored", {**SCORE, "amount": None, "latency_ms": 1.5}))
    assert (row["amount"], row["latency_ms"], row["demo"]) == (None, 1.5, False)


def test_an_outcome_says_when_it_was_seen_and_what_it_corrects() -> None:
    public: dict[str, Json] = {"outcome": "repaid", "observed_on": "2026-11-20", "corrects": 3, "decision": 2}
    row = row_of(OUTCOMES, an_event("corrected", public))
    assert (row["outcome"], row["observed_on"], row["corrects"]) == ("repaid", date(2026, 11, 20), 3)
    assert row["decision_sequence"] == 2


def test_an_outcome_without_a_day_is_read_without_one() -> None:
    assert row_of(OUTCOMES, an_event("outcome", {"outcome": "repaid"}))["observed_on"] is None


def test_an_erasure_is_read_by_application_and_applicant() -> None:
    row = row_of(ERASURES, an_event("erased", {}))
    assert (row["sequence"], row["application"], row["applicant"]) == (7, "a1", "r1")


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.table)
def test_every_reading_fits_its_own_table(reading: Reading) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in reading.columns)  # "at" is a word of SQL
    kind = next(iter(reading.kinds))
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"create table {reading.table} ({columns})")
        for public in ({}, {**SCORE, "score": 6, "observed_on": "2026-11-20", "corrects": 1}):
            values = reading.row(an_event(kind, public))
            connection.execute(f"insert into {reading.table} values ({', '.join('?' * len(values))})", list(values))
        assert connection.execute(f"select count(*) from {reading.table}").fetchall() == [(2,)]


def test_every_reading_begins_with_the_sequence() -> None:
    assert {reading.columns[0] for reading in READINGS} == {("sequence", "bigint")}
