"""What was recorded comes out again, or it is said where it does not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.casework.erasure_person import ERASURE_BEGUN
from core.casework.kinds import ERASED, OUTCOME
from core.casework.layout import packed
from core.casework.pinned import PinnedModel, RowSource, Shelf
from core.casework.recording import ScoredCase, scored_draft, typed_lookup
from core.casework.replay import LOST_KEY, NO_CLIENT, NOT_ASKED, OTHER_SQL, OTHER_TABLES, Replayer
from core.casework.replay_report import Part, Replay, Verdict
from core.casework.stored_record import StoredRecord, from_json, stored_record, stored_records
from core.errors import ModelMissing, SolventError, UnknownRecord
from core.ledger.event import Draft, Json
from core.ledger.keys import ApplicationKey
from core.policy.policy import Policy
from core.portfolio.application import Application
from core.portfolio.feature_batch import RowRequest
from tests.unit.casework.builders import ACTOR, PROVENANCE, WEIGHTS, a_case, as_event, scored
from tests.unit.casework.chain import FakeChain
from tests.unit.scoring.builders import NOW, POLICY, LinearModel

VALUES = (1.0, 0.5, math.nan, 2.0, 1000.0)


class Trees(LinearModel):
    """Many rows give what each gives alone, as trees do."""

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.array([self.margin(row) for row in matrix])


def pinned(model: LinearModel | None = None, sha256: str = PROVENANCE.model_sha256) -> PinnedModel:
    return PinnedModel(model or Trees(WEIGHTS), sha256, PROVENANCE.calibrator_version)


def only(version: str, thing: PinnedModel) -> Callable[[str], PinnedModel]:
    def fetch(asked: str) -> PinnedModel:
        if asked != version:
            raise ModelMissing(f"Model {asked}: its folder is not among the models; restore it from a backup.")
        return thing

    return Shelf(fetch)


def a_replayer(model: PinnedModel | None = None, policy: Policy = POLICY, source: RowSource | None = None) -> Replayer:
    return Replayer(only("model-1", model or pinned()), lambda version: policy, source)


@dataclass
class Table:
    """Rows by client, in the order of a portfolio that has more features than the model."""

    clients: Mapping[str | None, tuple[float, ...]]
    names: tuple[str, ...] = ("unused", *reversed(WEIGHTS))
    asked: list[str | None] = field(default_factory=list)

    def rows(self, requests: Sequence[RowRequest]) -> list[NDArray[np.float32] | None]:
        self.asked.extend(request.history_of for request in requests)
        found = (self.clients.get(request.history_of) for request in requests)
        return [None if row is None else np.array((7.0, *reversed(row)), dtype=np.float32) for row in found]


def a_record(case: ScoredCase | None = None, sequence: int = 1, **changed: Json) -> StoredRecord:
    """A record whose public or sealed fields were changed after it was written."""
    draft = scored_draft(case or a_case(scored(VALUES)), ApplicationKey("A1", "P1"), ACTOR)
    event, sealed = as_event(draft, sequence)
    public = dict(event.public)
    for name, value in changed.items():
        (public if name in public else sealed)[name] = value
    return StoredRecord(sequence, "scored", public, sealed)


def parts(replay: Replay) -> set[Part]:
    return {difference.part for difference in replay.differences}


def test_an_untouched_record_is_the_same_to_the_last_bit() -> None:
    replay = a_replayer().replay_one(a_record())
    assert (replay.verdict, replay.differences, replay.from_raw) == (Verdict.SAME, (), False)
    assert replay.words == (
        "Event 1: the same to the last bit, from the stored feature row. "
        "Words, and which family a feature belongs to, are as they were kept."
    )


def up(number: float) -> float:
    """The next number there is."""
    return math.nextafter(number, math.inf)


SCORE = scored(VALUES)
BENT_ROW = packed(np.nextafter(np.array(VALUES, dtype=np.float32), np.float32(np.inf)))
EXPECTED_LOSS = SCORE.default_probability * 0.45 * 1000
FAMILY, *OTHERS = [
    {"family": one.family, "label": one.label, "contribution": one.contribution, "unknown": one.unknown}
    for one in SCORE.families
]
BENT_FAMILIES: Json = [{**FAMILY, "contribution": SCORE.families[0].contribution + 2e-9}, *OTHERS]
WRONG_REASON: Json = [{"family": FAMILY["family"], "label": "", "raises": "", "text": "", "contribution": 0.75}]
BENT_SHARES = packed(np.array([up(part.contribution) for part in SCORE.contributions]))


@pytest.mark.parametrize(
    ("changed", "part", "words"),
    [
        ({"row": BENT_ROW}, Part.MODEL, "margin: "),
        ({"contributions": BENT_SHARES}, Part.MODEL, "contributions: 5 of 5 differ"),
        ({"base": up(SCORE.base)}, Part.MODEL, "base: "),
        ({"model_sha256": "cd" * 32}, Part.MODEL, "SHA-256 of model.txt: cdcdcdcdcdcd… then, abababababab… now"),
        ({"default_probability": up(SCORE.default_probability)}, Part.CALIBRATOR, "default probability: "),
        ({"calibration": up(SCORE.calibration)}, Part.CALIBRATOR, "calibration: "),
        ({"calibrator_version": "calibration-0"}, Part.CALIBRATOR, "version: calibration-0 then"),
        ({"points": up(SCORE.points)}, Part.POLICY, "points: "),
        ({"grade": "A"}, Part.POLICY, "grade: A then"),
        ({"recommendation": "decline"}, Part.POLICY, "recommendation: decline then, approve now"),
        ({"cut": up(SCORE.cut)}, Part.POLICY, "cut-off: "),
        ({"expected_loss": up(EXPECTED_LOSS)}, Part.POLICY, "expected loss: "),
        ({"expected_loss": None}, Part.POLICY, "expected loss: None then"),
        ({"amount": up(1000.0)}, Part.INPUTS, "amount: "),
        ({"amount": None}, Part.INPUTS, "amount: None then, 1000.0 now"),
        ({"families": BENT_FAMILIES}, Part.MODEL, "family sums: add up to "),
        ({"reasons": WRONG_REASON}, Part.MODEL, f"reason '{SCORE.families[0].family}': 0.75 then, "),
        ({"decline_from": 0.9}, Part.POLICY, "decline from: 0.9 then, 0.15 now"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_one_changed_bit_is_a_difference_with_a_name(changed: dict[str, Json], part: Part, words: str) -> None:
    replay = a_replayer().replay_one(a_record(**changed))
    assert replay.verdict is Verdict.DIFFERS
    assert part in parts(replay)
    assert any(difference.words.startswith(words) for difference in replay.differences)
    assert f"differs in {replay.differences[0].part}: " in replay.words


def test_a_changed_margin_is_named_where_it_arises() -> None:
    replay = a_replayer().replay_one(a_record(margin=up(SCORE.margin)))
    assert replay.differences[0].part is Part.MODEL
    assert Part.POLICY not in parts(replay)


def test_another_model_under_the_same_version_is_found() -> None:
    other = Trees({**WEIGHTS, "income": up(WEIGHTS["income"])})
    assert parts(a_replayer(pinned(other)).replay_one(a_record())) == {Part.MODEL}


def test_another_calibrator_in_the_same_model_is_found() -> None:
    other = Trees(WEIGHTS, shift=0.1001)
    assert parts(a_replayer(pinned(other)).replay_one(a_record())) == {Part.CALIBRATOR}


def test_another_policy_under_the_same_version_is_found() -> None:
    other = replace(POLICY, approve_below=0.01)
    assert parts(a_replayer(policy=other).replay_one(a_record())) == {Part.POLICY}


def test_a_row_that_the_model_cannot_take_is_a_difference_of_the_features() -> None:
    replay = a_replayer().replay_one(a_record(row=packed(np.zeros(4, dtype=np.float32))))
    assert replay.words == "Event 1: differs in features: the stored row has 4 features, the model 5."


def test_raw_fields_that_are_not_those_the_application_is_named_after_are_a_difference_of_the_inputs() -> None:
    application = Application({"LOAN": 1000.0})
    case = replace(a_case(SCORE), application=application, history_of=None, lookup=typed_lookup(application, None))
    assert a_replayer().replay_one(a_record(case)).verdict is Verdict.SAME
    assert parts(a_replayer().replay_one(a_record(case, application={"LOAN": 1000.5}))) == {Part.INPUTS}


def test_the_raw_application_goes_through_the_sql_again() -> None:
    table = Table({"100001": VALUES})
    replay = a_replayer(source=RowSource(table, "sql-1", "tables-1")).replay_one(a_record())
    assert (replay.verdict, replay.from_raw, table.asked) == (Verdict.SAME, True, ["100001"])
    assert "from the stored feature row and from the raw application. " in replay.words


def test_a_row_that_comes_out_otherwise_is_a_difference_of_the_features() -> None:
    table = Table({"100001": (*VALUES[:4], 1000.0625)})
    replay = a_replayer(source=RowSource(table, "sql-1", "tables-1")).replay_one(a_record())
    assert [difference.words for difference in replay.differences] == [
        "1 of 5 features from the raw application, first 'loan': 1000.0 then, 1000.0625 now"
    ]


@pytest.mark.parametrize(
    ("sql", "tables", "rows", "why"),
    [
        ("sql-2", "tables-1", {"100001": VALUES}, OTHER_SQL),
        ("sql-1", "tables-2", {"100001": VALUES}, OTHER_TABLES),
        ("sql-1", "tables-1", {}, NO_CLIENT),
    ],
)
def test_where_sql_or_portfolio_are_others_only_the_stored_row_is_repeated(
    sql: str, tables: str, rows: dict[str | None, tuple[float, ...]], why: str
) -> None:
    replay = a_replayer(source=RowSource(Table(rows), sql, tables)).replay_one(a_record())
    assert (replay.verdict, replay.from_raw, replay.not_from_raw) == (Verdict.SAME, False, why)


def test_a_feature_that_the_sql_no_longer_makes_leaves_the_stored_row() -> None:
    table = Table({"100001": VALUES}, names=("unused", "loan", "children", "working", "outside", "other"))
    replay = a_replayer(source=RowSource(table, "sql-1", "tables-1")).replay_one(a_record())
    assert replay.not_from_raw == "the SQL makes no 'income'"


def test_an_erased_record_is_erased_not_failed() -> None:
    replay = a_replayer().replay_one(replace(a_record(), sealed=None, erased=True))
    assert (replay.verdict, replay.words) == (
        Verdict.ERASED,
        "Event 1: erased; its person was forgotten, so there is nothing to repeat.",
    )


def test_a_record_whose_model_is_gone_cannot_be_repeated() -> None:
    replay = a_replayer().replay_one(a_record(model_version="model-0"))
    assert replay.verdict is Verdict.IMPOSSIBLE
    assert "Model model-0: its folder is not among the models" in replay.words


def test_a_record_whose_policy_is_gone_cannot_be_repeated() -> None:
    def gone(version: str) -> Policy:
        raise UnknownRecord(f"Policy {version}: it is not kept here.")

    replay = Replayer(only("model-1", pinned()), gone).replay_one(a_record())
    assert (replay.verdict, replay.reason) == (Verdict.IMPOSSIBLE, f"Policy {POLICY.version}: it is not kept here.")


def test_a_record_in_another_format_cannot_be_repeated() -> None:
    assert a_replayer().replay_one(a_record(format=2)).verdict is Verdict.IMPOSSIBLE


def all_kinds() -> list[StoredRecord]:
    return [
        *(a_record(sequence=at) for at in range(1, 251)),
        a_record(sequence=251, grade="A"),
        a_record(sequence=252, margin=0.0),
        replace(a_record(sequence=253), sealed=None, erased=True),
        a_record(sequence=254, model_version="model-0"),
        a_record(sequence=255, model_version="model-0"),
    ]


def test_all_records_are_counted_apart() -> None:
    report = a_replayer().replay_all(all_kinds())
    assert (report.records, report.same, report.differing, report.erased, report.impossible) == (255, 250, 2, 1, 2)
    assert not report.sound
    assert report.differing_parts == {"model": 1, "calibrator": 1, "policy": 1}
    assert report.not_from_raw == {NOT_ASKED: 250}
    assert [replay.sequence for replay in report.first] == [251, 252, 254, 255]
    assert report.lines[0] == "Replay of 255 records: NOT SOUND."
    assert json.loads(json.dumps(report.as_json()))["impossible_reasons"] == {
        "Model model-0: its folder is not among the models; restore it from a backup.": 2
    }


def test_erased_records_leave_the_replay_sound() -> None:
    report = a_replayer().replay_all([a_record(), replace(a_record(sequence=2), sealed=None, erased=True)])
    assert (report.sound, report.lines[0]) == (True, "Replay of 2 records: sound.")


def test_a_record_whose_key_was_lost_without_an_erasure_is_not_passed_over_as_erased() -> None:
    report = a_replayer().replay_all([a_record(), replace(a_record(sequence=2), sealed=None)])
    assert (report.sound, report.erased, report.impossible) == (False, 0, 1)
    assert report.impossible_reasons == {LOST_KEY: 1}


@pytest.mark.parametrize(
    ("kind", "subject"), [(ERASED, "A2"), (ERASED, "P-2"), (ERASURE_BEGUN, "P-2"), ("noted", "A2"), (ERASED, "A1")]
)
def test_a_record_is_erased_when_the_chain_says_so_of_its_application_or_applicant(kind: str, subject: str) -> None:
    chain = FakeChain(lambda: NOW)
    for at in ("1", "2"):
        keys = ApplicationKey(f"A{at}", f"P-{at}")
        chain.append([scored_draft(a_case(SCORE, lookup=f"stored:{at}"), keys, ACTOR)])
    chain.append([Draft(kind, ACTOR, subject, {})])
    chain.erased.add("A2")
    told = kind in (ERASED, ERASURE_BEGUN) and subject != "A1"
    assert [record.erased for record in stored_records(chain)] == [False, told]
    assert stored_record(chain, 2).erased is told


def test_numbers_that_are_not_whole_cannot_be_repeated_and_end_nothing() -> None:
    bent = [a_record(sequence=1, row="AAA="), a_record(sequence=2, contributions="no base64"), a_record(sequence=3)]
    report = a_replayer().replay_all(bent)
    assert (report.impossible, report.same) == (2, 1)


def test_an_empty_ledger_is_sound() -> None:
    assert a_replayer().replay_all([]).sound


def test_replay_tells_how_far_it_is_and_stops_when_asked() -> None:
    told: list[tuple[str, float | None]] = []

    def progress(step: str, done: float | None = None) -> None:
        told.append((step, done))

    report = a_replayer().replay_all(all_kinds() * 5, progress, lambda: len(told) == 2, expected=1_275)
    assert [(step[: step.index(" records")], done) for step, done in told] == [
        ("replay: 500", 500 / 1_275),
        ("replay: 1,000", 1_000 / 1_275),
    ]
    assert all(step.endswith((" not the same", ", all the same so far")) for step, _ in told)
    assert (report.cancelled, report.sound, report.records) == (True, False, 1_000)
    assert report.lines[0] == "Replay stopped after 1,000 records."


def test_a_decision_repeats_the_work_of_its_score() -> None:
    class Counted(Trees):
        explained = 0

        def contributions(self, row: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
            Counted.explained += 1
            return super().contributions(row)

    model, table = Counted(WEIGHTS), Table({"100001": VALUES})
    records = [a_record(sequence=1), replace(a_record(sequence=2), kind="decided")]
    explained = Counted.explained
    a_replayer(pinned(model), source=RowSource(table, "sql-1", "tables-1")).replay_all(records)
    # one explanation, and one inside each of the two margins
    assert (Counted.explained - explained, table.asked) == (3, ["100001"])


def test_records_come_out_of_the_ledger_in_order_and_through_json() -> None:
    chain = FakeChain(lambda: NOW)
    chain.append(
        [scored_draft(a_case(SCORE, lookup=f"stored:{at}"), ApplicationKey(f"A{at}", "P"), ACTOR) for at in (1, 2)]
    )
    chain.append([Draft(OUTCOME, ACTOR, "A1", {"outcome": "repaid"})])
    chain.erased.add("A2")
    records = list(stored_records(chain))
    assert [(record.sequence, record.sealed is None) for record in records] == [(1, False), (2, True)]
    assert [from_json(json.loads(json.dumps(record.as_json()))) for record in records] == records
    assert stored_record(chain, 1) == records[0]
    with pytest.raises(UnknownRecord, match="only scores and decisions can be replayed, got 'outcome'"):
        stored_record(chain, 3)


def test_what_was_refused_once_is_not_fetched_again() -> None:
    asked: list[str] = []

    def fetch(version: str) -> int:
        asked.append(version)
        raise ModelMissing(version)

    shelf = Shelf(fetch)
    for _ in range(2):
        with pytest.raises(SolventError):
            shelf("a")
    assert asked == ["a"]
