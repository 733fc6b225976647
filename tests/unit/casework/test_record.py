"""What was shown is read back as it was, to the last bit."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.casework.layout import packed, unpacked_contributions, unpacked_row
from core.casework.record import read
from core.casework.recording import MOST_FEATURES, Ruling, ScoredRecord, decided_draft, scored_draft, typed_lookup
from core.errors import UnknownRecord
from core.ledger.event import Draft
from core.ledger.keys import ApplicationKey
from core.portfolio.application import Application
from core.scoring.score import Contribution, Score
from core.scoring.waterfall import Grouping, Unit, waterfall
from tests.unit.casework.builders import ACTOR, MODEL, WARNINGS, a_case, as_event, scored
from tests.unit.scoring.builders import SCALE, a_contract, a_score

KEYS = ApplicationKey("A1", "P1")


def drafted(score: Score | None = None) -> Draft:
    return scored_draft(a_case(score), KEYS, ACTOR)


@given(st.lists(st.floats(width=32, allow_infinity=False), min_size=1, max_size=300))
def test_a_row_is_read_back_bit_for_bit(values: list[float]) -> None:
    row = np.array(values, dtype=np.float32)
    assert unpacked_row(packed(row)).tobytes() == row.tobytes()


@given(st.lists(st.floats(), min_size=1, max_size=300))
def test_contributions_are_read_back_bit_for_bit(values: list[float]) -> None:
    shares = np.array(values, dtype=np.float64)
    assert unpacked_contributions(packed(shares)).tobytes() == shares.tobytes()


@given(
    st.lists(
        st.one_of(st.floats(-1e4, 1e4, width=32), st.just(math.nan)),
        min_size=5,
        max_size=5,
    )
)
def test_a_score_is_read_back_equal_in_every_field(values: list[float]) -> None:
    score = scored(values)
    event, sealed = as_event(drafted(score))
    assert read(event, sealed, a_contract(), MODEL).score == score


@given(
    st.lists(st.tuples(st.sampled_from(["outside", "work", "home"]), st.floats(-2, 2)), min_size=1, max_size=40),
    st.sampled_from(Unit),
    st.sampled_from(Grouping),
    st.sampled_from([6, 10, 15]),
)
def test_without_the_models_files_every_waterfall_of_the_page_is_drawn_as_then(
    contributions: list[tuple[str, float]], unit: Unit, grouping: Grouping, bars: int
) -> None:
    score = a_score(contributions)
    event, sealed = as_event(drafted(score))
    record = read(event, sealed, a_contract(), None)
    assert waterfall(record.score, unit, grouping, bars, SCALE) == waterfall(score, unit, grouping, bars, SCALE)


def test_without_the_models_files_it_is_said_what_is_lost() -> None:
    event, sealed = as_event(drafted(a_score([("work", 0.01 * i) for i in range(MOST_FEATURES + 3)])))
    record = read(event, sealed, a_contract(), None)
    assert "files of model model-1 are not here" in record.caveat
    assert "the other 3 features have lost their names" in record.caveat
    assert record.score.contributions[0].label == "Feature in place 1"
    assert record.score.contributions[-1].label == f"Fact {MOST_FEATURES + 2}"


def test_with_the_models_files_nothing_is_lost() -> None:
    event, sealed = as_event(drafted())
    assert read(event, sealed, a_contract(), MODEL).caveat == ""


def test_a_label_of_then_stays_when_the_contract_says_it_otherwise_now() -> None:
    event, sealed = as_event(drafted())
    now = a_contract()
    columns = now.columns["loans"]
    income = msgspec.structs.replace(columns["INCOME"], label={"en": "Earnings"})
    later = msgspec.structs.replace(now, columns={**now.columns, "loans": {**columns, "INCOME": income}})
    assert read(event, sealed, later, MODEL).score.contributions[0].label == "Income"


def test_a_feature_that_the_contract_forgot_is_shown_by_its_name() -> None:
    class Other:
        features = tuple(f"gone_{i}" for i in range(MOST_FEATURES + 1))

    score = a_score([("work", 1.0)] * (MOST_FEATURES + 1))
    event, sealed = as_event(drafted(score))
    last = read(event, sealed, a_contract(), Other()).score.contributions[-1]
    assert last == Contribution(f"gone_{MOST_FEATURES}", f"gone_{MOST_FEATURES}", "", float(MOST_FEATURES), "20", 1.0)


def test_the_public_part_says_nothing_about_the_person() -> None:
    draft = drafted()
    assert set(draft.public) == {
        "recommendation",
        "default_probability",
        "margin",
        "points",
        "grade",
        "amount",
        "model_version",
        "model_sha256",
        "calibrator_version",
        "policy_version",
        "software_version",
        "latency_ms",
        "demo",
    }
    assert "100001" not in repr(replace(draft, sealed=None))


def test_the_record_has_the_raw_fields_with_their_types() -> None:
    event, sealed = as_event(drafted())
    record = read(event, sealed, a_contract(), MODEL)
    fields = {name: (value, type(value)) for name, value in record.application.fields.items()}
    assert fields == {
        "KEY": (100001, int),
        "LOAN": (1000.0, float),
        "INCOME": (1.0, float),
        "TRADE": ("baker", str),
        "CHILDREN": (None, type(None)),
    }


def test_what_was_said_to_be_unusual_is_kept_and_a_record_from_before_it_was_kept_can_be_read() -> None:
    event, sealed = as_event(drafted())
    assert read(event, sealed, a_contract(), MODEL).warnings == WARNINGS
    older = {name: value for name, value in sealed.items() if name != "warnings"}
    assert read(event, older, a_contract(), MODEL).warnings == ()


def test_a_decision_stands_alone_with_its_score_and_note() -> None:
    scored_event, sealed = as_event(drafted(), sequence=6)
    ruling = Ruling("approve", "known_client", "low", "Knows the branch for 20 years.", request="k" * 20)
    base = ScoredRecord(6, "A1", "P1", scored_event.public, sealed)
    event, again = as_event(decided_draft(base, ruling, ACTOR, demo=True), sequence=7)
    record = read(event, again, a_contract(), MODEL)
    assert record.score == read(scored_event, sealed, a_contract(), MODEL).score
    assert (record.kind, record.decision, record.override_side, record.note) == (
        "decided",
        "approve",
        "low",
        "Knows the branch for 20 years.",
    )
    assert (record.score_sequence, record.demo, event.idempotency_key) == (6, True, "decided:" + "k" * 20)
    assert "branch" not in repr(event)


def test_an_event_of_another_kind_is_no_record() -> None:
    event, _ = as_event(drafted())
    other = replace(event, sequence=1204, kind="signed_in", public={})
    with pytest.raises(UnknownRecord) as refusal:
        read(other, {}, a_contract(), MODEL)
    assert str(refusal.value) == (
        "Event 1,204: must be a score or a decision to be shown here, got “Signed in”; "
        "the Audit page has every event, for those who may open it."
    )


def test_a_score_that_is_laid_out_otherwise_is_refused_without_a_librarys_words() -> None:
    event, sealed = as_event(drafted())
    with pytest.raises(UnknownRecord, match=r"those of a score or a decision, got others; read it with") as figures:
        read(replace(event, public={"outcome": "repaid"}), sealed, a_contract(), MODEL)
    with pytest.raises(UnknownRecord, match=r"must be in format 1, got another layout; read it with") as inside:
        read(event, {**sealed, "families": "none"}, a_contract(), MODEL)
    assert not any("Expected" in str(told.value) or "$" in str(told.value) for told in (figures, inside))


def test_a_sealed_part_of_a_later_format_is_refused() -> None:
    event, sealed = as_event(drafted())
    with pytest.raises(UnknownRecord, match="must be in format 1, got format 2"):
        read(event, {**sealed, "format": 2}, a_contract(), MODEL)


def test_the_same_application_typed_twice_is_the_same_lookup() -> None:
    one = Application({"LOAN": 1000.0, "TRADE": "baker"})
    other_order = Application({"TRADE": "baker", "LOAN": 1000.0})
    assert typed_lookup(one, "7") == typed_lookup(other_order, "7")
    assert typed_lookup(one, "7") != typed_lookup(one, None)
    assert typed_lookup(one, None) != typed_lookup(Application({"LOAN": 1000.5, "TRADE": "baker"}), None)
